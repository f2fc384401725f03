"""Open tasks and held cases by person: counted anew for each look in a house of ordinary size.

Over half a million open tasks the count takes seconds, so there it is kept: for five minutes it is fresh; afterwards it is
shown once more, with the moment it was made, while a thread counts anew, on one core: collectors are at work on the other.
All processes share what is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from zoneinfo import ZoneInfo

from django.db import Error, connection, transaction

from huikuan.reports import facts
from huikuan.reports.facts import Fact
from huikuan.reports.scope import Scope

#: So many rows counted are many.
MANY = 20_000
HELD = """
SELECT %(on)s::date, s.assignee_id, NULL::bigint, '', 'held', count(*) FROM casebook_casesummary s
WHERE s.organisation_id = %(org)s AND s.is_open AND {assignee} GROUP BY 2
"""
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
    key = _key(scope, on)
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [key])
        found = cursor.fetchone()
    if found is None:
        return Standing(_count(scope, on, zone, key))
    counted_at, rows, fresh = found
    if not fresh:
        threading.Thread(target=_renew, args=(scope, on, zone, key), daemon=True).start()
    read = json.loads(rows) if isinstance(rows, str) else rows
    return Standing([Fact(on, *row) for row in read], counted_at)


def _key(scope: Scope, on: dt.date) -> str:
    """Users and roles are named by a digest: there may be hundreds."""
    users = None if scope.users is None else sorted(scope.users)
    counted = repr((users, scope.roles, scope.house_roles)).encode()
    digest = hashlib.sha256(counted).hexdigest()[:32]
    return f"{scope.organisation}:{digest}:{scope.creditor or 0}:{on}"


def _count(scope: Scope, on: dt.date, zone: ZoneInfo, key: str) -> list[Fact]:
    found = facts.read(scope, on, seen=on, zone=zone, parts=facts.STANDING, more=(HELD,))
    if _many(found):
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [key, json.dumps([astuple(fact)[1:] for fact in found])])
    return found


def _many(found: Sequence[Fact]) -> bool:
    return sum(fact.n for fact in found if fact.measure in ("open", "held")) > MANY


def _renew(scope: Scope, on: dt.date, zone: ZoneInfo, key: str) -> None:
    """In a thread of its own; nothing if another one does it. What fails is tried again at the next look."""
    with suppress(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7305010))", [key])
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            _count(scope, on, zone, key)
    connection.close()
