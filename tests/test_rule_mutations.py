"""Every word of the shipped contact rules matters: an altered one breaks a case of the pack."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from huikuan.planning import load
from huikuan.planning.pack_files import texts_of
from tests.laws import examples as how_many
from tests.mutants import Mutant
from tests.rule_mutants import SpecifiedRules, mutants, specified

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PACKS = ("limits_cn", "limits_b2b")
SEED = 20260301
FEW = 40
ALL = 1_000_000
FOR_OTHER_PURPOSES = "CN-3P-PURPOSE speaks first of third persons for other purposes"
#: Mutants that mean the same as the original: what was altered begins so → the reason.
EQUIVALENT: Mapping[str, Mapping[str, str]] = {
    "limits_cn": {
        "CN-PSAPL-STOP": "known from memory alone, so it is switched off",
        "CN-TOLD: scope without collector_kind": "who collects for itself counts as told",
        "CN-3P-PURPOSE: exempt with reply": "the condition lets a reply pass too",
        "CN-3P-PURPOSE: exempt with locate": "the condition lets it pass too",
        "CN-3P-LOST: exempt with collect": FOR_OTHER_PURPOSES,
        "CN-3P-LOST: exempt with remind": FOR_OTHER_PURPOSES,
        "CN-3P-LOST: exempt with statutory": FOR_OTHER_PURPOSES,
    },
    "limits_b2b": {
        "B2B-WORKDAY: from 1999-12-31": "that day was a working day",
    },
}


def every(pack: str) -> list[Mutant]:
    """All mutants of a pack that mean something else."""
    same = tuple(EQUIVALENT[pack])
    made = mutants(texts_of(load.SHIPPED / pack)["rules.yaml"])
    return [mutant for mutant in made if not mutant.what.startswith(same)]


def sample(pack: str) -> list[Mutant]:
    """A seeded sample; all under HUIKUAN_DEEP. Always: a rule gone, its scope, a channel less."""
    always = [mutant for mutant in every(pack) if is_always_asked(mutant)]
    others = [mutant for mutant in every(pack) if not is_always_asked(mutant)]
    chosen = min(how_many(FEW, ALL), len(others))
    return [*always, *random.Random(SEED).sample(others, chosen)]


def is_always_asked(mutant: Mutant) -> bool:
    """What was once unproven: whole rules, scopes, and channels that a rule lost."""
    return mutant.taken_out or "scope taken away" in mutant.what or "channels" in mutant.what


@pytest.mark.parametrize("pack", PACKS)
def test_no_mutant_of_a_rule_goes_unnoticed(pack: str) -> None:
    whole: SpecifiedRules = specified(pack)
    assert whole.wrong() == []
    assert [mutant.what for mutant in sample(pack) if not whole.notices(mutant)] == []


@pytest.mark.parametrize("pack", PACKS)
def test_each_equivalent_mutant_is_still_made(pack: str) -> None:
    made = [mutant.what for mutant in mutants(texts_of(load.SHIPPED / pack)["rules.yaml"])]
    for what in EQUIVALENT[pack]:
        assert any(one.startswith(what) for one in made), what
