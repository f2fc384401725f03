"""The plan of a day: everything the playbooks demand becomes a task, once; what is demanded no more is closed.

One transaction. A second run changes nothing; a killed run leaves nothing; only one runs at a time. A day before the last
planned one is computed and returned, never written, so that the result never depends on which other days were planned.
"""
from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.models import PackVersion, PlanRun
from huikuan.engine import vocabulary
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning import compiled, load
from huikuan.planning.run_row import create_run_table

_LOCK = 7_305_002
_KEY = "t.case_id = d.case_id AND t.step_id = d.step_id AND t.item_key = d.item_key AND t.anchor = d.anchor"

#: What is demanded today, one row per task; only keys that are not yet open tasks need the wide columns.
_DEMANDED = """
CREATE TEMP TABLE demanded ON COMMIT DROP AS
SELECT d.case_id, d.organisation_id, d.creditor_id, d.item_key, s.id AS step_id, d.anchor, d.due_on, d.deadline_on,
    d.reason, d.verdict, d.earliest_on, %(version)s::bigint AS pack_version_id
FROM ({query}) d JOIN casebook_step s ON s.pack = %(pack)s AND s.code = d.step
"""
_INSERT = """
INSERT INTO casebook_task (organisation_id, creditor_id, run_id, pack_version_id, case_id, item_key, step_id, anchor, due_on,
    deadline_on, reason, verdict, earliest_on, status, status_reason)
SELECT d.organisation_id, d.creditor_id, %(run)s, d.pack_version_id, d.case_id, d.item_key, d.step_id, d.anchor, d.due_on,
    d.deadline_on, d.reason, d.verdict, d.earliest_on, 'open', ''
FROM demanded d
WHERE NOT EXISTS (SELECT 1 FROM casebook_task t WHERE {key})
ORDER BY d.case_id
"""
#: An open task that is not demanded any more: a later occurrence took its place, facts changed, or only time passed.
_CLOSE = """
UPDATE casebook_task t SET status_on = %(on)s, run_id = %(run)s,
    status = CASE WHEN later.case_id IS NOT NULL THEN 'superseded' WHEN f.last_event_on >= t.due_on THEN 'closed' ELSE 'missed' END,
    status_reason = CASE WHEN later.case_id IS NOT NULL THEN 'later occurrence'
        WHEN f.last_event_on >= t.due_on THEN 'facts changed' ELSE 'time passed' END
FROM casebook_task o
LEFT JOIN demanded d ON d.case_id = o.case_id AND d.step_id = o.step_id AND d.item_key = o.item_key AND d.anchor = o.anchor
LEFT JOIN (SELECT case_id, step_id, item_key, max(anchor) AS anchor FROM demanded GROUP BY 1, 2, 3) later
    ON later.case_id = o.case_id AND later.step_id = o.step_id AND later.item_key = o.item_key AND later.anchor > o.anchor
LEFT JOIN casebook_casesummary f ON f.case_id = o.case_id
WHERE t.id = o.id AND o.status = 'open' AND d.case_id IS NULL
"""
_REOPEN = """
UPDATE casebook_task t SET status = 'open', status_reason = 'demanded again', status_on = %(on)s, run_id = %(run)s
FROM demanded d WHERE {key} AND t.status IN ('closed', 'missed')
"""
#: The day's verdict on tasks that stay open may change from day to day.
_VERDICT = """
UPDATE casebook_task t SET verdict = d.verdict, earliest_on = d.earliest_on
FROM demanded d WHERE {key} AND t.status = 'open' AND (t.verdict, t.earliest_on) IS DISTINCT FROM (d.verdict, d.earliest_on)
"""


class NotPlanned(Exception):
    """The day was not planned."""


class AnotherPlanRuns(NotPlanned):
    """Another plan is running; wait until it has ended and start this one again."""


class NoPlaybook(NotPlanned):
    """No playbook is in force on this day; check the packs' effective days with `huikuan check`."""


@dataclass
class Planned:
    """What a run did. `tasks` is filled only when nothing was written (`written` False)."""

    on: dt.date
    written: bool
    counts: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    milliseconds: int = 0
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
        last = last_planned()
        demand(cursor, on, calendar)
        unknown = _count_unknown(cursor)
        if last and on < last:
            cursor.execute("SELECT count(*) FROM demanded")
            counts = {"demanded": int(cursor.fetchone()[0])}
            return Planned(on, False, counts, unknown, _since(began))
        run = _begin_run(on, actor, at)
        counts = _write(cursor, on, run)
    run.counts, run.unknown, run.milliseconds = counts, unknown, _since(began)
    run.save(update_fields=["counts", "unknown", "milliseconds"])
    return Planned(on, True, counts, unknown, run.milliseconds, run)


def demand(cursor: Any, on: dt.date, calendar: Calendar, known_at: dt.datetime | None = None) -> None:
    """Fills the temporary table `demanded` with everything the playbooks in force demand on the day."""
    cursor.execute("SET LOCAL jit = off")
    create_run_table(cursor, on, calendar)
    _bind(cursor, on)
    facts.shadow(on, known_at)
    versions = list(load.in_force(on))
    rules = [version for version in versions if version.kind == PackVersion.Kind.LIMITS]
    first = True
    for version in versions:
        if version.kind != PackVersion.Kind.PLAYBOOK:
            continue
        query = compiled.plan_sql(compiled.book(version), rules).replace("%", "%%")
        statement = _DEMANDED.replace("{query}", query)
        if not first:
            statement = statement.replace("CREATE TEMP TABLE demanded ON COMMIT DROP AS", "INSERT INTO demanded")
        cursor.execute(statement, {"version": version.pk, "pack": version.pack})
        first = False
    if first:
        raise NoPlaybook
    cursor.execute("ANALYZE demanded")


def _bind(cursor: Any, on: dt.date) -> None:
    """Which pack runs for which creditor and product on the day: of each, the newest binding."""
    cursor.execute(
        "CREATE TEMP TABLE pack_bound ON COMMIT DROP AS SELECT creditor_id, product, pack FROM ("
        "  SELECT b.*, rank() OVER (PARTITION BY creditor_id, product ORDER BY from_on DESC) AS nth"
        "  FROM casebook_packbinding b WHERE from_on <= %s) newest WHERE nth = 1",
        [on],
    )
    cursor.execute("ANALYZE pack_bound")


def _begin_run(on: dt.date, actor: User, at: dt.datetime) -> PlanRun:
    act = journal.begin(actor, "planning.plan", at=at, reason=on.isoformat())
    run = PlanRun.objects.create(act=act, on=on, milliseconds=0, at=at)
    run.packs.set(load.in_force(on))
    return run


def _write(cursor: Any, on: dt.date, run: PlanRun) -> dict[str, int]:
    counts = {}
    parameters = {"on": on, "run": run.pk}
    for name, statement in (("closed", _CLOSE), ("reopened", _REOPEN), ("verdicts", _VERDICT), ("new", _INSERT)):
        cursor.execute(statement.replace("{key}", _KEY), parameters)
        counts[name] = cursor.rowcount
    cursor.execute("SELECT count(*) FROM demanded")
    counts["demanded"] = int(cursor.fetchone()[0])
    return counts


def _count_unknown(cursor: Any) -> dict[str, int]:
    """Required facts that are unknown, over open cases: they make no task, so they are reported."""
    required = [fact for fact in vocabulary.standard().stored("case") if fact.required]
    columns = ", ".join(f"count(*) FILTER (WHERE {fact.column or fact.name} IS NULL)" for fact in required)
    if not columns:
        return {}
    cursor.execute(f"SELECT {columns} FROM casebook_casesummary WHERE is_open AND balance_minor > 0")
    return {fact.name: int(n) for fact, n in zip(required, cursor.fetchone(), strict=True) if n}


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
