"""Days before which a task is not due: those that its conditions wait for, and those it names."""

from __future__ import annotations

import pytest

from huikuan.engine import not_before, playbook, vocabulary
from huikuan.engine.nodes import render
from huikuan.engine.playbook import Playbook

PACK = """\
pack: example
kind: playbook
version: "1"
title: {zh: 例子, en: Example}
source: house rule
effective_from: 2026-01-01
"""
STEPS = """\
terms:
  confirmed:
    zh: 已确认
    en: confirmed
    is: known(item_confirmed_on) and item_confirmed_on <= on and not item_held
steps:
  - id: chase
    title: {zh: 催款, en: Chase}
    source: house rule
    per: item
    when: WHEN
    cadence: {from: item_due_on, occurs: [{day: 28}]}
    action: review
    addressee: house
    role: collector
    deadline: 1
"""


def book_of(when: str, more: str = "") -> Playbook:
    files = {"pack.yaml": PACK, "playbook.yaml": STEPS.replace("WHEN", when) + more}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is not None, [problem.text() for problem in problems]
    return book


def days_of(when: str) -> list[str]:
    """The days beside those on which item and case came on the book."""
    book = book_of(when)
    (step,) = book.steps
    days = [render(day) for day in not_before.days(step.demand, step.per, book.vocabulary)]
    assert days[:2] == ["item_valid_on", "placed_on"]
    return days[2:]


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("item_open > 0", []),
        ("on >= item_due_on", ["item_due_on"]),
        ("on > item_due_on", ["item_due_on + 1"]),
        ("item_confirmed_on <= on", ["item_confirmed_on"]),
        ("promise_made_on < on", ["promise_made_on + 1"]),
        ("known(lock_agreed_on) and item_open > 0", ["lock_agreed_on"]),
        # A lock ends, and its day with it.
        ("known(locked_on)", []),
        ("confirmed", ["item_confirmed_on"]),
        ("item_due_on <= on <= item_due_on + 5", ["item_due_on"]),
        # What has begun may have ended, what may be so in two ways, what is counted: no day of it.
        ("on <= item_due_on", []),
        ("not on > item_due_on", []),
        ("on > item_due_on or item_disputed", []),
        ("on > item_due_on + days_held(item_due_on)", []),
        ("on >= since(overdue > 0)", []),
        ("known(item_open)", []),
    ],
)
def test_the_days_that_a_condition_waits_for(when: str, days: list[str]) -> None:
    assert days_of(when) == days


def test_a_pack_names_another_day() -> None:
    (step,) = book_of("item_open > 0", "    not_before: promise_last_day + 1\n").steps
    assert step.not_before is not None
    assert render(step.not_before) == "promise_last_day + 1"


def test_what_it_names_is_a_day() -> None:
    text = STEPS.replace("WHEN", "item_open > 0") + "    not_before: item_open\n"
    files = {"pack.yaml": PACK, "playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is None
    assert [problem.text() for problem in problems] == ["Here belongs a date, not an amount."]
