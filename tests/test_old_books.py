"""Books of earlier versions open in this one: nothing is lost, and a day asks for the same work.

`tests/books/` holds the dumps, and what each book said on the day of its dump. A change of tables
adapts `tests/figures.py`, which reads a book by meaning; the stored answers stay as they are.
"""

from __future__ import annotations

import datetime as dt
import json
import lzma
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Approval,
    Breach,
    Clock,
    ContactPoint,
    Placement,
    PlacementEvent,
)
from huikuan.casebook.sealed import unseal
from huikuan.clocks.refresh import refresh
from huikuan.clocks.watch import record_breaches
from huikuan.engine.words import NO_POINT
from huikuan.lib.calendar import china
from huikuan.ops import binaries, database
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.plan import last_planned, plan
from tests import figures, people

pytestmark = pytest.mark.long

BOOKS = Path(__file__).parent / "books"
NAMES = sorted(path.name.removesuffix(".sql.xz") for path in BOOKS.glob("*.sql.xz"))

#: Tables that are gone: where their rows are now, as SQL that counts them. Whoever moves a table
#: names it here: {"casebook_thing": "SELECT count(*) FROM casebook_other WHERE kind = 'thing'"}.
MOVED: dict[str, str] = {}
#: Tables to which a migration adds rows, and how many, by book.
ADDED: dict[str, dict[str, int]] = {}
#: Tasks that the plan judges otherwise. Since then a call or a mail that nobody can make, because
#: no number or address is known, is not to be done today; the invoices' customers have none.
JUDGED_ANEW = {"invoices": 15}


@pytest.fixture(scope="module", params=NAMES)
def old_book(request, django_db_setup, django_db_blocker) -> Iterator[dict]:
    """The database of an old book, restored beside the tests' own and migrated: what it said then.

    Nothing here is rolled back, so the tests below only read, or undo themselves what they write.
    """
    said = json.loads((BOOKS / f"{request.param}.json").read_text(encoding="utf-8"))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DATA_KEY", (BOOKS / "data_key").read_text().strip())
        with new_database(f"old_{request.param}_{os.getpid()}"):
            restore(BOOKS / f"{request.param}.sql.xz")
            database.migrate()
            yield said | {"name": request.param}


@contextmanager
def new_database(name: str, like: str = "template1") -> Iterator[None]:
    """A database of its own on the server of the tests, to which Django speaks inside the block:
    empty, or a copy of the one named `like`."""
    identifier = sql.Identifier(name)
    usual = connection.settings_dict["NAME"]
    # A database to which somebody speaks cannot be copied.
    connection.close()
    on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
    on_server(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(like)))

    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def on_server(statement: sql.Composed) -> None:
    """Runs a statement that belongs to no database, outside any transaction."""
    place = connection.settings_dict
    with psycopg.connect(
        host=place["HOST"],
        port=place["PORT"] or None,
        user=place["USER"],
        password=place["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(statement)


def restore(path: Path) -> None:
    """Plays a dump into the database that Django speaks to now."""
    place = connection.settings_dict
    program = binaries.program_folder() / "bin" / "psql"
    command = [
        str(program),
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    command += [f"--host={place['HOST']}", f"--username={place['USER']}"]
    command += [f"--dbname={place['NAME']}"]
    if place["PORT"]:
        command.append(f"--port={place['PORT']}")

    environment = os.environ | {"PGPASSWORD": place["PASSWORD"]}
    text = lzma.decompress(path.read_bytes())
    played = subprocess.run(command, env=environment, input=text, capture_output=True)
    assert played.returncode == 0, played.stderr.decode()


def test_the_book_is_of_this_version_now(old_book):
    assert database.pending() == []


def test_no_row_is_lost(old_book):
    counts = figures.count_tables()
    added = ADDED.get(old_book["name"], {})
    for table, then in old_book["tables"].items():
        now = moved_rows(table) if table in MOVED else counts.get(table)
        assert now == then + added.get(table, 0), table


def moved_rows(table: str) -> int:
    """How many rows stand where the rows of this table went."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED[table])
        return int(cursor.fetchone()[0])


def test_the_shipped_roles_are_those_of_the_file(old_book):
    assert not roles.behind()


@pytest.mark.parametrize("figure", list(figures.FIGURES))
def test_every_case_says_what_it_said(old_book, figure):
    then = old_book["figures"][figure]
    now = figures.as_lines(figures.rows_of(figures.FIGURES[figure]))
    assert sorted(set(then) ^ set(now)) == []
    assert now == then


def test_the_summaries_are_what_the_history_says(old_book):
    assert facts.differences() == []


def test_the_deadlines_of_its_batches_came_over(old_book):
    """What had ended keeps its moments, and no batch of the past becomes a breach of today."""
    batches = Placement.objects.count()
    assert PlacementEvent.objects.filter(kind="fetched").count() == batches
    of_program = Clock.objects.filter(pack_version=None)
    assert of_program.filter(kind="imported", subject_kind="placement").count() == batches
    ended = list(of_program.filter(met_at__isnull=False).order_by("pk").values())
    breaches = list(Breach.objects.order_by("pk").values())

    with transaction.atomic():
        at = timezone.now()
        load.load_all(at=at)
        refresh({"placement": Placement.objects.values_list("pk", flat=True)}, at=at)
        known = set(Breach.objects.values_list("pk", flat=True))
        record_breaches(at)
        new = Breach.objects.exclude(pk__in=known)
        assert not new.filter(clock__met_at__isnull=False).exists()
        assert list(of_program.filter(met_at__isnull=False).order_by("pk").values()) == ended
        assert list(Breach.objects.filter(pk__in=known).order_by("pk").values()) == breaches
        transaction.set_rollback(True)


def test_the_plan_of_the_same_day_changes_nothing(old_book):
    """Both ways: nothing new, and nothing that stood is taken away or judged otherwise."""
    on = dt.date.fromisoformat(old_book["planned"])
    assert last_planned() == on
    manager = User.objects.filter(roles__code="manager").order_by("pk").first()
    before = figures.rows_of(figures.ENDINGS)

    with transaction.atomic():
        planned = plan(on, actor=manager, at=people.moment(on, 20), calendar=china())
        after = figures.rows_of(figures.ENDINGS)
        transaction.set_rollback(True)

    assert planned.written
    changed = {name: planned.counts[name] for name in ("new", "closed", "reopened", "verdicts")}
    assert changed == dict.fromkeys(changed, 0) | {"verdicts": JUDGED_ANEW.get(old_book["name"], 0)}
    assert [_as_judged_before(row) for row in after] == before


def _as_judged_before(row: tuple[str, ...]) -> tuple[str, ...]:
    before = {NO_POINT: "allowed"}
    return tuple(before.get(word, word) for word in row)


def test_every_request_stands_at_a_station_and_every_answer_is_kept(old_book):
    """Requests of before are chains of one; what was granted or refused then has its answer."""
    for request in Approval.objects.select_related("decided").prefetch_related("answers"):
        assert [step["right"] or step["role"] for step in request.chain["by"]] == [
            request.right or request.role
        ]
        answered = [(answer.kind, answer.act_id, answer.at) for answer in request.answers.all()]
        expected = []
        if request.status in ("granted", "refused"):
            expected = [(request.status, request.decided_id, request.decided.at)]
        assert answered == expected


def test_sealed_numbers_open_with_the_key_of_the_book(old_book):
    for point in ContactPoint.objects.exclude(tail=""):
        assert unseal(point.value_sealed).endswith(point.tail), point.pk


def test_a_book_of_a_newer_version_is_refused_and_nothing_is_applied(old_book):
    """An older program would put its own tables over those of a newer one."""
    before = figures.count_tables()

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('casebook', '9999_of_next_year', now())"
        )
        try:
            with pytest.raises(database.NewerBook, match="9999_of_next_year"):
                database.migrate()
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_of_next_year'")
    assert figures.count_tables() == before
