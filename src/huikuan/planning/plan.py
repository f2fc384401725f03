"""The plan of a day: everything the playbooks demand becomes a task, once; what is demanded no more
is closed.

One transaction. A second run changes nothing; a killed run leaves nothing; only one runs at a time.
A day before the last planned one, or far ahead, is computed and returned, never written, so that
the result never depends on which other days were planned.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from huikuan.casebook import facts, journal, packs, partitions
from huikuan.casebook.days import day_of
from huikuan.casebook.models import PackVersion, PlanRun, Task, ToPlan
from huikuan.casebook.packs import Follows
from huikuan.casebook.without_procedure import Uncovered, without_procedure
from huikuan.engine import vocabulary
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning import of_version
from huikuan.planning.run_row import bound_lines, with_run

_LOCK = 7_305_002
#: Held by a plan alone, and shared by those who bring a single case up to date.
TASKS_LOCK = 7_305_003
#: So many days ahead a plan is still written: over a week-end, not over a slip of the pen.
DAYS_AHEAD = 3

#: What is demanded on the day, one row per task, with the task of the same key where there is one.
#: {found} joins that task as t.
DEMANDED = """
{run}
SELECT d.case_id, d.organisation_id, d.creditor_id, d.subject_id, s.id AS step_id, d.anchor,
    d.due_on, d.deadline_on, d.reason, d.verdict, d.earliest_on, d.pack_version_id,
    t.id AS task_id, t.status AS task_status,
    (t.verdict, t.earliest_on) IS DISTINCT FROM (d.verdict, d.earliest_on) AS verdict_changed
FROM ({packs}) d
JOIN casebook_step s ON s.pack = d.pack AND s.code = d.step
{found}
"""
#: Of a whole day most tasks are new or open: only the open ones are joined, from their own index.
OPEN_ONES = """
LEFT JOIN (SELECT * FROM casebook_task WHERE status = 'open') t
    ON t.subject_id = d.subject_id AND t.step_id = s.id AND t.anchor = d.anchor
"""
#: For few rows the task is looked up by its key, whatever became of it. LIMIT keeps the planner
#: from joining the whole table instead.
ANY_ONE = """
LEFT JOIN LATERAL (
    SELECT * FROM casebook_task k
    WHERE k.subject_id = d.subject_id AND k.step_id = s.id AND k.anchor = d.anchor LIMIT 1
) t ON true
"""
#: A demand of an earlier occurrence that has no open task may have one that was done or closed. An
#: occurrence of the day itself can only have one if the day was planned before.
ENDED_ONES = """
UPDATE demanded d SET task_id = k.id, task_status = k.status,
    verdict_changed = (k.verdict, k.earliest_on) IS DISTINCT FROM (d.verdict, d.earliest_on)
FROM (
    SELECT w.subject_id, w.step_id, w.anchor, t.*
    FROM (SELECT subject_id, step_id, anchor FROM demanded
        WHERE task_id IS NULL AND (anchor < %(on)s OR %(again)s) OFFSET 0) w
    CROSS JOIN LATERAL (
        SELECT id, status, verdict, earliest_on FROM casebook_task o
        WHERE o.subject_id = w.subject_id AND o.step_id = w.step_id AND o.anchor = w.anchor LIMIT 1
    ) t
) k
WHERE d.subject_id = k.subject_id AND d.step_id = k.step_id AND d.anchor = k.anchor
"""
#: An open task that is not demanded any more: a later occurrence took its place, facts changed, or
#: only time passed. The status is asked for again at the end: a task that somebody does while the
#: plan runs stays done.
CLOSE = """
UPDATE casebook_task t
SET status_on = %(on)s, run_id = %(run)s, status = gone.status, status_reason = gone.reason
FROM (
    SELECT o.id, o.anchor,
        CASE WHEN later.anchor > o.anchor THEN 'superseded'
            WHEN o.anchor > %(on)s OR f.last_event_on >= o.due_on THEN 'closed'
            ELSE 'missed' END AS status,
        CASE WHEN later.anchor > o.anchor THEN 'later occurrence'
            WHEN o.anchor > %(on)s THEN 'planned too early'
            WHEN f.last_event_on >= o.due_on THEN 'facts changed'
            ELSE 'time passed' END AS reason
    FROM casebook_task o
    LEFT JOIN (
        SELECT subject_id, step_id, max(anchor) AS anchor FROM demanded GROUP BY 1, 2
    ) later ON later.subject_id = o.subject_id AND later.step_id = o.step_id
    LEFT JOIN casebook_casesummary f ON f.case_id = o.case_id
    WHERE o.status = 'open'{scope}
        AND NOT EXISTS (SELECT 1 FROM demanded d WHERE d.task_id = o.id)
) gone
WHERE t.id = gone.id AND t.anchor = gone.anchor AND t.status = 'open'
"""
REOPEN = """
UPDATE casebook_task t
SET status = 'open', status_reason = 'demanded again', status_on = %(on)s, run_id = %(run)s,
    standing = t.standing + 1
FROM demanded d
WHERE d.task_status IN ('closed', 'missed', 'superseded')
    AND t.id = d.task_id AND t.anchor = d.anchor
    AND t.status IN ('closed', 'missed', 'superseded')
"""
#: The day's verdict on tasks that stay open may change from day to day.
VERDICT = """
UPDATE casebook_task t SET verdict = d.verdict, earliest_on = d.earliest_on
FROM demanded d
WHERE d.verdict_changed AND d.task_status IN ('open', 'closed', 'missed', 'superseded')
    AND t.id = d.task_id AND t.anchor = d.anchor
"""
INSERT = """
INSERT INTO casebook_task (organisation_id, creditor_id, run_id, pack_version_id, case_id,
    subject_id, step_id, anchor, due_on, deadline_on, reason, verdict, earliest_on, status,
    status_reason, shard)
SELECT d.organisation_id, d.creditor_id, %(run)s, d.pack_version_id, d.case_id, d.subject_id,
    d.step_id, d.anchor, d.due_on, d.deadline_on, d.reason, d.verdict, d.earliest_on, 'open', '',
    coalesce(c.shard, casebook_shard_of_house(d.organisation_id))
FROM demanded d LEFT JOIN casebook_case c ON c.id = d.case_id
WHERE d.task_id IS NULL ORDER BY d.case_id
"""
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


@dataclass
class Planned:
    """What a run did. Nothing was written for a past day, nor for one far ahead (`too_far`).

    `without_procedure`: open cases that get no work.
    """

    on: dt.date
    written: bool
    counts: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    milliseconds: int = 0
    run: PlanRun | None = None
    too_far: bool = False
    without_procedure: list[Uncovered] = field(default_factory=list)


def last_planned() -> dt.date | None:
    """The day of the plan that holds: the one written last."""
    return PlanRun.objects.order_by("-pk").values_list("on", flat=True).first()


def plan(on: dt.date, *, actor: User, at: dt.datetime, calendar: Calendar) -> Planned:
    """Plans the day for all organisations. Raises AnotherPlanRuns, NoPlaybook.

    A day that lies before the last planned one is computed only, unless that one is still to come:
    then it was planned too early, and this plan takes its place.
    """
    # Before the plan and not within it: making a month locks for a moment, a plan takes its time.
    partitions.make_months(_today(actor, at))
    return _plan(on, actor=actor, at=at, calendar=calendar)


@transaction.atomic
def _plan(on: dt.date, *, actor: User, at: dt.datetime, calendar: Calendar) -> Planned:
    began = time.monotonic()
    today = _today(actor, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise AnotherPlanRuns
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TASKS_LOCK])

        last = last_planned()
        too_far = on > today + dt.timedelta(days=DAYS_AHEAD)
        is_past = last is not None and on < last and last <= today
        # Before the facts are read: what is learned from here on keeps its mark.
        learned = list(ToPlan.objects.values_list("pk", flat=True))
        with demanded(cursor, on, calendar):
            unknown = _count_unknown(cursor, on)
            missing = without_procedure(on)
            if too_far or is_past:
                counts = {"demanded": _count(cursor)}
                return Planned(
                    on,
                    False,
                    counts,
                    unknown,
                    _since(began),
                    too_far=too_far,
                    without_procedure=missing,
                )

            was_planned = PlanRun.objects.filter(on__gte=on).exists()
            run = _begin_run(on, actor, at)
            counts = _write(cursor, on, run, again=was_planned)
            ToPlan.objects.filter(pk__in=learned).delete()

    run.counts = counts
    run.unknown = unknown
    run.milliseconds = _since(began)
    run.save(update_fields=["counts", "unknown", "milliseconds"])
    return Planned(on, True, counts, unknown, run.milliseconds, run=run, without_procedure=missing)


@transaction.atomic
def plan_again(run: PlanRun, calendar: Calendar) -> bool:
    """The day of a run anew, by what is known now; the tasks belong to that run. False, and nothing
    is done, while another plan is being made. Raises NoPlaybook.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return False

        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TASKS_LOCK])
        with demanded(cursor, run.on, calendar):
            _write(cursor, run.on, run, again=True)
    return True


def _today(actor: User, at: dt.datetime) -> dt.date:
    """The local day of the house for which somebody plans."""
    assert actor.organisation is not None
    return day_of(actor.organisation, at)


@contextmanager
def demanded(
    cursor: Any, on: dt.date, calendar: Calendar, known_at: dt.datetime | None = None
) -> Iterator[None]:
    """Inside the block the temporary table `demanded` holds everything the playbooks in force
    demand on the day, with the open task of each demand where there is one."""
    cursor.execute("SET LOCAL jit = off")
    day = packs.holding(on, known_at)
    bound = packs.follows(on, known_at)
    used = _used(day.playbooks, bound)
    if not used:
        raise NoPlaybook

    counting = any(packs.playbook_of(version).needs_calendar for version in used)
    run, parameters = with_run(on, calendar, bound, known_at, counts_working_days=counting)
    queries = of_version.queries(used, day, bound)

    with facts.as_of(on, known_at):
        text = DEMANDED.replace("{run}", run).replace("{found}", OPEN_ONES)
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
    followed = {line.version_id for line in bound}
    asking = [version for version in playbooks if packs.playbook_of(version).steps]
    used = [version for version in asking if version.pk in followed]
    return used or asking[:1]


def counts_of(run: PlanRun, organisation_id: int) -> tuple[int, int]:
    """Tasks that the run opened and that it ended, of one organisation: the run's own counts are
    over all of them."""
    mine = Task.objects.filter(run=run, organisation_id=organisation_id)
    opened = Count("pk", filter=Q(status=Task.Status.OPEN))
    found = mine.aggregate(opened=opened, all=Count("pk"))
    return found["opened"], found["all"] - found["opened"]


def _begin_run(on: dt.date, actor: User, at: dt.datetime) -> PlanRun:
    act = journal.begin(actor, "planning.plan", at=at, reason=on.isoformat())
    run = PlanRun.objects.create(act=act, on=on, milliseconds=0, at=at)
    run.packs.set(packs.in_force(on))
    return run


def _write(cursor: Any, on: dt.date, run: PlanRun, *, again: bool) -> dict[str, int]:
    """Closes, opens again and inserts tasks. `again`: the day or a later one was planned before."""
    partitions.cover(cursor, on)
    find_ended(cursor, on, again=again)

    counts = {}
    parameters = {"on": on, "run": run.pk}
    close = CLOSE.format(scope="")
    for name, statement in (
        ("closed", close),
        ("reopened", REOPEN),
        ("verdicts", VERDICT),
        ("new", INSERT),
    ):
        cursor.execute(statement, parameters)
        counts[name] = cursor.rowcount
    return {**counts, "demanded": _count(cursor)}


def find_ended(cursor: Any, on: dt.date, *, again: bool) -> None:
    """Completes the table `demanded` by the tasks that are no longer open."""
    cursor.execute(ENDED_ONES, {"on": on, "again": again})


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
