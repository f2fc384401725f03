"""One plan at a time, all of it or nothing: two at once, and one that dies in the middle of its writing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from huikuan.ops import postgres
from tests.crash import kill
from tests.crash.stages import World

pytestmark = pytest.mark.long

PLAN = ("plan", "--on", "2026-11-03", "--json")


@pytest.fixture
def home(world: World) -> Path:
    return world.morning()


@contextmanager
def held_at_its_tasks(home: Path) -> Iterator[tuple[psycopg.Connection, Popen[str]]]:
    """A plan that has worked everything out and waits to write its first task, until the block ends or rolls back."""
    with postgres.join(home) as lease:
        where = {
            key.lower(): value for key, value in lease.cluster.django().items() if key != "NAME"
        }
        with psycopg.connect(dbname=postgres.DATABASE, **where) as holder:
            holder.execute("LOCK TABLE casebook_task IN SHARE MODE")
            process = kill.start(home, *PLAN)
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'casebook_task'::regclass"
            wait_until(lambda: holder.execute(waiting).fetchone() == (1,))
            try:
                yield holder, process
            finally:
                with suppress(psycopg.OperationalError):  # its backend was killed with the others
                    holder.rollback()
                process.communicate(timeout=kill.SECONDS)


def wait_until(condition) -> None:
    end = time.monotonic() + kill.SECONDS
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def written(link: psycopg.Connection) -> tuple[int, int]:
    """How many tasks and runs are in the book."""
    return link.execute(
        "SELECT (SELECT count(*) FROM casebook_task), (SELECT count(*) FROM casebook_planrun)"
    ).fetchone()


def test_of_two_plans_at_once_one_writes_and_the_other_says_why_not(home):
    with held_at_its_tasks(home) as (link, first):
        before = written(link)
        second = kill.run(home, *PLAN)
        assert second.code == 1
        assert "Another plan is running" in second.errors
        assert second.out == ""
        link.rollback()
        assert first.wait(kill.SECONDS) == 0
        tasks, runs = written(link)
        assert (tasks > before[0], runs) == (True, before[1] + 1)
        link.rollback()
        assert kill.run(home, *PLAN).code == 0
        assert written(link) == (tasks, runs + 1)


@pytest.mark.parametrize("victim", ["command", "children"])
def test_a_plan_killed_in_the_middle_of_its_writing_leaves_nothing(home, victim):
    with held_at_its_tasks(home) as (link, process):
        before = written(link)
        assert kill.kill(home, victim, process) > 0
        process.wait(kill.SECONDS)
        assert process.returncode == (-9 if victim == "command" else 1)
    with postgres.join(home) as lease:
        where = {
            key.lower(): value for key, value in lease.cluster.django().items() if key != "NAME"
        }
        with psycopg.connect(dbname=postgres.DATABASE, autocommit=True, **where) as link:
            # the killed command's backend notices within a second that nobody listens
            alive = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%casebook_task%' AND pid <> pg_backend_pid()"
            wait_until(lambda: link.execute(alive).fetchone() == (0,))
            assert written(link) == before
            assert kill.run(home, *PLAN).code == 0
            assert written(link)[0] > before[0]
