"""A step is compiled once for all versions in which it means the same, and no other is."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.engine import plan, playbook, step_texts, vocabulary
from huikuan.engine.gate import day_gate
from huikuan.engine.playbook import Playbook
from huikuan.engine.tests.test_totals_of_packs import PACK, STEPS, TERMS

THIRD = """\
  - id: ask
    title: {zh: 询问, en: Ask}
    source: house rule
    when: balance > 0
    action: review
    addressee: house
    role: collector
"""
#: What a version changes: (text before, text after, the steps that are compiled anew).
CHANGES = {
    "a condition": ("when: item_open > 0", "when: item_open > 100", ["look"]),
    "a figure of a term that a total of a term asks": ("days: 5", "days: 6", ["report"]),
    "a term": ("not item_held and", "not item_held and item_open > 7 and", ["report"]),
    "what a total adds up": ("sum: item_open", "sum: item_principal_open", ["report"]),
    "the rows of a total": ("item_due_on < on", "item_due_on <= on", ["report"]),
    "a guard": ("always: is_open", "always: is_open and not held", ["look", "report"]),
    "a step above": ("steps:\n", f"steps:\n{THIRD}", ["ask"]),
    "the step of which the memory is asked": ("look", "search", ["search", "report"]),
    "the pack": ("pack: example", "pack: other", ["look", "report"]),
    "only the words of a title that nobody asks": ("en: items,", "en: number,", []),
}


@pytest.fixture(autouse=True)
def _nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_texts, "_texts", step_texts.OrderedDict())


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the steps that are compiled, in a list that grows."""
    branch = plan._branch
    ids: list[str] = []

    def watched(step: playbook.Step, *more: Any) -> Any:
        ids.append(step.id)
        return branch(step, *more)

    monkeypatch.setattr(plan, "_branch", watched)
    return ids


def book_of(text: str) -> Playbook:
    pack, of_playbook = text.split("\n\n")
    files = {"pack.yaml": f"{pack}\n", "playbook.yaml": of_playbook}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    assert book is not None, [problem.text() for problem in problems]
    return book


FIRST = f"{PACK}\n{TERMS}{STEPS}"


@pytest.mark.parametrize("change", CHANGES)
def test_a_version_compiles_what_it_changed(change: str, compiled: list[str]) -> None:
    before, after, anew = CHANGES[change]
    assert before in FIRST
    plan.plan_sql(book_of(FIRST))

    compiled.clear()
    second = book_of(FIRST.replace(before, after))
    text = plan.plan_sql(second)
    assert compiled == anew

    step_texts._texts.clear()
    assert text == plan.plan_sql(second)


def test_other_rules_judge_it_anew(compiled: list[str]) -> None:
    for judged_by in (["a"], ["a"], ["b"], None):
        plan.plan_sql(book_of(FIRST), day_gate([]), judged_by=judged_by)
    assert compiled == ["look", "report"] * 3, "known rules once, unknown ones each time"


def test_another_dialect_is_another_text(compiled: list[str]) -> None:
    texts = {plan.plan_sql(book_of(FIRST), dialect=name) for name in ("postgres", "duckdb")}
    assert len(texts) == 2
    assert compiled == ["look", "report"] * 2


def test_the_text_that_was_asked_for_longest_ago_goes(
    monkeypatch: pytest.MonkeyPatch, compiled: list[str]
) -> None:
    monkeypatch.setattr(step_texts, "KEPT", 3)
    for pack in ("one", "one", "two", "two", "one"):
        plan.plan_sql(book_of(FIRST.replace("pack: example", f"pack: {pack}")))
    assert compiled == ["look", "report", "look", "report", "look", "report"]
    assert len(step_texts._texts) == 3
