"""The one-row table `run` through which the day reaches every compiled query: of a plan, of one
case, of an act that the gate is asked about.

It is given as a WITH that Postgres inlines: the day is then a constant to the planner, and the
query may run in parallel, which a temporary table would forbid.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping

from huikuan.engine.compile import RUN_COLUMNS
from huikuan.engine.nodes import LOOK_BACK
from huikuan.lib.calendar import Calendar
from huikuan.lib.days import add_months, last_day_of_month

#: Between these days around the day of the run working days are counted.
DAYS_BEFORE = 1100
DAYS_AFTER = 400
#: The columns that take long to make, for a query that reads none of them.
_NO_CALENDAR = {"calendar_from": None, "worked": None, "working_days": None}
_NO_LOOK_BACK = {"months_back": None, "working_days_back": None}
_SQL_TYPES = {
    "date": "date",
    "array<date>": "date[]",
    "array<int32>": "int[]",
    "timestamp('UTC')": "timestamptz",
}
#: Column → its type in Postgres.
COLUMNS = {name: _SQL_TYPES[kind] for name, kind in RUN_COLUMNS.items()}
_SELECTED = ", ".join(f"%({name})s::{kind} AS {name}" for name, kind in COLUMNS.items())
#: The common table expression; its parameters are `run_of`.
RUN = f"run AS NOT MATERIALIZED (SELECT {_SELECTED})"


def run_of(
    on: dt.date,
    calendar: Calendar,
    known_at: dt.datetime | None = None,
    *,
    counts_working_days: bool = True,
    looks_back: bool = True,
) -> dict[str, object]:
    """The parameters of `RUN`.

    `known_at`: dated rows that were recorded later do not count; null where all that is known does.
    `counts_working_days`: with the calendar around the day, thousands of days; without it a pack
    that counts working days would count calendar days. `looks_back`: so many months or working days
    back; contact rules may not ask that (engine/limits.py).
    """
    first = on.replace(day=1)
    parameters: dict[str, object] = {
        "on_day": on,
        "month_first": first,
        "statement_due_month": add_months(first, -1),
        "last_working_day": _last_working_day(on, calendar),
        "next_working_day": calendar.next_working_day(on),
        "month_before": add_months(first, -2),
        "month_next": add_months(first, 1),
        "month_after": add_months(first, 2),
        "known_at": known_at,
    }

    parameters |= _NO_LOOK_BACK
    if looks_back:
        parameters |= _look_back(on, calendar)

    parameters |= _NO_CALENDAR
    if counts_working_days:
        parameters |= _around(on, calendar)
    return parameters


def _look_back(on: dt.date, calendar: Calendar) -> dict[str, object]:
    return {
        "months_back": [_months_back(on, n) for n in range(LOOK_BACK + 1)],
        "working_days_back": _working_days_back(on, calendar),
    }


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
    """The latest day whose corresponding day n months later lies before `on`: n calendar months
    have passed since it.
    """
    day = last_day_of_month(add_months(on, -n))
    while add_months(day, n) >= on:
        day -= dt.timedelta(1)
    return day


def _working_days_back(on: dt.date, calendar: Calendar) -> list[dt.date]:
    """Entry n: the latest day after which n working days have passed, `on` included."""
    days = [on]
    day = on
    while len(days) <= LOOK_BACK:
        if calendar.is_working_day(day):
            days.append(day - dt.timedelta(1))
        day -= dt.timedelta(1)
    return days


def _last_working_day(on: dt.date, calendar: Calendar) -> dt.date:
    while not calendar.is_working_day(on):
        on -= dt.timedelta(1)
    return on


def positional(text: str, parameters: Mapping[str, object]) -> tuple[str, list[object]]:
    """The same query with its parameters in order, for a place that knows no named ones."""
    values: list[object] = []

    def mark(found: re.Match[str]) -> str:
        values.append(parameters[found[1]])
        return "%s"

    return re.sub(r"%\((\w+)\)s", mark, text), values
