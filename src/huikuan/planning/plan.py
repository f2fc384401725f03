"""The plan of a day: everything the playbooks demand becomes a task, once; what is demanded no more is closed.

One transaction. A second run changes nothing; a killed run leaves nothing; only one runs at a time. A day before the last
planned one is computed and returned, never written, so that the result never depends on which other days were planned.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from huikuan.casebook import facts, journal, packs
from huikuan.casebook.models import PackVersion, PlanRun, Task
from huikuan.casebook.without_procedure import Uncovered, without_procedure
from huikuan.engine import vocabulary
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning import compiled
from huikuan.planning.run_row import with_run

_LOCK = 7_305_002
#: Held by a plan alone, and shared by those who bring a single case up to date.
TASKS_LOCK = 7_305_003
#: What is demanded on the day, one row per task, beside the task of the same key where there is one.
DEMANDED = """
{run}
SELECT d.case_id, d.organisation_id, d.creditor_id, d.item_key, s.id AS step_id, d.anchor, d.due_on, d.deadline_on, d.reason,
    d.verdict, d.earliest_on, d.pack_version_id, t.id AS task_id, t.status AS task_status,
    (t.verdict, t.earliest_on) IS DISTINCT FROM (d.verdict, d.earliest_on) AS verdict_changed
FROM ({packs}) d
JOIN casebook_step s ON s.pack = d.pack AND s.code = d.step
LEFT JOIN casebook_task t
    ON t.case_id = d.case_id AND t.step_id = s.id AND t.item_key = d.item_key AND t.anchor = d.anchor
"""
#: An open task that is not demanded any more: a later occurrence took its place, facts changed, or only time passed. The status
#: is asked for again at the end: a task that somebody does while the plan runs stays done.
CLOSE = """
UPDATE casebook_task t SET status_on = %(on)s, run_id = %(run)s, status = gone.status, status_reason = gone.reason
FROM (
    SELECT o.id,
        CASE WHEN later.anchor > o.anchor THEN 'superseded' WHEN f.last_event_on >= o.due_on THEN 'closed'
            ELSE 'missed' END AS status,
        CASE WHEN later.anchor > o.anchor THEN 'later occurrence' WHEN f.last_event_on >= o.due_on THEN 'facts changed'
            ELSE 'time passed' END AS reason
    FROM casebook_task o
    LEFT JOIN (SELECT case_id, step_id, item_key, max(anchor) AS anchor FROM demanded GROUP BY 1, 2, 3) later
        ON later.case_id = o.case_id AND later.step_id = o.step_id AND later.item_key = o.item_key
    LEFT JOIN casebook_casesummary f ON f.case_id = o.case_id
    WHERE o.status = 'open'{scope} AND NOT EXISTS (SELECT 1 FROM demanded d WHERE d.task_id = o.id)
) gone
WHERE t.id = gone.id AND t.status = 'open'
"""
REOPEN = """
UPDATE casebook_task t SET status = 'open', status_reason = 'demanded again', status_on = %(on)s, run_id = %(run)s
FROM demanded d WHERE d.task_status IN ('closed', 'missed') AND t.id = d.task_id AND t.status IN ('closed', 'missed')
"""
#: The day's verdict on tasks that stay open may change from day to day.
VERDICT = """
UPDATE casebook_task t SET verdict = d.verdict, earliest_on = d.earliest_on
FROM demanded d WHERE d.verdict_changed AND d.task_status IN ('open', 'closed', 'missed') AND t.id = d.task_id
"""
INSERT = """
INSERT INTO casebook_task (organisation_id, creditor_id, run_id, pack_version_id, case_id, item_key, step_id, anchor, due_on,
    deadline_on, reason, verdict, earliest_on, status, status_reason)
SELECT organisation_id, creditor_id, %(run)s, pack_version_id, case_id, item_key, step_id, anchor, due_on, deadline_on, reason,
    verdict, earliest_on, 'open', ''
FROM demanded WHERE task_id IS NULL ORDER BY case_id
"""


#: The lines of `pack_bound` that follow one version: a compiled query tells packs apart, not versions.
OF_VERSION = """
WITH pack_bound AS NOT MATERIALIZED (
    SELECT b.creditor_id, b.product, b.pack FROM pack_bound b WHERE b.version_id = {version}
)
SELECT * FROM ({query}) of_version
"""
#: Where teams follow different versions: only the cases of those that follow this one.
OF_TEAMS = """
WHERE EXISTS (
    SELECT 1 FROM casebook_casesummary s
    JOIN pack_bound b ON b.creditor_id = s.creditor_id AND b.product = s.product
    WHERE s.case_id = q.case_id AND b.version_id = {version}
        AND (b.team_id IS NULL OR b.team_id = s.team_id)
        AND (s.team_id IS NULL OR s.team_id <> ALL (b.other_teams))
)
"""


class NotPlanned(Exception):
    """The day was not planned."""


class AnotherPlanRuns(NotPlanned):
    """Another plan is running; wait until it has ended and start this one again."""


class NoPlaybook(NotPlanned):
    """No procedure is in force on this day; see which are approved: huikuan pack list"""


@dataclass
class Planned:
    """What a run did. `written` False: the day was computed only. `without_procedure`: open cases that get no work."""

    on: dt.date
    written: bool
    counts: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    milliseconds: int = 0
    without_procedure: list[Uncovered] = field(default_factory=list)
    run: PlanRun | None = None


def last_planned() -> dt.date | None:
    return PlanRun.objects.order_by("-on").values_list("on", flat=True).first()


@transaction.atomic
def plan(on: dt.date, *, actor: User, at: dt.datetime, calendar: Calendar) -> Planned:
    """Plans the day for all organisations. Raises AnotherPlanRuns, NoPlaybook."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise AnotherPlanRuns
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TASKS_LOCK])
        last = last_planned()
        with demanded(cursor, on, calendar):
            unknown = _count_unknown(cursor)
            missing = without_procedure(on)
            if last and on < last:
                counts = {"demanded": _count(cursor)}
                return Planned(on, False, counts, unknown, _since(began), missing)
            run = _begin_run(on, actor, at)
            counts = _write(cursor, on, run)
    run.counts, run.unknown, run.milliseconds = counts, unknown, _since(began)
    run.save(update_fields=["counts", "unknown", "milliseconds"])
    return Planned(on, True, counts, unknown, run.milliseconds, missing, run)


@contextmanager
def demanded(
    cursor: Any, on: dt.date, calendar: Calendar, known_at: dt.datetime | None = None
) -> Iterator[None]:
    """Inside the block the temporary table `demanded` holds everything the playbooks in force demand on the day."""
    cursor.execute("SET LOCAL jit = off")
    day = packs.holding(on, known_at)
    if not day.playbooks:
        raise NoPlaybook
    bound = packs.follows(on, known_at)
    run, parameters = with_run(on, calendar, bound)
    followed = {line.version_id for line in bound}
    apart = versions_by_team(bound)
    used = [version for version in day.playbooks if version.pk in followed] or day.playbooks[:1]
    queries = [of_pack(version, day.rules, by_team=version.pk in apart) for version in used]
    with facts.as_of(on, known_at):
        text = DEMANDED.replace("{run}", run).replace("{packs}", "\nUNION ALL\n".join(queries))
        cursor.execute(f"CREATE TEMP TABLE demanded ON COMMIT DROP AS{text}", parameters)
        cursor.execute("ANALYZE demanded")
        yield
        cursor.execute("DROP TABLE demanded")


def of_pack(version: PackVersion, rules: list[PackVersion], *, by_team: bool = False) -> str:
    """What one version of a playbook demands of the cases that follow it, with pack and version.

    The compiled query knows packs only, so it is given the lines of `pack_bound` that name this version.
    """
    query = compiled.plan_sql(version, rules).replace("%", "%%")
    of_version = OF_VERSION.format(version=version.pk, query=query)
    text = f"SELECT q.*, {version.pk}::bigint AS pack_version_id, '{version.pack}' AS pack FROM ({of_version}) q"
    return text + OF_TEAMS.format(version=version.pk) if by_team else text


def versions_by_team(bound: list[packs.Follows]) -> set[int]:
    """The versions that not every team follows: only these ask who holds a case."""
    return {line.version_id for line in bound if line.team_id is not None or line.other_teams}


def counts_of(run: PlanRun, organisation_id: int) -> tuple[int, int]:
    """Tasks that the run opened and that it ended, of one organisation: the run's own counts are over all of them."""
    mine = Task.objects.filter(run=run, organisation_id=organisation_id)
    opened = Count("pk", filter=Q(status=Task.Status.OPEN))
    found = mine.aggregate(opened=opened, all=Count("pk"))
    return found["opened"], found["all"] - found["opened"]


def _begin_run(on: dt.date, actor: User, at: dt.datetime) -> PlanRun:
    act = journal.begin(actor, "planning.plan", at=at, reason=on.isoformat())
    run = PlanRun.objects.create(act=act, on=on, milliseconds=0, at=at)
    run.packs.set(packs.in_force(on))
    return run


def _write(cursor: Any, on: dt.date, run: PlanRun) -> dict[str, int]:
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


def _count(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM demanded")
    return int(cursor.fetchone()[0])


def _count_unknown(cursor: Any) -> dict[str, int]:
    """Required facts that are unknown, over open cases: they make no task, so they are reported."""
    required = [fact for fact in vocabulary.standard().stored("case") if fact.required]
    columns = ", ".join(
        f"count(*) FILTER (WHERE {fact.column or fact.name} IS NULL)" for fact in required
    )
    if not columns:
        return {}
    cursor.execute(
        f"SELECT {columns} FROM casebook_casesummary WHERE is_open AND balance_minor > 0"
    )
    return {fact.name: int(n) for fact, n in zip(required, cursor.fetchone(), strict=True) if n}


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
