"""What the next day brings: cases with a promise, an agreed contact, a deadline or the day of return on it.

Read from the summaries and the open tasks. The plan itself is not made ahead: it would cost as much as the plan of a day, and
what is learned today changes it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection

from huikuan.casebook.statements import named
from huikuan.engine.expression import fact_sql
from huikuan.people.models import User
from huikuan.planning.agreed import agreed_minutes
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
SELECT d.case_id, k.number, p.name, p.kind, c.name AS creditor, k.currency, d.balance_minor,
    d.promised_minor, d.agreed, d.returns, d.deadline, d.allowed, coalesce(nullif(u.display_name, ''), u.username) AS assignee,
    count(*) OVER () AS all_total, count(d.promised_minor) OVER () AS all_promises,
    count(*) FILTER (WHERE d.agreed) OVER () AS all_agreed,
    count(*) FILTER (WHERE d.deadline) OVER () AS all_deadlines,
    count(*) FILTER (WHERE d.returns) OVER () AS all_returns
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
    #: The minute for which the contact is agreed.
    agreed_minute: int | None = None


_COLUMNS = tuple(column.name for column in fields(Coming) if column.name != "agreed_minute")


@dataclass(frozen=True)
class Ahead:
    """`cases`: the first ones; the numbers are of all cases, also of those that are not listed."""

    cases: list[Coming]
    total: int = 0
    promises: int = 0
    agreed: int = 0
    deadlines: int = 0
    returns: int = 0


def coming(user: User, on: dt.date, most: int = 200) -> Ahead:
    """The cases that the user sees with something due on the day `on`.

    Promises come first, then agreed contacts, then deadlines; the first `most` are listed.
    """
    due, given = _due(user, on)
    with connection.cursor() as cursor:
        cursor.execute(due + _SHOWN, [*given, most])
        rows = named(cursor)
    if not rows:
        return Ahead([])

    # Each row also says the numbers of all, as SQL counts before it cuts the list.
    of_all = ("total", "promises", "agreed", "deadlines", "returns")
    numbers = {name: rows[0][f"all_{name}"] for name in of_all}
    minutes = agreed_minutes([row["case_id"] for row in rows if row["agreed"]], on)
    cases = [
        Coming(**{name: row[name] for name in _COLUMNS}, agreed_minute=minutes.get(row["case_id"]))
        for row in rows
    ]
    return Ahead(cases, **numbers)


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
