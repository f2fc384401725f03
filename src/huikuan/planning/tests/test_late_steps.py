"""A step that follows an undone one and can never come is refused, by the days themselves."""

from __future__ import annotations

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.planning import late_steps
from huikuan.planning.tests.test_boundaries import PACK, step

pytestmark = pytest.mark.django_db
LATE = """
  - id: late
    title: {{zh: 逾期未做, en: Left undone}}
    source: house rule
    when: is_open
    cadence: {{undone: first, after: {after}}}
    action: review
    addressee: house
    role: manager
"""
TWICE_A_MONTH = "{monthly: 5}, {monthly: 20}"


def never(occurs: str, after: str) -> list[str]:
    first = step("first", "is_open", occurs=occurs)
    text = f"steps:{first}{LATE.format(after=after)}"
    files = {"pack.yaml": PACK, "playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is not None, [str(problem) for problem in problems]
    return [str(problem.params["step"]) for problem in late_steps.never(book)]


@pytest.mark.parametrize(
    ("occurs", "after"),
    [
        ("{day: 0, every: 2}", "2"),
        ("{day: 0, every: 7}", "{working_days: 6}"),
        ("{day: 0, working_days: true}", "{working_days: 1}"),
        (TWICE_A_MONTH, "25"),
        (TWICE_A_MONTH, "31"),
        (TWICE_A_MONTH, "{working_days: 30}"),
        ("{months: 1, every_months: 1}", "31"),
        ("{day: 0, until: 6, every: 2}", "3"),
    ],
)
def test_what_comes_again_before_it_can_be_late_is_refused(occurs: str, after: str) -> None:
    assert never(occurs, after) == ["late"]


@pytest.mark.parametrize(
    ("occurs", "after"),
    [
        ("{day: 0}", "40"),
        ("{day: 0, every: 2}", "1"),
        ("{day: 0, every: 7}", "{working_days: 4}"),
        ("{day: 0, every: 7}, {day: 30, every: 30}", "20"),
        (TWICE_A_MONTH, "15"),
        (TWICE_A_MONTH, "{working_days: 10}"),
        ("{months: 1, every_months: 1}", "30"),
        ("{monthly: last}", "{working_days: 3}"),
    ],
)
def test_what_can_be_late_is_in_order(occurs: str, after: str) -> None:
    assert never(occurs, after) == []
