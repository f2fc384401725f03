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
)
