"""Every figure of the shipped contact rules matters: moved by one unit it breaks a case."""

from __future__ import annotations

import random

import pytest

from huikuan.engine import vocabulary
from huikuan.engine.limits import Limits, read_limits
from huikuan.gate.specification import Example, judge, read_examples
from huikuan.planning import load
from tests.laws import examples as how_many
from tests.mutants import Mutant, figures_of_rules

pytestmark = pytest.mark.long

PACKS = ("limits_cn", "limits_b2b")
SEED = 20260301


def mutated(pack: str, mutant: Mutant) -> Limits:
    files = load.read_files(load.SHIPPED / pack) | {"rules.yaml": mutant.text()}
    limits, problems = read_limits(files, vocabulary.standard())
    assert limits is not None, [str(problem) for problem in problems]
    return limits


def cases(pack: str) -> list[Example]:
    found: list[Example] = []
    for file in sorted((load.SHIPPED / pack / "tests").glob("*.yaml")):
        found += read_examples(file, vocabulary.standard())[0]
    return found


def comes_out(example: Example, limits: Limits) -> bool:
    answer = judge(example, (limits,))
    code = answer.rule.code if answer.rule else ""
    earliest = None if example.earliest == "none" else example.earliest
    return (
        (answer.allowed, code) == (example.allowed, example.rule)
        and example.warns in (None, tuple(said.code for said in answer.warnings))
        and (example.earliest is None or answer.earliest_at == earliest)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("pack", PACKS)
def test_no_moved_figure_goes_unnoticed(pack: str) -> None:
    every = figures_of_rules(load.read_files(load.SHIPPED / pack)["rules.yaml"])
    chosen = random.Random(SEED).sample(every, min(how_many(4, len(every)), len(every)))
    specified = cases(pack)

    unnoticed = []
    for mutant in chosen:
        limits = mutated(pack, mutant)
        if all(comes_out(example, limits) for example in specified):
            unnoticed.append(mutant.what)
    assert unnoticed == []
