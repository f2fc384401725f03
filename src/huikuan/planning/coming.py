"""What the next day brings: cases with a promise, an agreed contact, a deadline or the day of return on it.

Read from the summaries and the open tasks. The plan itself is not made ahead: it would cost as much as the plan of a day, and
what is learned today changes it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huikuan.casebook.statements import named
from huikuan.engine.expression import fact_sql
from huikuan.people.models import User
from huikuan.planning.worklist import among_visible, day_literal

#: What is due is found without what is shown of it: of thousands of cases few have something on the day.
_DUE = """
WITH due AS MATERIALIZED (
    SELECT * FROM (
        SELECT f.case_id, f.assignee_id, f.balance_minor,
            CASE WHEN f.promise_due_on = %s AND {promise} <> 'kept' THEN f.promise_minor END
                AS promised_minor,
            coalesce(f.next_contact_on = %s, false) AS agreed,
            coalesce(f.return_on = %s, false) AS returns,
            coalesce(t.deadline, false) AS deadline, coalesce(t.allowed, false) AS allowed
        FROM casebook_casesummary f
        LEFT JOIN (
            SELECT o.case_id, bool_or(o.deadline_on = %s) AS deadline, bool_or(o.earliest_on = %s) AS allowed
            FROM casebook_task o WHERE o.status = 'open' AND {tasks} GROUP BY o.case_id) t ON t.case_id = f.case_id
        WHERE f.is_open AND {visible}
    ) x WHERE promised_minor IS NOT NULL OR agreed OR returns OR deadline OR allowed
)
"""
_SHOWN = """
SELECT k.number, p.name, p.kind, c.name AS creditor, k.currency, d.balance_minor, d.promised_minor, d.agreed, d.returns,
    d.deadline, d.allowed, coalesce(nullif(u.display_name, ''), u.username) AS assignee, count(*) OVER () AS total
FROM due d
JOIN casebook_case k ON k.id = d.case_id
JOIN casebook_person p ON p.id = k.person_id
JOIN people_creditor c ON c.id = k.creditor_id
LEFT JOIN people_user u ON u.id = d.assignee_id
ORDER BY d.promised_minor IS NULL, NOT d.agreed, NOT d.deadline, d.balance_minor DESC, k.number
LIMIT %s
"""


@dataclass(frozen=True)
class Coming:
    """A case of the coming day and why. `promised_minor`: what was promised for it; `allowed`: a rule refused until then."""

    number: str
    name: str
    kind: str
    creditor: str
    currency: str
    balance_minor: int
    promised_minor: int | None
    agreed: bool
    returns: bool
    deadline: bool
    allowed: bool
    assignee: str | None


def coming(user: User, on: dt.date, most: int = 200) -> tuple[list[Coming], int]:
    """The cases that the user sees with something due on the day `on`: promises first, then agreed contacts, then deadlines;
    the first `most` of them, and how many there are."""
    due, given = _due(user, on)
    with connection.cursor() as cursor:
        cursor.execute(due + _SHOWN, [*given, most])
        rows = named(cursor)
    total = max((row.pop("total") for row in rows), default=0)
    return [Coming(**row) for row in rows], total


def how_many(user: User, on: dt.date) -> int:
    """The number of those cases."""
    due, given = _due(user, on)
    with connection.cursor() as cursor:
        cursor.execute(f"{due} SELECT count(*) FROM due", given)
        return int(cursor.fetchone()[0])


def _due(user: User, on: dt.date) -> tuple[str, list[Any]]:
    visible, seen = among_visible(user, "f.case_id")
    tasks, _same = among_visible(user, "o.case_id")
    promise = fact_sql("promise", row="f", day=day_literal(on))
    text = _DUE.format(visible=visible, tasks=tasks, promise=promise)
    return text, [*[on] * 5, *seen, *seen]
