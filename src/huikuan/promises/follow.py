"""Following promises up 承诺跟踪: the last promise of each case that a user sees, by what became of it, one query a list.

The state is that of the vocabulary's `promise`, on the day asked for; the amounts are those of the instalment that decides it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huikuan.casebook.access import visible_cases
from huikuan.engine.expression import fact_sql
from huikuan.people.models import User

TABS = ("today", "tomorrow", "week", "broken", "part", "kept")
_STATE = fact_sql("promise", row="f", day="%(on)s::date")
#: What was due before and may still be paid within its days of grace stands under today.
_TAB_SQL = {
    "today": f"f.is_open AND (f.promise_due_on = %(on)s"
    f" OR f.promise_due_on < %(on)s AND {_STATE} = 'open')",
    "tomorrow": "f.is_open AND f.promise_due_on = %(on)s + 1",
    "week": "f.is_open AND f.promise_due_on BETWEEN %(monday)s AND %(monday)s + 6",
    "broken": f"f.is_open AND {_STATE} = 'broken'",
    "part": f"f.is_open AND {_STATE} = 'part'",
    "kept": f"{_STATE} = 'kept'",
}
#: One join of case and summary, so that one collector's promises come straight from the index `summary_promise`.
_COLUMNS = (
    "pk", "number", "person_id", "creditor_id", "currency", "summary__assignee_id", "summary__is_open",
    "summary__promise_made_on", "summary__promise_due_on", "summary__promise_last_day", "summary__promise_minor",
    "summary__promise_paid_minor", "summary__promise_needed_minor", "summary__broken_before",
)  # fmt: skip
_NAMES = f"f(id, {', '.join(name.removeprefix('summary__') for name in _COLUMNS[1:])})"
_SUMS = """
SELECT f.currency, {columns}
FROM ({source}) {names} GROUP BY f.currency ORDER BY count(*) DESC"""
#: The instalments of a page's cases only. The last plan is the one given last, as in casebook/sql/promises.sql.
_ROWS = """
WITH page AS (
    SELECT f.*, {state} AS state FROM ({source}) {names} WHERE {tab}
    ORDER BY f.promise_due_on {direction}, f.id LIMIT %(limit)s OFFSET %(offset)s
)
SELECT g.number, p.name, p.kind, c.name AS creditor, g.currency, g.promise_made_on AS made_on, g.promise_due_on AS due_on,
    g.promise_last_day AS last_day, g.promise_minor AS promised_minor, g.promise_paid_minor AS paid_minor, g.broken_before,
    g.state, coalesce(nullif(u.display_name, ''), u.username) AS collector, i.nth, i.instalments
FROM page g
JOIN casebook_person p ON p.id = g.person_id
JOIN people_creditor c ON c.id = g.creditor_id
LEFT JOIN people_user u ON u.id = g.assignee_id
CROSS JOIN LATERAL (
    SELECT count(*) AS instalments, count(*) FILTER (WHERE x.due_on <= g.promise_due_on) AS nth
    FROM (
        SELECT m.due_on, m.plan, first_value(m.plan) OVER (ORDER BY m.made_on DESC, m.rank DESC) AS last_plan
        FROM (
            SELECT due_on, plan, min(valid_on) OVER w AS made_on, max(id) OVER w AS rank
            FROM casebook_promise WHERE case_id = g.id AND valid_on <= %(on)s WINDOW w AS (PARTITION BY plan)
        ) m
    ) x WHERE x.plan = x.last_plan
) i
ORDER BY g.promise_due_on {direction}, g.id"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page's address asks for. Empty: everything."""

    tab: str = "today"
    creditor: str = ""
    collector: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The last promise of a case: the instalment that decides its state. `paid_minor`: paid on it so far."""

    number: str
    name: str
    kind: str
    creditor: str
    currency: str
    made_on: dt.date
    due_on: dt.date
    last_day: dt.date
    promised_minor: int
    paid_minor: int
    broken_before: int
    state: str
    collector: str | None
    nth: int
    instalments: int


@dataclass(frozen=True, slots=True)
class Sum:
    """One tab: promises, and what was promised and paid on them, by currency."""

    count: int
    promised: dict[str, int]
    paid: dict[str, int]


def rows(user: User, on: dt.date, filters: Filters, *, limit: int, offset: int = 0) -> list[Row]:
    """One page of a tab: what is due by day, what is past with the newest first."""
    source, values = _source(user, on, filters)
    direction = "ASC" if filters.tab in ("today", "tomorrow", "week") else "DESC"
    parts = {"state": _STATE, "tab": f"({_TAB_SQL[filters.tab]})", "direction": direction}
    sql = _ROWS.format(source=source, names=_NAMES, **parts)
    return [Row(*found) for found in _ask(sql, values | {"limit": limit, "offset": offset})]


def sums(user: User, on: dt.date, filters: Filters) -> dict[str, Sum]:
    """Every tab with its sums, in one query."""
    source, values = _source(user, on, filters)
    columns = ", ".join(
        f"{what} FILTER (WHERE {_TAB_SQL[tab]})"
        for tab in TABS
        for what in ("count(*)", "sum(f.promise_minor)", "sum(f.promise_paid_minor)")
    )
    found: dict[str, Sum] = {tab: Sum(0, {}, {}) for tab in TABS}
    for currency, *cells in _ask(
        _SUMS.format(columns=columns, source=source, names=_NAMES), values
    ):
        for place, tab in enumerate(TABS):
            count, promised, paid = cells[place * 3 : place * 3 + 3]
            if count:
                before = found[tab]
                both = (
                    before.promised | {currency: int(promised)},
                    before.paid | {currency: int(paid)},
                )
                found[tab] = Sum(before.count + count, *both)
    return found


def _source(user: User, on: dt.date, filters: Filters) -> tuple[str, dict[str, Any]]:
    found = visible_cases(user).filter(summary__promise_due_on__isnull=False)
    if filters.creditor:
        found = found.filter(creditor__code=filters.creditor)
    if filters.collector.isdecimal():
        found = found.filter(summary__assignee_id=int(filters.collector))
    text, seen = found.values_list(*_COLUMNS).query.sql_with_params()
    names = {f"seen{place}": value for place, value in enumerate(seen)}
    values: dict[str, Any] = {"on": on, "monday": on - dt.timedelta(on.weekday()), **names}
    return text % tuple(f"%({name})s" for name in names), values


def _ask(sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()
