"""Facts of the day that is planned. They are columns of the one-row table `run`."""

from __future__ import annotations

from huikuan.engine.fact import Fact

RUN_FACTS = (
    Fact(
        "on",
        "date",
        "当日",
        "the day",
        "The day one asks about.",
        "the run",
        column="on_day",
    ),
    Fact(
        "statement_due_month",
        "date",
        "应对账月份",
        "month to state",
        "First day of the month before the day's month.",
        "the run",
    ),
    Fact(
        "month_first",
        "date",
        "当月首日",
        "first of the month",
        "First day of the day's month.",
        "the run",
    ),
)
