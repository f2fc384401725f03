"""The one-row table `run` through which the day reaches every compiled query.

It is given as a WITH that Postgres inlines: the day is then a constant to the planner, and the query may run in parallel,
which a temporary table would forbid.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence

from huikuan.casebook.packs import Follows
from huikuan.engine.nodes import LOOK_BACK
from huikuan.lib.calendar import Calendar
from huikuan.lib.days import add_months, last_day_of_month

#: Between these days around the day of the run working days are counted.
DAYS_BEFORE = 1100
DAYS_AFTER = 400
_NO_CALENDAR = {"calendar_from": None, "worked": None, "working_days": None}
#: Columns of `pack_bound`, as `Follows` has them, and their types.
_BOUND = {
    "creditor_id": "bigint",
    "product": "text",
    "pack": "text",
    "version_id": "bigint",
    "team_id": "bigint",
    "other_teams": "bigint[]",
}


def with_run(
    on: dt.date,
    calendar: Calendar,
    bound: Sequence[Follows],
    known_at: dt.datetime | None = None,
    *,
    counts_working_days: bool = True,
) -> tuple[str, dict[str, object]]:
    """The WITH clause of `run` and `pack_bound` (what follows which version), and its parameters.

    `known_at`: dated rows that were recorded later do not count; null where all that is known does.
    `counts_working_days`: with the calendar around the day, thousands of days; without it a pack
    that counts working days would count calendar days.
    """
    parameters: dict[str, object] = {
        "on_day": on,
        "month_first": on.replace(day=1),
        "month_30": on.replace(day=min(30, last_day_of_month(on).day)),
        "statement_due_month": add_months(on.replace(day=1), -1),
        "months_back": [_months_back(on, n) for n in range(LOOK_BACK + 1)],
        "working_days_back": _working_days_back(on, calendar),
        "last_working_day": _last_working_day(on, calendar),
        "month_before": add_months(on.replace(day=1), -2),
        "month_next": add_months(on.replace(day=1), 1),
        "month_after": add_months(on.replace(day=1), 2),
        "known_at": known_at,
    }
    parameters |= _around(on, calendar) if counts_working_days else _NO_CALENDAR
    columns = ", ".join(f"%({name})s::{_sql_type(name)} AS {name}" for name in parameters)
    packs, of_packs = bound_lines(bound)
    text = f"WITH run AS NOT MATERIALIZED (SELECT {columns}),\n{packs}\n"
    return text, parameters | of_packs


def bound_lines(bound: Sequence[Follows]) -> tuple[str, dict[str, object]]:
    """The common table expression `pack_bound`, and its parameters."""
    parameters: dict[str, object] = {}
    rows = []
    for number, line in enumerate(bound):
        values = line._asdict() | {"other_teams": list(line.other_teams)}
        parameters |= {f"{name}_{number}": value for name, value in values.items()}
        marks = ", ".join(f"%({name}_{number})s::{kind}" for name, kind in _BOUND.items())
        rows.append(f"({marks})")

    nothing = ", ".join(f"NULL::{kind}" for kind in _BOUND.values())
    lines = f"VALUES {', '.join(rows)}" if rows else f"SELECT {nothing} WHERE false"
    return f"pack_bound({', '.join(_BOUND)}) AS NOT MATERIALIZED ({lines})", parameters


def _sql_type(column: str) -> str:
    if column == "known_at":
        return "timestamptz"
    if column == "worked":
        return "int[]"
    return "date[]" if column.endswith(("_back", "_days")) else "date"


@functools.lru_cache(maxsize=8)
def _around(on: dt.date, calendar: Calendar) -> dict[str, object]:
    """The working days around the day, and how many there were up to each day."""
    first = on - dt.timedelta(DAYS_BEFORE)
    worked: list[int] = []
    working_days: list[dt.date] = []
    for number in range(DAYS_BEFORE + DAYS_AFTER + 1):
        day = first + dt.timedelta(number)
        if calendar.is_working_day(day):
            working_days.append(day)
        worked.append(len(working_days))
    return {"calendar_from": first, "worked": worked, "working_days": working_days}


@functools.lru_cache(maxsize=8 * (LOOK_BACK + 1))  # the same day is asked about all day long
def _months_back(on: dt.date, n: int) -> dt.date:
    """The latest day whose corresponding day n months later lies before `on`: n calendar months have passed since it."""
    day = last_day_of_month(add_months(on, -n))
    while add_months(day, n) >= on:
        day -= dt.timedelta(1)
    return day


def _working_days_back(on: dt.date, calendar: Calendar) -> list[dt.date]:
    """Entry n: the latest day after which n working days have passed, `on` included."""
    days, day = [on], on
    while len(days) <= LOOK_BACK:
        if calendar.is_working_day(day):
            days.append(day - dt.timedelta(1))
        day -= dt.timedelta(1)
    return days


def _last_working_day(on: dt.date, calendar: Calendar) -> dt.date:
    while not calendar.is_working_day(on):
        on -= dt.timedelta(1)
    return on
