"""since(condition): the day on which it became true, as going back day by day finds it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws import examples

from huikuan.engine import compile as compiled
from huikuan.engine import since
from huikuan.engine.conditions import Parser
from huikuan.engine.nodes import Node, render
from huikuan.engine.tests import differential as shared
from huikuan.engine.tests import evaluator
from huikuan.engine.vocabulary import RUN, standard

ON = dt.date(2026, 3, 18)
ONE = dt.timedelta(1)
VOCABULARY = standard()
EVERYWHERE = frozenset([*VOCABULARY.subjects.names(), RUN])
#: Days of events: nobody knows them before.
EVENTS = ("letter_on", "visit_on", "reached_on", "told_on")
FURTHEST = 60


def read(text: str) -> tuple[Node | None, list[str]]:
    """The condition or value, and what is said of it."""
    said: list[str] = []

    def report(column: int, message: str, params: dict[str, Any]) -> None:
        kinds = {name: str(value) for name, value in params.items()}
        said.append(message.format(**kinds))

    node = since.read(Parser(VOCABULARY, EVERYWHERE, report), text)
    return node, said


def day_of(text: str) -> str:
    """The day as text, of a condition that has one."""
    node, said = read(f"since({text})")
    assert node is not None, said
    return render(since.resolved(node, VOCABULARY).parts[1])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("days_past_due >= 30", "oldest_due_on + 30"),
        ("days_past_due >= -3", "oldest_due_on + -3"),
        ("promise == 'broken'", "greatest(promise_made_on, promise_last_day + 1)"),
        ("month_state == 'sent'", "month_sent_on"),
        ("overdue > 500", "reached(overdue, 500.01)"),
        ("3 <= overdue_items", "reached(overdue_items, 3)"),
        ("balance >= 500 and is_open", "greatest(reached(balance, 500), placed_on)"),
        ("days_late >= 28 and item_open > 0", "greatest(item_due_on + 28, item_valid_on)"),
        ("months_past(letter_on) >= 2", "greatest(add_months(letter_on, 2) + 1, letter_on)"),
        ("on > promise_last_day", "greatest(promise_last_day + 1, promise_made_on)"),
    ],
)
def test_each_kind_of_part_has_its_day(text: str, day: str) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("broken_promises >= 2", "promise_paid > 0"),
        ("not held", "not held_from <= on"),
        ("not known(oldest_due_on)", "not known(oldest_due_on)"),
        ("count('call', days=7) > 2", "count('call', days=7) > 2"),
        ("item_open < 100", "item_open < 100"),
        ("has_phone and days_past_due > 3", "has_phone"),
        ("on - placed_on > on - letter_on", "(on - placed_on) > (on - letter_on)"),
    ],
)
def test_a_part_without_a_day_is_refused_and_named(text: str, part: str) -> None:
    node, said = read(f"since({text})")
    assert node is None
    assert len(said) == 1
    assert said[0].startswith("since cannot tell from which day '"), said
    assert part.split(" ")[0] in said[0], said


def test_what_holds_from_the_beginning_names_no_day() -> None:
    node, said = read("since(hand >= 2)")
    assert node is None
    assert said == ["'hand >= 2' holds from the beginning, so that since names no day."]


# --- the law --------------------------------------------------------------------------------------

_begins = st.builds(
    "on - {} {} {}".format,
    st.sampled_from(EVENTS),
    st.sampled_from([">=", ">"]),
    st.integers(0, 20),
)
_known = st.builds("known({})".format, st.sampled_from(EVENTS))
_ends = st.builds(
    "on - {} {} {}".format,
    st.sampled_from(EVENTS),
    st.sampled_from(["<", "<="]),
    st.integers(5, 40),
)
#: Of parts joined by `or` the one that ends may leave the other true alone: only the present one
#: counts then, so those that end stand under `and` alone.
_either = st.builds("({} or {})".format, _begins | _known, _begins | _known)
_both = st.lists(_begins | _known | _ends | _either, min_size=1, max_size=4).map(" and ".join)
_days = st.none() | st.integers(0, FURTHEST).map(lambda age: ON - ONE * age)


@settings(max_examples=examples(60, 2_000), deadline=None)
@given(_both, st.fixed_dictionaries(dict.fromkeys(EVENTS, _days)))
def test_it_is_the_first_day_of_the_time_that_lasts_until_today(
    text: str, days: dict[str, dt.date | None]
) -> None:
    node, said = read(f"since({text})")
    if node is None:
        assert "from the beginning" in said[0] or "cannot tell" in said[0]
        return

    assert value(node, days) == looked_for(text, days)


def looked_for(text: str, days: dict[str, dt.date | None]) -> dt.date | None:
    """Day by day back from today, each with what was known on it."""
    if not is_true(text, days, ON):
        return None
    day = ON
    while is_true(text, days, day - ONE):
        day -= ONE
    return day


def is_true(text: str, days: dict[str, dt.date | None], on: dt.date) -> bool:
    row = dict.fromkeys(days)
    row |= {name: day for name, day in days.items() if day and day <= on}
    return evaluator.evaluate(text, row, evaluator.World(on, VOCABULARY)) is True


def value(node: Node, days: dict[str, dt.date | None]) -> dt.date | None:
    """What the compiled expression gives, in an engine that is at hand."""
    day = ibis.table({"on_day": "date", **dict.fromkeys(days, "date")}, name="facts")
    tables = compiled.Tables(VOCABULARY, day, {})
    sql = compiled.to_sql(day.select(found=compiled.value(node, tables)), "duckdb")

    with duckdb.connect() as engine:
        for macro in shared.MACROS:
            engine.execute(macro)
        columns = ", ".join(f"{name} date" for name in ("on_day", *days))
        engine.execute(f"CREATE TABLE facts ({columns})")
        marks = ", ".join(["?"] * (len(days) + 1))
        engine.execute(f"INSERT INTO facts VALUES ({marks})", [ON, *days.values()])
        (row,) = engine.execute(sql).fetchall()
    found: dt.date | None = row[0]
    return found
