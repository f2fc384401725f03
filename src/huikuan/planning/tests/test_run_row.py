"""A plan and the gate stand on one day: the row of the run is the same in both."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.casebook.run_row import RUN
from huikuan.engine.compile import RUN_COLUMNS
from huikuan.gate.ask import run_of_act
from huikuan.lib.calendar import china
from huikuan.planning.run_row import with_run

#: What a contact rule may not ask: it looks back over no arrays, and counts no working days.
NOT_FOR_RULES = {"months_back", "working_days_back", "calendar_from", "worked", "working_days"}


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(2015, 1, 1), dt.date(2030, 1, 1)))
def test_the_day_of_the_gate_is_the_day_of_the_plan(on: dt.date) -> None:
    text, of_plan = with_run(on, china(), [])
    of_gate = run_of_act(on)

    assert RUN in text
    assert set(of_gate) == set(RUN_COLUMNS) <= set(of_plan)
    for name in RUN_COLUMNS:
        expected = None if name in NOT_FOR_RULES else of_plan[name]
        assert of_gate[name] == expected, name


def test_the_days_by_hand() -> None:
    """The Saturday before the Spring Festival of 2026 is worked; ten days later work begins."""
    day = run_of_act(dt.date(2026, 2, 14))
    assert day["last_working_day"] == dt.date(2026, 2, 14)
    assert day["next_working_day"] == dt.date(2026, 2, 24)
    assert day["month_first"] == dt.date(2026, 2, 1)
    assert day["statement_due_month"] == dt.date(2026, 1, 1)
