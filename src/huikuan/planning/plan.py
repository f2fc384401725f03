"""The plan of a day: everything the playbooks demand becomes a task, once; what is demanded no more
is closed.

One transaction. A second run changes nothing; a killed run leaves nothing; only one runs at a time.
A day before the last planned one, or far ahead, is computed and returned, never written, so that
the result never depends on which other days were planned.

The first plan of a day asks about every case. Afterwards each case of which something was learned
is marked (casebook/to_plan.py), so a plan of the same day may ask about the marked ones alone.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, journal, packs, partitions, to_plan
from huikuan.casebook.days import day_of
from huikuan.casebook.models import PackVersion, PlanRun, ToPlan
from huikuan.casebook.packs import Follows
from huikuan.casebook.without_procedure import Uncovered, without_procedure
from huikuan.engine import vocabulary
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning import of_version
from huikuan.planning.run_row import bound_lines, with_run
from huikuan.planning.task_sql import (
    CLOSE,
    COUNTED_BY_HOUSE,
    DEMANDED,
    INSERT,
    OF_SOME,
    REOPEN,
    TO_OPEN_BY_HOUSE,
    VERDICT,
)

_LOCK = 7_305_002
#: Held by a plan alone, and shared by those who bring a single case up to date.
TASKS_LOCK = 7_305_003
#: So many days ahead a plan is still written: over a week-end, not over a slip of the pen.
DAYS_AHEAD = 3

#: Facts that are unknown in the open cases that follow a version.
UNKNOWN = """
WITH {bound}
SELECT {counts} FROM casebook_casesummary s
JOIN pack_bound b ON b.creditor_id = s.creditor_id AND b.product = s.product
WHERE b.version_id = %(version)s AND s.is_open AND s.balance_minor > 0
    AND (b.team_id IS NULL OR b.team_id = s.team_id)
    AND (s.team_id IS NULL OR s.team_id <> ALL (b.other_teams))
"""


class NotPlanned(Exception):
    """The day was not planned."""


class AnotherPlanRuns(NotPlanned):
    """Another plan is running; wait until it has ended and start this one again."""


class NoPlaybook(NotPlanned):
    """No procedure is in force on this day; see which are approved: huikuan pack list"""


class PackChanged(NotPlanned):
    """The stored text of a procedure is not what was signed; which one: huikuan doctor"""


@dataclass(frozen=True)
class OfHouse:
    """Tasks that a run opened and that it ended in one organisation."""

    opened: int
    ended: int


@dataclass
class Planned:
    """What a run did. Nothing was written for a past day, nor for one far ahead (`too_far`).

    `without_procedure`: open cases that get no work. `cases`: how many were planned anew because
    something was learned of them; None where the whole day was planned. `of_houses`: organisation
    → tasks that the run opened and that it ended; `counts` are over all organisations.
    """

    on: dt.date
    written: bool
    counts: dict[str, int] = field(default_factory=dict)
    of_houses: dict[int, OfHouse] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    milliseconds: int = 0
    run: PlanRun | None = None
    too_far: bool = False
    without_procedure: list[Uncovered] = field(default_factory=list)
    cases: int | None = None


def last_planned() -> dt.date | None:
    """The day of the plan that holds: the one written last."""
    return PlanRun.objects.order_by("-pk").values_list("on", flat=True).first()


def plan(
    on: dt.date,
    *,
    actor: User,
    at: dt.datetime,
    calendar: Calendar,
    only_learned: bool = False,
) -> Planned:
    """Plans the day for all organisations. Raises NotPlanned: AnotherPlanRuns,
    NoPlaybook, PackChanged.

    A day that lies before the last planned one is computed only, unless that one is still to come:
    then it was planned too early, and this plan takes its place.

    `only_learned`: where the day is planned already and by the same versions, only the cases are
    asked about of which something was learned since.
    """
    # Before the plan and not within it: making a month locks for a moment, a plan takes its time.
    partitions.make_months(_today(actor, at))
    return _plan(on, actor=actor, at=at, calendar=calendar, only_learned=only_learned)


@transaction.atomic
def _plan(
    on: dt.date, *, actor: User, at: dt.datetime, calendar: Calendar, only_learned: bool
) -> Planned:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise AnotherPlanRuns
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TASKS_LOCK])

        # Before the facts are read: what is learned from here on keeps its mark.
        marks = dict(ToPlan.objects.values_list("pk", "case_id"))
        only = _learned_since(on, marks) if only_learned else None
        planned = Planned(on, _is_written(on, _today(actor, at)))
        planned.too_far = _is_too_far(on, _today(actor, at))
        if only is not None:
            planned.cases = len(only)
            with facts.as_of(on):
                _tell_gaps(cursor, planned)
        with demanded(cursor, on, calendar, only=only):
            if only is None:
                _tell_gaps(cursor, planned)
            if planned.written:
                planned.run = _begin_run(on, actor, at)
                written = _write(cursor, on, planned.run, only=only)
                planned.counts = written.counts
                planned.of_houses = written.of_houses
                ToPlan.objects.filter(pk__in=marks).delete()
            else:
                planned.counts = {"demanded": _count(cursor)}

    planned.milliseconds = _since(began)
    if planned.run is not None:
        planned.run.counts = planned.counts
        planned.run.unknown = planned.unknown
        planned.run.milliseconds = planned.milliseconds
        planned.run.save(update_fields=["counts", "unknown", "milliseconds"])
    return planned


def _tell_gaps(cursor: Any, planned: Planned) -> None:
    """What the plan cannot ask of any case: of all open cases, as the fact tables stand now."""
    planned.unknown = _count_unknown(cursor, planned.on)
    planned.without_procedure = without_procedure(planned.on)


def _is_too_far(on: dt.date, today: dt.date) -> bool:
    return on > today + dt.timedelta(days=DAYS_AHEAD)


def _is_written(on: dt.date, today: dt.date) -> bool:
    """Whether the day is neither too far ahead nor before a planned day that has come."""
    last = last_planned()
    is_past = last is not None and on < last and last <= today
    return not is_past and not _is_too_far(on, today)


def _learned_since(on: dt.date, marks: dict[int, int | None]) -> list[int] | None:
    """The cases that must be planned anew for the day to be whole; None: all of them.

    `marks`: mark → its case, or None where it stands for all cases.
    """
    last = PlanRun.objects.order_by("-pk").first()
    if last is None or last.on != on:
        return None
    planned_by = set(last.packs.values_list("pk", flat=True))
    if planned_by != {version.pk for version in packs.in_force(on)}:
        return None

    cases = {case for case in marks.values() if case is not None}
    if None in marks.values() or len(cases) > to_plan.MOST:
        return None
    return sorted(cases)


@transaction.atomic
def plan_again(run: PlanRun, calendar: Calendar, *, only: list[int] | None = None) -> bool:
    """The day of a run anew, by what is known now; the tasks belong to that run. False, and nothing
    is done, while another plan is being made. `only`: of these cases alone. Raises NoPlaybook.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return False

        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TASKS_LOCK])
        with demanded(cursor, run.on, calendar, only=only):
            _write(cursor, run.on, run, only=only)
    return True


def _today(actor: User, at: dt.datetime) -> dt.date:
    """The local day of the house for which somebody plans."""
    assert actor.organisation is not None
    return day_of(actor.organisation, at)


@contextmanager
def demanded(
    cursor: Any,
    on: dt.date,
    calendar: Calendar,
    known_at: dt.datetime | None = None,
    *,
    only: list[int] | None = None,
) -> Iterator[None]:
    """Inside the block the temporary table `demanded` holds everything the playbooks in force
    demand on the day, with the task of each demand where there is one.

    `only`: of these cases, and of what belongs to no case.
    """
    cursor.execute("SET LOCAL jit = off")
    day = packs.holding(on, known_at)
    bound = packs.follows(on, known_at)
    try:
        used = _used(day.playbooks, bound)
        counting = any(packs.playbook_of(version).needs_calendar for version in used)
        queries = of_version.queries(used, day, bound) if used else []
    except packs.ChangedVersion as error:
        raise PackChanged from error
    if not used:
        raise NoPlaybook

    run, parameters = with_run(on, calendar, bound, known_at, counts_working_days=counting)

    with facts.as_of(on, known_at, among=only):
        text = DEMANDED.replace("{run}", run)
        text = text.replace("{packs}", "\nUNION ALL\n".join(queries))
        cursor.execute(f"CREATE TEMP TABLE demanded ON COMMIT DROP AS{text}", parameters)
        cursor.execute("ANALYZE demanded")
        yield
        cursor.execute("DROP TABLE demanded")


def _used(playbooks: list[PackVersion], bound: Sequence[Follows]) -> list[PackVersion]:
    """The versions that somebody follows and that ask for anything.

    Where there are none, the first one: followed by nobody, it gives the table its columns and no
    rows. A procedure of deadlines alone has no steps.
    """
    # A version that nobody follows is not even read: its text may have been damaged.
    followed = {line.version_id for line in bound}
    wanted = [version for version in playbooks if version.pk in followed]
    used = [version for version in wanted if packs.playbook_of(version).of_cases.steps]
    if used:
        return used
    asking = (version for version in playbooks if packs.playbook_of(version).of_cases.steps)
    return list(islice(asking, 1))


def _begin_run(on: dt.date, actor: User, at: dt.datetime) -> PlanRun:
    act = journal.begin(actor, "planning.plan", at=at, reason=on.isoformat())
    run = PlanRun.objects.create(act=act, on=on, milliseconds=0, at=at)
    run.packs.set(packs.in_force(on))
    return run


@dataclass(frozen=True)
class _Written:
    """What a plan changed of the tasks: over all organisations, and of each."""

    counts: dict[str, int]
    of_houses: dict[int, OfHouse]


def _write(cursor: Any, on: dt.date, run: PlanRun, *, only: list[int] | None) -> _Written:
    """Closes, opens again and inserts tasks.

    `only`: the cases that `demanded` was asked about, where it was not all of them.
    """
    partitions.cover(cursor, on)
    parameters = {"on": on, "run": run.pk, "cases": only}
    close = CLOSE.format(scope="" if only is None else OF_SOME)
    cursor.execute(COUNTED_BY_HOUSE.format(change=close), parameters)
    ended: dict[int, int] = dict(cursor.fetchall())
    cursor.execute(TO_OPEN_BY_HOUSE)
    opened: dict[int, int] = dict(cursor.fetchall())

    counts = {"closed": sum(ended.values())}
    for name, statement in (("reopened", REOPEN), ("verdicts", VERDICT), ("new", INSERT)):
        cursor.execute(statement, parameters)
        counts[name] = cursor.rowcount
    counts["demanded"] = _count(cursor)

    houses = {
        key: OfHouse(opened.get(key, 0), ended.get(key, 0)) for key in opened.keys() | ended.keys()
    }
    return _Written(counts, houses)


def _count(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM demanded")
    return int(cursor.fetchone()[0])


def _count_unknown(cursor: Any, on: dt.date) -> dict[str, int]:
    """Facts that a playbook requires and that are unknown, over the open cases it runs for: they
    make no task, so they are reported."""
    bound = packs.follows(on)
    followed = {line.version_id for line in bound}
    found: dict[str, int] = {}
    for version_id in sorted(followed):
        for name, count in _unknown_of(cursor, version_id, bound).items():
            found[name] = found.get(name, 0) + count
    return found


def _unknown_of(cursor: Any, version_id: int, bound: Sequence[Follows]) -> dict[str, int]:
    """Fact → cases that follow the version in which it is unknown, where there are any."""
    book = packs.playbook_of(packs.version(version_id))
    if not book.requires:
        return {}

    words = vocabulary.standard()
    required = [fact for name in book.requires if (fact := words.get(name))]
    counts = ", ".join(f"count(*) FILTER (WHERE s.{fact.stored_as} IS NULL)" for fact in required)
    lines, parameters = bound_lines([line for line in bound if line.version_id == version_id])
    statement = UNKNOWN.format(bound=lines, counts=counts)
    cursor.execute(statement, parameters | {"version": version_id})
    numbers = cursor.fetchone()
    return {fact.name: number for fact, number in zip(required, numbers, strict=True) if number}


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
