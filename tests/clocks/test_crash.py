"""`kill -9` of the worker while it records a breach: the next one records it, once."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huikuan.ops import postgres
from tests.crash import kill

pytestmark = pytest.mark.long

SECONDS = 90
WAITS_FOR_BREACHES = """
SELECT count(*) FROM pg_locks
WHERE NOT granted AND relation = 'casebook_breach'::regclass
"""


@contextmanager
def linked(home: Path) -> Iterator[psycopg.Connection[Any]]:
    """The book of this home, for a look from outside."""
    with postgres.join(home) as lease:
        place = lease.cluster.django().items()
        where = {key.lower(): value for key, value in place if key != "NAME"}
        with psycopg.connect(dbname=postgres.DATABASE, autocommit=True, **where) as link:
            yield link


def do(home: Path, *command: str) -> None:
    process = kill.start(home, *command)
    out, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, (out, errors)


def wait_for(link: psycopg.Connection[Any], sql: str, wanted: int) -> None:
    end = time.monotonic() + SECONDS
    while number(link, sql) != wanted:
        assert time.monotonic() < end, sql
        time.sleep(0.1)


def number(link: psycopg.Connection[Any], sql: str) -> int:
    row = link.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def minute_goes_by(link: psycopg.Connection[Any]) -> None:
    """What comes every minute is due again, and nothing more is heard of a killed worker."""
    link.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '60 s'"
    )
    link.execute("DELETE FROM procrastinate_periodic_defers")


def test_a_worker_that_is_killed_loses_no_breach_and_records_none_twice(ready_home):
    came = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=61)
    arrival = ["arrival", "x.csv", "--creditor", "card-bank", "--mapping", "card_cn"]
    do(ready_home, "house", "set", "--name", "试用机构", "--kind", "agency")
    do(ready_home, *arrival, "--at", came.isoformat())

    breaches = "SELECT count(*) FROM casebook_breach"
    with linked(ready_home) as link:
        with link.transaction():
            # The watch stands in the middle of its work, and is killed there.
            link.execute("LOCK TABLE casebook_breach IN EXCLUSIVE MODE")
            killed = kill.start(ready_home, "worker")
            wait_for(link, WAITS_FOR_BREACHES, 1)
            killed.kill()
            killed.communicate()
        wait_for(link, WAITS_FOR_BREACHES, 0)
        assert number(link, breaches) == 0

        for _restart in range(2):
            minute_goes_by(link)
            worker = kill.start(ready_home, "worker", "--once")
            worker.communicate(timeout=SECONDS)
            assert number(link, breaches) == 1

        due_at = link.execute("SELECT due_at FROM casebook_breach").fetchone()
        assert due_at == (came + dt.timedelta(hours=1),)
