"""Figures of law are read from text: with their clause, dated, and in the order of their days."""

from __future__ import annotations

import datetime as dt

from huikuan.engine import charge_law, law, ledger

TWO_LINES = """
failed_calls:
  title: {zh: 次数, en: calls}
  clause: art. 1
  source: a book
  confidence: V2
  checked: 2026-11-23
  values: [{from: 2000-01-01, value: 3}, {from: 2026-03-01, value: 4}]
"""


def test_each_figure_that_ships_has_its_clause_its_source_and_the_day_of_its_check() -> None:
    for figure in law.shipped().values():
        assert figure.clause and figure.source and figure.title["zh"] and figure.title["en"]
        assert figure.checked >= dt.date(2026, 11, 23), figure.name


def test_what_the_texts_say() -> None:
    """The figures as they were read; whoever changes one changes it here too."""
    newest = {name: figure.values[-1][1] for name, figure in law.shipped().items()}
    assert newest == {
        "failed_calls": 3,
        "failed_days": 3,
        "effective_seconds": 6,
        "consumer_yearly_percent": 24,
    }


def test_what_may_be_charged_of_a_consumer() -> None:
    """No fee; costs that a court gave; interest and penalties of the contract, by the year."""
    rules = charge_law.shipped()
    assert {kind: (rule.consumer, rule.within) for kind, rule in rules.items()} == {
        "principal": (("creditor", "court"), ""),
        "interest": (("contract", "court"), "consumer_yearly_percent"),
        "penalty": (("contract", "court"), "consumer_yearly_percent"),
        "fee": ((), ""),
        "cost": (("court",), ""),
    }

    for rule in rules.values():
        assert rule.clause and rule.source and rule.checked >= dt.date(2026, 11, 23)
    # What the ledger can hold besides the principal is what the law speaks of.
    assert {*rules, "principal"} == set(ledger.KINDS)


def test_a_kind_of_charge_without_its_clause_is_named_with_its_place() -> None:
    text = charge_law.FILE.read_text(encoding="utf-8")
    _rules, problems = charge_law.read_rules(text.replace("  consumer: []\n", "", 1))
    assert [problem.text() for problem in problems] == ["the key consumer is missing"]
    _rules, problems = charge_law.read_rules(text.replace("[court]", "[cort]", 1))
    assert [problem.text() for problem in problems] == ["cort is not one of the known values"]


def test_the_figure_of_the_day_counts() -> None:
    figures, problems = law.read_law(TWO_LINES)
    assert problems == []
    assert figures["failed_calls"].sql("r.valid_on") == (
        "(CASE WHEN r.valid_on >= DATE '2026-03-01' THEN 4"
        " WHEN r.valid_on >= DATE '2000-01-01' THEN 3 END)"
    )


def test_lines_out_of_order_and_a_missing_clause_are_named_with_their_place() -> None:
    wrong = TWO_LINES.replace("2026-03-01", "1999-03-01")
    _figures, problems = law.read_law(wrong)
    assert [(problem.code, problem.place) for problem in problems] == [
        ("law.values", "law.yaml:8:11")
    ]

    _figures, problems = law.read_law(TWO_LINES.replace("  clause: art. 1\n", ""))
    assert len(problems) == 1 and "clause" in problems[0].text()
