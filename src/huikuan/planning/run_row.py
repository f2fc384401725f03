"""The one-row table `run` through which the day reaches every compiled query.

It is given as a WITH that Postgres inlines: the day is then a constant to the planner, and the query may run in parallel,
which a temporary table would forbid.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from typing import Any

from huikuan.casebook.packs import Follows
from huikuan.engine.conditions import LOOK_BACK
from huikuan.lib.calendar import Calendar
from huikuan.lib.days import add_months, last_day_of_month

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
    on: dt.date, calendar: Calendar, bound: Iterable[tuple[Any, ...]]
) -> tuple[str, dict[str, object]]:
    """The WITH clause of `run` and `pack_bound` (what follows which version), and its parameters."""
    lines = [Follows(*row) for row in bound]
    parameters: dict[str, object] = {
        "on_day": on,
        "month_first": on.replace(day=1),
        "month_30": on.replace(day=min(30, last_day_of_month(on).day)),
        "statement_due_month": add_months(on.replace(day=1), -1),
        "months_back": [_months_back(on, n) for n in range(LOOK_BACK + 1)],
        "working_days_back": _working_days_back(on, calendar),
        "last_working_day": _last_working_day(on, calendar),
    }
    columns = ", ".join(
        f"%({name})s::date{'[]' if name.endswith('_back') else ''} AS {name}" for name in parameters
    )
    for n, line in enumerate(lines):
        parameters |= {f"{name}_{n}": getattr(line, name) for name in _BOUND}
        parameters[f"other_teams_{n}"] = list(line.other_teams)
    rows = ", ".join(
        "(" + ", ".join(f"%({name}_{n})s::{kind}" for name, kind in _BOUND.items()) + ")"
        for n in range(len(lines))
    )
    nothing = ", ".join(f"NULL::{kind}" for kind in _BOUND.values())
    packs = f"VALUES {rows}" if lines else f"SELECT {nothing} WHERE false"
    text = (
        f"WITH run AS NOT MATERIALIZED (SELECT {columns}),\n"
        f"pack_bound({', '.join(_BOUND)}) AS NOT MATERIALIZED ({packs})\n"
    )
    return text, parameters


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
