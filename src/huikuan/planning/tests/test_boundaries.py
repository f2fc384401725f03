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


def test_a_step_whose_memory_contradicts_itself_never_fires() -> None:
    found = said(
        step("first", "balance > 0 and is_open"),
        step("never", "times_done('first') == 0 and last_done('first') < on"),
        step("odd", "count('call', days=3) > 2 and count('any', days=7) < 2"),
        step("held", "days_held(placed_on) > on - placed_on"),
    )
    named = [line.split(": ", 1)[1].split(" ")[1] for line in found]
    assert named == ["never", "odd", "held"]


CHARGED = """
    approval: manager
    charge: {kind: fee, basis: court, clause: art. 1, amount: balance * 1 - balance * 2}
"""


def test_an_amount_that_is_never_owed_is_named_beside_what_it_contradicts() -> None:
    text = step("odd", "balance > 7").replace("action: review", f"action: charge{CHARGED}")
    (found,) = said(text)
    assert "'balance > 7', '(balance * 1 - balance * 2) > 0' do not hold together" in found


def test_steps_that_wait_for_each_other_never_fire() -> None:
    found = said(
        step("own", "times_done('own') >= 1"),
        step("one", "times_done('two') >= 1 and is_open"),
        step("two", "known(last_done('one')) and balance > 0"),
    )
    assert [line.split(": ", 1)[1] for line in found] == [
        "step own never fires: it wants own done before, which cannot have been",
        "step one never fires: it wants two done before, which cannot have been",
        "step two never fires: it wants one done before, which cannot have been",
    ]


def test_a_ladder_that_climbs_by_what_was_done_is_in_order() -> None:
    said_nothing = said(
        step("level_1", "overdue > 0 and times_done('level_1') == 0"),
        step(
            "level_2",
            "overdue > 0 and times_done('level_1') == 1 and on - last_done('level_1') >= 14"
            " and not known(first_done('level_2'))",
        ),
        step("level_3", "times_done('level_2') == 1 and on - last_done('level_2') == 21"),
        step("often", "count('call', days=7) >= 3 and count('sms', days=1) == 0"),
        step("paused", "days_past_due - days_held(oldest_due_on) > 30", base="oldest_due_on"),
    )

    assert said_nothing == []


def test_two_steps_with_one_condition_on_the_past_always_fire_together() -> None:
    found = said(
        step("first", "balance > 0 and count('call', days=7) < 3"),
        step("again", "count('call', days=7) < 3 and balance > 0"),
        step("other", "balance > 0 and count('call', days=7) < 4"),
    )
    assert [line.split(": ", 1)[1] for line in found] == [
        "steps first and again always fire together and ask for the same act"
    ]


def test_what_the_time_does_not_suffice_for_is_named() -> None:
    text = "steps:" + step("first", "is_open") + step("second", "held")
    files = {"pack.yaml": PACK, "playbook.yaml": text}
    book, _problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is not None
    tried = boundaries.within(0, book, china())
    assert (tried.is_complete, tried.untried) == (False, ["second"])
