"""The rules as data."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from huikuan.allocation import rules
from huikuan.allocation.balance import Weights
from huikuan.allocation.requirements import Want


def test_the_shipped_rules_have_no_problem_and_ask_for_nothing() -> None:
    assert rules.check(None) == []
    shipped = rules.load("house", ["bank"], None)["bank"]
    assert shipped.want("card") == Want()
    assert shipped.evenness.order == ("requirements", "mix", "capacity", "holdings")
    assert shipped.evenness.weights == Weights(100, 10, 1, 1, 1, 1)
    assert [shipped.evenness.age(days) for days in (None, -40, 0, 1, 30, 31, 181, 9000)] == [
        0,
        0,
        0,
        1,
        1,
        2,
        7,
        7,
    ]
    assert shipped.evenness.bands_minor("CNY")[1] == 100_000
    assert shipped.evenness.bands_minor("JPY")[1] == 1_000


def test_a_creditors_file_stands_over_the_houses_and_that_over_the_shipped_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "allocation" / "house"
    folder.mkdir(parents=True)
    (folder / "default.yaml").write_text("step: 4\nrequirements:\n  - skills: [trained]\n")
    (folder / "bank.yaml").write_text(
        "order: [requirements, holdings, mix]\n"
        "requirements:\n  - product: card\n    skills: [card]\n    teams: [north, south]\n"
        "  - teams: [north]\n    exclude: [li.na]\n"
    )
    found = rules.load("house", ["bank", "other"], tmp_path)
    assert found["other"].want("card") == Want(skills=frozenset({"trained"}))
    bank = found["bank"]
    assert bank.want("card") == Want(
        frozenset({"card"}), frozenset({"li.na"}), None, frozenset({"north"})
    )
    assert bank.want("loan") == Want(exclude=frozenset({"li.na"}), teams=frozenset({"north"}))
    assert bank.evenness.step == Decimal(4)
    assert (
        bank.evenness.weights.holdings,
        bank.evenness.weights.mix,
        bank.evenness.weights.capacity,
    ) == (
        4.0,
        1.0,
        0.0,
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("order: [requirements, mix, mix]\n", ["allocation.order"]),
        ("order: [requirements, mood]\n", ["yaml.choice"]),
        ("step: 0.5\n", ["allocation.step"]),
        ("mix: {number: 0, amount: 0, age: 0}\n", ["allocation.mix"]),
        ("mix: {number: 1}\n", ["yaml.missing_key", "yaml.missing_key"]),
        ("ages:\n  - {name: A, from: 5}\n  - {name: B, from: 1}\n", ["allocation.ages"]),
        ("bands: [1, 2]\n", ["allocation.bands"]),
        ("requirements:\n  - skill: [a]\n", ["yaml.unknown_key_near"]),
        ("step: no\nbands: x\n", ["yaml.want_decimal", "yaml.want_sequence", "allocation.bands"]),
        ("ages: [x\n", ["yaml.syntax"]),
    ],
)
def test_every_slip_is_named_with_its_place(tmp_path: Path, text: str, codes: list[str]) -> None:
    folder = tmp_path / "allocation" / "house"
    folder.mkdir(parents=True)
    (folder / "bank.yaml").write_text(text)
    problems = rules.check(tmp_path)
    assert [problem.code for problem in problems] == codes
    assert all(problem.file == "bank.yaml" and problem.line for problem in problems)
    assert all(problem.text() and problem.remedy_text() is not None for problem in problems)
    with pytest.raises(rules.WrongRules):
        rules.load("house", ["bank"], tmp_path)
