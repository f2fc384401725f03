"""The one-row table `run` through which the day reaches every compiled query.

It is given as a WITH that Postgres inlines: the day is then a constant to the planner, and the query may run in parallel,
which a temporary table would forbid.
"""

from __future__ import annotations

import datetime as dt
import functools

from huikuan.casebook.packs import Bound
from huikuan.engine.conditions import LOOK_BACK
from huikuan.lib.calendar import Calendar
from huikuan.lib.days import add_months, last_day_of_month


def with_run(on: dt.date, calendar: Calendar, bound: Bound) -> tuple[str, dict[str, object]]:
    """The WITH clause of `run` and `pack_bound` (creditor, product, pack), and its parameters."""
    parameters: dict[str, object] = {
        "on_day": on,
        "months_back": [_months_back(on, n) for n in range(LOOK_BACK + 1)],
        "working_days_back": _working_days_back(on, calendar),
        "last_working_day": _last_working_day(on, calendar),
    }
    columns = ", ".join(
        f"%({name})s::date{'[]' if name.endswith('_back') else ''} AS {name}" for name in parameters
    )
    rows = ", ".join(
        f"(%(creditor_{n})s::bigint, %(product_{n})s, %(pack_{n})s)" for n in range(len(bound))
    )
    for n, (creditor, product, pack) in enumerate(bound):
        parameters |= {f"creditor_{n}": creditor, f"product_{n}": product, f"pack_{n}": pack}
    packs = f"VALUES {rows}" if bound else "SELECT 0::bigint, ''::text, ''::text WHERE false"
    text = (
        f"WITH run AS NOT MATERIALIZED (SELECT {columns}),\n"
        f"pack_bound(creditor_id, product, pack) AS NOT MATERIALIZED ({packs})\n"
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
