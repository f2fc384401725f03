"""What somebody writes into a pack is bounded before it is worked out: a sentence with its place,
never a traceback and never a process that runs out of memory.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.engine.bounds import DEEPEST, MOST_CHARACTERS
from huikuan.engine.compile import Tables, to_sql, value
from huikuan.engine.conditions import Parser
from huikuan.engine.derive import inline
from huikuan.engine.nodes import Node
from huikuan.engine.reading import Reading
from huikuan.engine.tests.test_broken_packs import PACK, STEPS

TOO_DEEP = "This condition is too deep: more than {most} parts stand in each other."
TOO_LARGE = "This may be more than a number, an amount or the calendar can hold."


def read(text: str) -> tuple[Node | None, list[str]]:
    """The condition, and what is said about it."""
    said: list[str] = []

    def report(_column: int, message: str, _params: dict[str, object]) -> None:
        said.append(message)

    words = vocabulary.standard()
    everywhere = frozenset(words.subjects.names()) | {"run"}
    figures = {"many": Decimal(10**20)}
    return Parser(words, everywhere, report, figures).parse_any(text), said


@pytest.mark.parametrize(
    "text",
    [
        "not " * 900 + "held",
        "(" * 300 + "held" + ")" * 300,
        "balance" + " + 1" * 900 + " > 0",
        "balance > " + "-" * 900 + "1",
        "on < " + "add_months(" * 60 + "on" + ", 1)" * 60,
        "1 if held else " * 60 + "2",
    ],
)
def test_what_is_too_deep_is_a_sentence(text: str) -> None:
    node, said = read(text)
    assert node is None
    assert len(said) == 1
    assert said[0] == TOO_DEEP or "too many nested" in said[0] or "not a condition" in said[0]


def test_what_is_too_long_is_not_read_at_all() -> None:
    node, [said] = read("not " * 5000 + "held")
    assert node is None
    assert said.startswith("This condition is too long")
    wide = " or ".join(["held"] * 400)
    assert len(wide) < MOST_CHARACTERS
    assert read(wide)[1] == []


def test_the_deepest_condition_that_is_allowed_can_be_asked() -> None:
    node, said = read("not " * (DEEPEST - 1) + "(balance > 0)")
    assert said == [TOO_DEEP]
    node, said = read("not " * (DEEPEST - 2) + "(balance > 0)")
    assert said == []
    assert node is not None

    words = vocabulary.standard()
    reading = Reading(words, "case", [inline(node, words)])
    found = value(inline(node, words), Tables(words, reading.table, {}))
    assert "NOT" in to_sql(reading.select({"found": found}))


@pytest.mark.parametrize(
    "text",
    [
        "on <= item_due_on + 9999999999",
        "on <= on - 999 * 999",
        "balance * 9999999999999999 * 99999999999999 > 0",
        "balance * 2000000000 > 0",
        "balance > 99999999999999999999",
        "days_past_due > 2147483648",
        "days_past_due * 2147483647 > 0",
        "days_past_due > many",
        "balance * 1e300 > 0",
        "hand == (99999999999 if held else 1)",
    ],
)
def test_a_number_that_the_database_cannot_hold_is_refused(text: str) -> None:
    assert read(text) == (None, [TOO_LARGE])


@pytest.mark.parametrize(
    "text",
    [
        "balance >= 50000000",
        "item_principal_open * 0.0005 * days_late > 5",
        "on <= placed_on + 30 * hand",
        "days_past_due > 2147483647",
        "on > on - 36525",
    ],
)
def test_what_a_procedure_writes_is_within_the_bounds(text: str) -> None:
    assert read(text)[1] == []


def test_terms_that_name_each_other_twice_do_not_grow_without_end() -> None:
    """Forty terms, each naming the one before it twice, would be a million million pieces."""
    lines = ["terms:", "  t0: {zh: 零, en: t0, is: held or balance > 0}"]
    for number in range(1, 41):
        before = f"t{number - 1}"
        lines.append(f"  t{number}: {{zh: 词, en: t{number}, is: {before} and not {before}}}")

    text = STEPS.replace("guards:", "\n".join([*lines, "guards:"]), 1)
    _book, problems = playbook.read_playbook(
        {"pack.yaml": PACK, "playbook.yaml": text}, vocabulary.standard()
    )
    large = [found for found in problems if "too large" in found.message]
    assert large
    assert (large[0].file, large[0].line is not None) == ("playbook.yaml", True)


@pytest.mark.parametrize(("before", "now"), [("day: 0", "day: 99999999999"), ("50000", "9" * 20)])
def test_a_day_beyond_the_calendar_is_refused(before: str, now: str) -> None:
    text = STEPS.replace(before, now).replace("deadline: 2", "deadline: large_amount")
    _book, problems = playbook.read_playbook(
        {"pack.yaml": PACK, "playbook.yaml": text}, vocabulary.standard()
    )
    assert "yaml.range" in {found.code for found in problems}
