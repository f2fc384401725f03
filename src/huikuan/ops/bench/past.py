"""Forty past days of tasks for the bench book: what earlier plans would have left in the table of tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import partitions
from huikuan.casebook.journal import begin
from huikuan.casebook.models import PlanRun
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning.plan import demanded

COLUMNS = (
    "organisation_id, creditor_id, run_id, pack_version_id, case_id, subject_id, step_id, anchor, due_on, deadline_on, reason, "
    "verdict, earliest_on, status, status_reason, status_on, shard"
)
#: A past day had the steps of this one so many days earlier; three in four of them were new on that day.
_PAST = f"""
INSERT INTO casebook_task ({COLUMNS})
SELECT organisation_id, creditor_id, %(run)s, pack_version_id, case_id, subject_id, step_id, anchor - %(back)s, due_on - %(back)s,
    deadline_on - %(back)s, reason, 'allowed', NULL, status,
    CASE status WHEN 'superseded' THEN 'later occurrence' WHEN 'missed' THEN 'time passed' ELSE '' END, %(day)s::date + 1,
    (SELECT shard FROM casebook_case c WHERE c.id = p.case_id)
FROM (
    SELECT d.organisation_id, d.creditor_id, d.pack_version_id, d.subject_id, d.step_id, d.anchor, d.due_on, d.deadline_on, d.reason,
        d.case_id,
        CASE WHEN %(back)s = 1 AND lot < 64 THEN 'open' WHEN lot < 480 THEN 'done' WHEN lot < 580 THEN 'missed' ELSE 'superseded' END AS status
    FROM (SELECT organisation_id, creditor_id, pack_version_id, case_id, subject_id, step_id, anchor, due_on, deadline_on, reason,
            (hashint8extended(case_id * 64 + step_id, %(back)s) & 1023) * %(thin)s AS lot FROM demanded) d
    WHERE lot < 768
) p ORDER BY case_id
"""


def stretch(days: int, beyond: int, *, on: dt.date, at: dt.datetime, calendar: Calendar) -> int:
    """Tasks of the days before the last `beyond`, up to `days` ago, a tenth of a full day's each.

    Every partition of that time is there then, those of the other histories too. Returns how many
    tasks there are.
    """
    actor = User.objects.order_by("pk")[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        partitions.reach_back(cursor, on - dt.timedelta(days))
        with demanded(cursor, on, calendar):
            for back in range(days, beyond, -1):
                day = on - dt.timedelta(back)
                act = begin(actor, "planning.plan", at=at, reason=day.isoformat())
                run = PlanRun.objects.create(act=act, on=day, milliseconds=0, at=at)
                cursor.execute(_PAST, {"run": run.pk, "back": back, "day": day, "thin": 10})
    return _vacuumed()


def add(days: int, *, on: dt.date, at: dt.datetime, calendar: Calendar) -> int:
    """Tasks of the `days` days before `on`; those of the last day are open in part. Returns how many."""
    actor = User.objects.order_by("pk")[0]
    with transaction.atomic(), connection.cursor() as cursor:
        _indexes(cursor, drop=True)
        # No foreign-key triggers: the cases exist.
        cursor.execute("SET LOCAL session_replication_role = replica")
        partitions.begin(cursor, on - dt.timedelta(days))
        partitions.cover(cursor, on)
        with demanded(cursor, on, calendar):
            for back in range(days, 0, -1):
                day = on - dt.timedelta(back)
                act = begin(actor, "planning.plan", at=at, reason=day.isoformat())
                run = PlanRun.objects.create(act=act, on=day, milliseconds=0, at=at)
                cursor.execute(_PAST, {"run": run.pk, "back": back, "day": day, "thin": 1})
        _indexes(cursor, drop=False)
    return _vacuumed()


def _vacuumed() -> int:
    """How many tasks there are, with fresh statistics."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE casebook_task")
        cursor.execute("SELECT count(*) FROM casebook_task")
        return int(cursor.fetchone()[0])


def _indexes(cursor: Any, *, drop: bool) -> None:
    """Filled first and indexed then, twenty million rows take a third of the time."""
    if drop:
        cursor.execute("ALTER TABLE casebook_task DROP CONSTRAINT task_once")
        cursor.execute("DROP INDEX task_open")
        return

    cursor.execute(
        "ALTER TABLE casebook_task ADD CONSTRAINT task_once UNIQUE (subject_id, step_id, anchor)"
    )
    cursor.execute("CREATE INDEX task_open ON casebook_task (case_id) WHERE status = 'open'")
