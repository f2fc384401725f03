"""The plan of a single case, brought up to date after something was learned of it.

The same compiled query as the plan of the day (`planning.plan`), asked of one case: its fact tables stand before it as CTEs,
so nothing temporary is made and the statement is kept prepared. What it writes is what a plan of the day would write.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg.types.numeric import Int8

from huikuan.casebook import packs
from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case, PlanRun
from huikuan.casebook.statements import kept
from huikuan.gate.ask import one_case
from huikuan.planning.of_version import demands as demands_of
from huikuan.planning.plan import TASKS_LOCK
from huikuan.planning.run_row import with_run
from huikuan.planning.task_sql import CLOSE, DEMANDED, INSERT, REOPEN, VERDICT

#: Columns of what is demanded, as `planning.plan` has them, and their types.
_COLUMNS = {
    "case_id": "bigint", "organisation_id": "bigint", "creditor_id": "bigint", "subject_id": "bigint", "step_id": "int",
    "anchor": "date", "due_on": "date", "deadline_on": "date", "reason": "text", "verdict": "text", "earliest_on": "date",
    "pack_version_id": "bigint", "task_id": "bigint", "task_status": "text", "verdict_changed": "boolean",
}  # fmt: skip
_GIVEN = "WITH demanded AS (SELECT * FROM unnest({arrays}) AS d({names}))\n".format(
    arrays=", ".join(f"%({name})s::{kind}[]" for name, kind in _COLUMNS.items()),
    names=", ".join(_COLUMNS),
)
Demand = dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """Ids of the case's tasks that were made or opened again, and that were closed. `planned`: the day has a plan. `demanded`:
    step and item of all that the day demands."""

    planned: bool = False
    opened: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    demanded: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Ahead:
    """A step that will be demanded of the case on a later day, if nothing is learned until then."""

    on: dt.date
    step_id: int
    pack_version_id: int
    subject_id: int


@transaction.atomic
def bring_up_to_date(case: Case, on: dt.date) -> Changed:
    """Opens and closes this case's tasks as a plan of the day `on` would. Nothing while a plan is being made, or when `on` is not
    the last planned day: then the plan has the word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [TASKS_LOCK])
        free = cursor.fetchone()[0]
        run = PlanRun.objects.order_by("-pk").only("pk", "on").first()
        if not free or run is None or run.on != on:
            return Changed()
        cursor.execute(
            "SELECT last_event_on FROM casebook_casesummary WHERE case_id = %s FOR UPDATE",
            [case.pk],
        )
        found = cursor.fetchone()
        demanded = demands(case, on, history=bool(found and found[0] > on))
        return _write(cursor, case, on, run, demanded)


def demands(case: Case, on: dt.date, *, history: bool = False) -> list[Demand]:
    """Everything that the playbooks bound to the case demand of it on the day, as rows of `planning.plan`."""
    day = packs.holding(on)
    bound = day.of_case(case, on)
    followed = {line.version_id for line in bound}
    books = [version for version in day.playbooks if version.pk in followed]
    books = [version for version in books if packs.playbook_of(version).of_cases.steps]
    if not books:
        return []
    counting = any(packs.playbook_of(version).needs_calendar for version in books)
    run, given = with_run(on, calendar(), bound, counts_working_days=counting)
    parameters = {
        name: Int8(value) if isinstance(value, int) else value for name, value in given.items()
    }
    rules = tuple(version.pk for version in day.rules_for(case.creditor_id))
    statement = _statement(run, tuple(v.pk for v in books), rules, history)
    return kept(statement, parameters | {"case": Int8(case.pk), "on": on, "known_at": None})


def ahead(case: Case, on: dt.date, days: int, demanded: frozenset[tuple[int, int]]) -> list[Ahead]:
    """What will be demanded in the days after `on` and is not `demanded` on it, each step once, on its first day."""
    known, found = set(demanded), list[Ahead]()
    for number in range(1, days + 1):
        day = on + dt.timedelta(number)
        for d in demands(case, day):
            if (d["step_id"], d["subject_id"]) not in known:
                known.add((d["step_id"], d["subject_id"]))
                found.append(Ahead(day, d["step_id"], d["pack_version_id"], d["subject_id"]))
    return found


def first_ahead(case: Case, on: dt.date, days: int) -> list[Ahead]:
    """What the first day after `on` that demands anything demands; nothing where none of so many days does."""
    for number in range(1, days + 1):
        day = on + dt.timedelta(number)
        demanded = demands(case, day)
        if demanded:
            return [
                Ahead(day, d["step_id"], d["pack_version_id"], d["subject_id"]) for d in demanded
            ]
    return []


@functools.lru_cache(maxsize=64)
def _statement(run: str, books: Sequence[int], rules: Sequence[int], history: bool) -> str:
    limits = [packs.version(key) for key in rules]
    queries = "\nUNION ALL\n".join(demands_of(packs.version(key), limits) for key in books)
    text = DEMANDED.replace("{run}", f"{run},\n{one_case(history)}\n")
    return text.replace("{packs}", queries)


def _write(cursor: Any, case: Case, on: dt.date, run: PlanRun, demanded: list[Demand]) -> Changed:
    given: dict[str, Any] = {name: [d[name] for d in demanded] for name in _COLUMNS}
    given |= {"on": on, "run": run.pk, "case": case.pk}

    def ids(statement: str, returning: str) -> list[int]:
        cursor.execute(f"{_GIVEN}{statement} RETURNING {returning}", given)
        return [row[0] for row in cursor.fetchall()]

    closed = ids(CLOSE.format(scope=" AND o.case_id = %(case)s"), "t.id")
    opened: list[int] = []
    if any(d["task_status"] in ("closed", "missed", "superseded") for d in demanded):
        opened += ids(REOPEN, "t.id")
    if any(d["verdict_changed"] for d in demanded):
        ids(VERDICT, "t.id")
    if any(d["task_id"] is None for d in demanded):
        opened += ids(INSERT, "id")
    return Changed(
        True,
        tuple(opened),
        tuple(closed),
        frozenset((d["step_id"], d["subject_id"]) for d in demanded),
    )
