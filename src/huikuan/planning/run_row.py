"""The one-row table `run` through which the day reaches every compiled query."""
from __future__ import annotations

import datetime as dt
from typing import Any

from huikuan.engine.compile import LOOK_BACK
from huikuan.lib.calendar import Calendar
from huikuan.lib.days import add_months, last_day_of_month


def create_run_table(cursor: Any, on: dt.date, calendar: Calendar) -> None:
    """Creates it as a temporary table that ends with the transaction."""
    last_working_day = _last_working_day(on, calendar)
    cursor.execute(
        "CREATE TEMP TABLE run ON COMMIT DROP AS SELECT %s::date AS on_day, %s::date AS month_first, %s::date AS month_30,"
        " %s::date AS statement_due_month, %s::date[] AS months_back, %s::date[] AS working_days_back, %s::date AS last_working_day",
        [
            on,
            on.replace(day=1),
            on.replace(day=min(30, last_day_of_month(on).day)),
            add_months(on.replace(day=1), -1),
            [_months_back(on, n) for n in range(LOOK_BACK + 1)],
            _working_days_back(on, calendar),
            last_working_day,
        ],
    )
    cursor.execute("ANALYZE run")


def _months_back(on: dt.date, n: int) -> dt.date:
    """The latest day whose corresponding day n months later lies before `on`: n calendar months have passed since it."""
    day = add_months(on, -n)
    if n and on == last_day_of_month(on):
        day = last_day_of_month(day)
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
