"""Open tasks and held cases by person: counted anew for each look in a house of ordinary size.

Over half a million open tasks the count takes seconds, so there it is kept. For five minutes it is
fresh. Afterwards it is shown once more, with the moment it was made, while the worker counts anew,
on one core: collectors are at work on the other. All processes share what is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import configure_task

from huikuan.reports import facts
from huikuan.reports.facts import Fact
from huikuan.reports.scope import Scope

#: Name of the job that counts anew.
RENEW = "reports.renew_tally"
#: So many rows counted are many.
MANY = 20_000
HELD = """
SELECT %(on)s::date, s.assignee_id, NULL::bigint, '', 'held', count(*) FROM casebook_casesummary s
WHERE s.organisation_id = %(org)s AND s.is_open AND {assignee} GROUP BY 2
"""
# Older than half an hour is too old to show: the worker may be away.
_KEPT = """
SELECT counted_at, rows, counted_at > now() - interval '5 minutes' FROM casebook_tally
WHERE key = %s AND counted_at > now() - interval '30 minutes'
"""
_KEEP = """
WITH gone AS (DELETE FROM casebook_tally WHERE counted_at < now() - interval '1 day')
INSERT INTO casebook_tally (key, counted_at, rows) VALUES (%s, now(), %s)
ON CONFLICT (key) DO UPDATE SET counted_at = EXCLUDED.counted_at, rows = EXCLUDED.rows
"""


@dataclass(frozen=True)
class Standing:
    """`counted_at` None: just now."""

    facts: list[Fact]
    counted_at: dt.datetime | None = None


def standing(scope: Scope, on: dt.date, zone: ZoneInfo) -> Standing:
    """Open, overdue and last-day tasks and held cases, as they stand on the day `on`."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [_key(scope, on)])
        found = cursor.fetchone()
    if found is None:
        return Standing(_count(scope, on, zone))

    counted_at, rows, fresh = found
    if not fresh:
        _ask_the_worker(scope, on, zone)
    read = json.loads(rows) if isinstance(rows, str) else rows
    return Standing([Fact(on, *row) for row in read], counted_at)


def renew(scope: Scope, on: dt.date, zone: ZoneInfo) -> None:
    """Counts anew and keeps the result: what the worker does."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        _count(scope, on, zone)


def _count(scope: Scope, on: dt.date, zone: ZoneInfo) -> list[Fact]:
    """The count of this moment. It is kept where there is much to count."""
    found = facts.read(scope, on, seen=on, zone=zone, parts=facts.STANDING, more=(HELD,))
    if _many(found):
        rows = json.dumps([astuple(fact)[1:] for fact in found])
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [_key(scope, on), rows])
    return found


def _many(found: Sequence[Fact]) -> bool:
    return sum(fact.n for fact in found if fact.measure in ("open", "held")) > MANY


def _key(scope: Scope, on: dt.date) -> str:
    """Users and roles are named by a digest: there may be hundreds."""
    users = None if scope.users is None else sorted(scope.users)
    counted = repr((users, scope.roles, scope.house_roles)).encode()
    digest = hashlib.sha256(counted).hexdigest()[:32]
    return f"{scope.organisation}:{digest}:{scope.creditor or 0}:{on}"


def _ask_the_worker(scope: Scope, on: dt.date, zone: ZoneInfo) -> None:
    """Of each count one job waits and one runs, however many people look and workers there are.

    The job goes by its name: `app.configure_task` would load the jobs of all rooms into the page.
    """
    lock = f"{RENEW}:{_key(scope, on)}"
    job = configure_task(name=RENEW, job_manager=app.job_manager, lock=lock, queueing_lock=lock)
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(scope=scope.as_named(), on=on.isoformat(), zone=str(zone))
