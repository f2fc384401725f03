"""What each collector gets by a proposal as it stands: counted from its lines, anew after every edit."""

from __future__ import annotations

from typing import Any

from django.db import connection

from huikuan.casebook.models import AllocationRun

_GETS = """
SELECT l.user_id, l.reason->>'age', c.currency, count(*), sum(greatest(s.balance_minor, 0))::bigint
FROM casebook_allocationline l
JOIN casebook_casesummary s ON s.case_id = l.case_id JOIN casebook_case c ON c.id = l.case_id
WHERE l.run_id = %s GROUP BY 1, 2, 3
"""
_LEFT = "SELECT reason->>'code', count(*) FROM casebook_allocationline WHERE run_id = %s AND user_id IS NULL GROUP BY 1"


def gets(run: AllocationRun) -> dict[str, Any]:
    """collectors: user id → cases, minor units by currency, cases by age class; cases, placed; left: code → cases."""
    collectors: dict[str, dict[str, Any]] = {
        user: {"cases": 0, "minor": {}, "ages": {}} for user in run.summary.get("before", {})
    }
    total = placed = 0
    with connection.cursor() as cursor:
        cursor.execute(_GETS, [run.pk])
        for user, age, currency, number, minor in cursor.fetchall():
            total += number
            if user is None:
                continue
            placed += number
            row = collectors.setdefault(str(user), {"cases": 0, "minor": {}, "ages": {}})
            row["cases"] += number
            row["minor"][currency] = row["minor"].get(currency, 0) + minor
            row["ages"][age] = row["ages"].get(age, 0) + number
        cursor.execute(_LEFT, [run.pk])
        left = dict(cursor.fetchall())
    return {"collectors": collectors, "cases": total, "placed": placed, "left": left}
