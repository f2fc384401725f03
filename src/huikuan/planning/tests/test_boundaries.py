"""The check tells of steps that can never fire and of steps that always fire together."""

from __future__ import annotations

import pytest

from huikuan.engine import playbook, vocabulary
from huikuan.lib.calendar import china
from huikuan.planning import boundaries, load

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PACK = """\
pack: odd
kind: playbook
version: "1"
title: {zh: 例子, en: Example}
source: house rule
effective_from: 2005-01-01
"""
STEP = """
  - id: {id}
    title: {{zh: 例子, en: Example}}
    source: house rule
    per: {per}
    when: {when}
    cadence: {{from: {base}, occurs: [{occurs}]}}
    action: review
    addressee: house
    role: collector
"""


def step(
    name: str, when: str, *, per: str = "case", base: str = "placed_on", occurs: str = "{day: 0}"
) -> str:
    return STEP.format(id=name, when=when, per=per, base=base, occurs=occurs)


def said(*steps: str) -> list[str]:
    files = {"pack.yaml": PACK, "playbook.yaml": "steps:" + "".join(steps)}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is not None, [str(problem) for problem in problems]
    return [str(problem) for problem in boundaries.findings(book, china())]


def test_a_step_that_contradicts_itself_never_fires() -> None:
    found = said(
        step("never", "promise == 'open' and on > promise_last_day"),
        step("days", "on - placed_on < 3 and is_open", occurs="{day: 5}"),
        step("sums", "overdue > 0 and item_open == 0", per="item", base="item_due_on"),
    )
    named = [line.split(": ", 1)[1].split(" ")[1] for line in found]
    assert named == ["never", "days", "sums"]
    assert all("never fires: '" in line for line in found)


def test_steps_on_their_boundary_days_fire() -> None:
    assert not said(
        step("exact", "on - placed_on == 37 and balance == 123456.78 and is_open"),
        step("second", "days_past_due >= 60 and broken_promises == 1 and not held"),
        step("late", "item_open > 0 and overdue >= 5000", per="item", base="item_due_on"),
        step("month", "is_open and on - month_first >= 20", occurs="{monthly: 28}"),
    )


def test_two_steps_for_one_act_that_always_fire_together() -> None:
    found = said(
        step("first", "days_past_due > 30 and is_open"),
        step("again", "is_open and not (on - oldest_due_on <= 30)"),
        step("later", "days_past_due > 31 and is_open"),
    )
    assert [line.split(": ", 1)[1] for line in found] == [
        "steps first and again always fire together and ask for the same act"
    ]


@pytest.mark.parametrize("name", ["phone_collection", "b2b_receivables"])
def test_every_shipped_step_can_fire(name: str) -> None:
    book = load.check(name, load.SHIPPED / name).playbook
    assert book is not None
    found = [str(problem) for problem in boundaries.findings(book, china())]
    assert not [line for line in found if "never fires" in line]
