"""Ladders of other systems as packs: what they need, the language says without a trick.

Dunning levels with a run calendar, overdue states with notices of their own, delinquency buckets
with pauses, traffic fines with fees, yearly fees with a penalty. Each has a specification, and each
step is shown in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huikuan.planning import load, specified

FOLDER = Path(__file__).parent / "packs"
PACKS = (
    "dunning_levels",
    "overdue_states",
    "delinquency_buckets",
    "traffic_fines",
    "property_fees",
)
#: A step that no case shows is a hole; a boundary that is not shown may stay so in a test.
HOLE = "there is no case in which it fires"


def test_none_of_them_has_a_trick() -> None:
    for name in PACKS:
        for file in sorted((FOLDER / name).rglob("*.yaml")):
            assert "TRICK" not in file.read_text("utf-8"), file


@pytest.mark.parametrize("name", PACKS)
def test_they_are_in_order(name: str) -> None:
    found = load.check(name, FOLDER / name)
    # They are ladders without texts: that their letters have no script is all that is said.
    wrong = [problem for problem in found.problems if problem.code != "script.missing"]
    assert [str(problem) for problem in wrong] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", PACKS)
def test_their_specification_comes_out(name: str) -> None:
    found = specified.run(load.check(name, FOLDER / name))
    assert list(_wrong(found)) == []
    assert found.cases > 0


def _wrong(found: specified.Specified) -> Iterator[str]:
    for problem in found.problems:
        if problem.severity == "error" or HOLE in problem.message:
            yield str(problem)
