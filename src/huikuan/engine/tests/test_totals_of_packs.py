"""A total that a pack writes: over the rows of a subject, under a condition of the pack."""

from __future__ import annotations

import pytest

from huikuan.engine import plan, playbook, vocabulary
from huikuan.engine.derive import counted
from huikuan.engine.playbook import Playbook

PACK = """\
pack: example
kind: playbook
version: "1"
title: {zh: 例子, en: Example}
source: house rule
effective_from: 2026-01-01
"""
TERMS = """\
parameters:
  rest_days: 5
terms:
  looked_for:
    zh: 核对中
    en: finance looks for it
    is: known(last_done('look')) and on < last_done('look') + rest_days
  may_be_demanded: {zh: 可催, en: may be demanded, is: not item_held and not looked_for}
  demandable:
    zh: 可催金额
    en: amount that may be demanded
    over: item
    where: item_open > 0 and item_due_on < on and may_be_demanded
    sum: item_open
  demandable_items: {zh: 可催笔数, en: items, over: item, where: item_open > 0 and may_be_demanded}
guards:
  always: is_open
  item_dunning: may_be_demanded
"""
STEPS = """\
steps:
  - id: look
    title: {zh: 核对, en: Look for the payment}
    source: house rule
    per: item
    when: item_open > 0
    action: review
    addressee: house
    role: collector
  - id: report
    title: {zh: 报告, en: Report}
    source: house rule
    when: demandable >= 500
    action: review
    addressee: house
    role: collector
"""


def read(text: str) -> tuple[Playbook | None, list[str]]:
    files = {"pack.yaml": PACK, "playbook.yaml": text}
    book, problems = playbook.read_playbook(files, vocabulary.standard())
    return book, [problem.text() for problem in problems if problem.severity == "error"]


def book_of(text: str) -> Playbook:
    book, problems = read(text)
    assert book is not None, problems
    return book


def test_a_total_is_a_value_of_the_subject_to_which_its_rows_belong() -> None:
    book = book_of(TERMS + STEPS)
    amount = book.vocabulary.get("demandable")
    number = book.vocabulary.get("demandable_items")
    assert amount is not None and number is not None
    assert (amount.subject, amount.type, amount.always) == ("case", "money", True)
    assert (number.subject, number.type) == ("case", "int")
    assert counted(amount, book.vocabulary).over == "item"


def test_the_plan_adds_it_up_once_for_all_cases() -> None:
    """A grouped join as of any other total, never a query for each row."""
    query = plan.plan_sql(book_of(TERMS + STEPS))
    _look, report = query.split("UNION ALL")
    assert report.count("GROUP BY") == 2, "the total, and the memory that its condition reads"
    assert "n_last_done_look" in report
    assert "(SELECT" not in report.split("FROM")[0]


def test_a_case_is_joined_only_where_its_facts_are_read() -> None:
    alone = plan.plan_sql(book_of(TERMS + STEPS))
    of_case = TERMS.replace("not item_held and", "not item_held and hand < 3 and")
    joined = plan.plan_sql(book_of(of_case + STEPS))
    summary = '"casebook_casesummary"'
    assert joined.count(summary) == alone.count(summary) + 1


def test_an_explanation_names_the_total_and_the_part_of_the_guard_that_does_not_hold() -> None:
    report = "  - id: report\n"
    chase = STEPS.replace(report, f"{report}    dunning: true\n    per: item\n")
    book = book_of(TERMS + chase)
    parts = plan.explain_parts(book.step("report"), book)
    texts = {part.text: part.facts for part in parts}
    assert "not item_held" in texts
    assert "not looked_for" in texts
    assert texts["demandable >= 500"] == ("demandable",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("over: item\n", "over: itme\n", "itme is not one of the known values"),
        ("sum: item_open", "sum: item_due_on", "a date cannot be added up"),
        (
            "sum: item_open",
            "sum: item_opne",
            "'item_opne' is not a fact; did you mean 'item_open'?",
        ),
        ("sum: item_open", "sum: month_owed", "'month_owed' is a fact of one statement"),
        ("where: item_open > 0 and item_due_on < on and", "where: item_open +", "has no meaning"),
        ("where: item_open > 0 and may", "where: month_owed > 0 and may", "'month_owed' is a fact"),
        ("when: demandable >= 500", "when: demandabel >= 500", "did you mean 'demandable'?"),
        ("when: demandable >= 500", "when: demandable", "Here belongs a condition, not an amount"),
        ("    over: item\n", "    over: item\n    is: item_open\n", "unknown key is"),
        ("demandable:\n", "overdue:\n", "is a fact or a parameter already"),
        (
            "when: demandable >= 500",
            "when: known(since(demandable >= 500))",
            "since cannot tell from which day 'demandable >= 500' holds",
        ),
    ],
)
def test_what_is_wrong_with_a_total_is_said_where_it_stands(old: str, new: str, says: str) -> None:
    text = TERMS + STEPS
    assert old in text
    book, problems = read(text.replace(old, new))
    assert book is None
    assert any(says in problem for problem in problems), problems


def test_promises_are_suggested_by_amounts_of_the_case() -> None:
    assert book_of(TERMS + STEPS).promise_amounts == ("overdue",)
    text = TERMS + "promise_amounts: [demandable, balance]\n" + STEPS
    assert book_of(text).promise_amounts == ("demandable", "balance")
    for wrong in ("demandable_items", "item_open", "demandabel"):
        book, problems = read(text.replace("[demandable, balance]", f"[{wrong}]"))
        assert book is None and len(problems) == 1, wrong


def test_a_stored_version_keeps_the_amount_that_the_vocabulary_had() -> None:
    files = {"pack.yaml": PACK, "playbook.yaml": STEPS}
    book, problems = playbook.read_playbook(files, vocabulary.standard(), stored=True)
    assert book is not None, problems
    assert '"confirmed_on"' in plan.plan_sql(book)
