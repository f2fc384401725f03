"""Every figure, role, channel, event and word of the shipped packs matters: an altered one breaks a
case of the specification, and so `huikuan check --specifications` goes red.

`make test` tries a seeded sample, and takes out every step; `make test-deep` tries all of them,
some 3,900, which takes up to eight minutes a pack on a busy machine of two cores.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from huikuan.engine import talk_cases, vocabulary
from huikuan.lib.calendar import china
from huikuan.planning import (
    completeness,
    load,
    specification,
    specification_run,
    specified,
    step_table,
)
from tests.conditions_altered import inside
from tests.laws import examples as how_many
from tests.mutants import Mutant, mutants
from tests.noticed import Specified, specification_of

pytestmark = pytest.mark.long

PACKS = ("phone_collection", "b2b_receivables", "complaints", "agency_operations")
SEED = 20260301
FEW = 40
ALL = 1_000_000
THIRTEENTH = "the thirteenth day is one of every second day before it too"
UNKNOWN = "what depends on something unknown demands nothing, and so the step is silent either way"
DUE_DATE = "the condition ends on the due date too; the last day stands there for its words"
NOTHING_OPEN = "an item that is paid adds nothing to the sum"
#: Mutants that mean the same as the original: what was altered begins so → the reason.
EQUIVALENT: dict[str, dict[str, str]] = {
    "phone_collection": {
        "third_call: 0 day 0": "a promise is not broken before its last day is over",
        "fourth_call: 0 day 0": "a promise is not broken before its last day is over",
        "third_call: without not known(reached_on) in": UNKNOWN,
        "fourth_call: without not known(reached_on) in": UNKNOWN,
    },
    "b2b_receivables": {
        "term demandable: 0 to -1": NOTHING_OPEN,
        "term demandable: without item_open > 0": NOTHING_OPEN,
        "term demandable: item_open > 0 to item_open >= 0": NOTHING_OPEN,
        "parameter daily_from_day 13": THIRTEENTH,
        "remind_before_due: 0 until 1": DUE_DATE,
        "remind_before_due: 0 no until": DUE_DATE,
    },
    "complaints": {
        "accept: 0 day -1": "a guard says that nothing is asked for before the receipt",
    },
    "agency_operations": {},
}


def sample(pack: str) -> list[Mutant]:
    """A seeded sample that always has every step taken out; all of them under HUIKUAN_DEEP."""
    every = mutants(specification_of(pack).files)
    without_a_step = [mutant for mutant in every if mutant.taken_out]
    others = [mutant for mutant in every if not mutant.taken_out]
    chosen = min(how_many(FEW, ALL), len(others))
    return [*without_a_step, *random.Random(SEED).sample(others, chosen)]


def unnoticed(whole: Specified, asked: list[Mutant]) -> str:
    """The mutants that no case notices, a line for each, so that a failure names them all."""
    return "\n".join(mutant.what for mutant in asked if not whole.notices(mutant))


#: Seconds for all mutants of a pack, on a machine that does something else besides.
LONG = 2400


@pytest.mark.timeout(LONG)
@pytest.mark.django_db
@pytest.mark.parametrize("pack", PACKS)
def test_no_mutant_goes_unnoticed(pack: str) -> None:
    whole = specification_of(pack)
    whole.prepare()

    same = tuple(EQUIVALENT[pack])
    asked = [mutant for mutant in sample(pack) if not mutant.what.startswith(same)]
    missed = unnoticed(whole, asked)
    assert not missed, missed


@pytest.mark.django_db
@pytest.mark.parametrize("pack", PACKS)
def test_each_excuse_is_of_a_mutant_that_is_made_and_that_no_case_notices(pack: str) -> None:
    whole = specification_of(pack)
    whole.prepare()
    made = mutants(whole.files)
    for what in EQUIVALENT[pack]:
        excused = [mutant for mutant in made if mutant.what.startswith(what)]
        assert excused, what
        assert unnoticed(whole, excused).splitlines() == [mutant.what for mutant in excused]


@pytest.mark.django_db
@pytest.mark.parametrize("pack", PACKS)
def test_the_specification_comes_out_and_shows_every_part(pack: str) -> None:
    found = specified.run(load.check(pack, load.SHIPPED / pack))
    assert [f"{problem.place}: {problem.text()}" for problem in found.problems] == []


def test_what_stands_inside_a_condition_is_altered_too() -> None:
    condition = "a and (b or c > 1) and d in ('x', 'y', 'z')"
    altered = {text for _what, text in inside(condition)}

    assert altered == {
        "a and c > 1 and (d in ('x', 'y', 'z'))",
        "a and (not b or c > 1) and (d in ('x', 'y', 'z'))",
        "a and b and (d in ('x', 'y', 'z'))",
        "a and (b or not c > 1) and (d in ('x', 'y', 'z'))",
        "a and (b or c >= 1) and (d in ('x', 'y', 'z'))",
        "a and (b or c > 1) and (d in ('y', 'z'))",
        "a and (b or c > 1) and (d in ('x', 'z'))",
        "a and (b or c > 1) and (d in ('x', 'y'))",
    }


def test_each_branch_is_altered_and_of_the_later_of_two_days_no_bound() -> None:
    whole = "a if b >= c else d + 2"
    assert {text for _what, text in inside(whole)} == {
        "a",
        "d + 2",
        "a if b > c else d + 2",
        "a if b >= c else d",
    }

    # On the day itself both branches are the same day.
    assert {text for _what, text in inside("b + 1 if b + 1 > c else c")} == {
        "b + 1",
        "c",
        "b if b + 1 > c else c",
        "b + 1 if b > c else c",
    }


@pytest.mark.django_db
def test_what_is_not_shown_is_named() -> None:
    """Without its cases a step is missing whole; with one alone, its other side and boundary."""
    whole = specification_of("b2b_receivables")
    about = [one for one in whole.examples if "supervisor" in one.fires and len(one.fires) == 3]
    without = [one for one in whole.examples if "supervisor" not in one.fires]

    def said(examples: list[specification.Example]) -> list[str]:
        fired = specification_run.answers(whole.book, examples, vocabulary.standard(), china())
        found = completeness.lacks(whole.book, examples, fired)
        return [lack.message for lack in found if lack.step == "supervisor"]

    assert said(without) == ["{step}: there is no case in which it fires"]
    assert said(about[:1]) == [
        "{step}: no case differs in one fact from one in which it fires, and is silent",
        "{step}: day {day} is not shown with the days beside it, all else equal",
    ]


#: A part of a specification, and alterations that nothing else in it notices.
PARTS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"table": step_table.Table()},
        [
            "month_check: records sent",
            "month_check: priority 21",
            "parameter handover_note_days 15",
        ],
    ),
    ({"queued": ()}, ["parameter key_amount 49999", "queue return: without on <= return_on"]),
    (
        {"talks": talk_cases.Table()},
        ["outcome debtor dispute: hold scope account", "outcome debtor: script chase_email"],
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("without", "altered"), PARTS)
def test_what_the_specification_does_not_say_goes_unnoticed(
    without: dict[str, Any], altered: list[str]
) -> None:
    """So the run is not red by itself. A few cases are enough for it."""
    shipped = specification_of("b2b_receivables")
    whole = replace(shipped, examples=shipped.examples[:FEW])
    asked = [mutant for mutant in mutants(whole.files) if mutant.what in altered]
    assert len(asked) == len(altered)

    whole.prepare()
    assert unnoticed(whole, asked) == ""
    less = replace(whole, **without)
    less.prepare()
    assert unnoticed(less, asked).splitlines() == [mutant.what for mutant in asked]


@pytest.mark.django_db
def test_a_step_is_missed_by_a_case_that_names_what_it_serves_and_comes_out_with_it() -> None:
    shipped = specification_of("b2b_receivables")
    step = shipped.book.step("supervisor")
    (gone,) = [mutant for mutant in mutants(shipped.files) if mutant.step == step.id]

    first = next(one for one in shipped.examples if step.id in one.fires)
    shown = replace(first, fires={step.id: first.fires[step.id]})
    # The case of another demand, and one that fails as it is, are no proof.
    of_another = replace(shown, serves=())
    failing = replace(shown, fires={})
    found = []
    for example in (shown, of_another, failing):
        alone = replace(shipped.book, steps=(step,))
        whole = replace(shipped, book=alone, examples=(example,), queued=())
        whole.prepare()
        found.append(whole.notices(gone))
    assert found == [True, False, False]
