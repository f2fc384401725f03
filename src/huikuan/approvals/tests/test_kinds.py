"""The chains that ship, and the words by which a procedure may say otherwise."""

from __future__ import annotations

from huikuan.approvals import again
from huikuan.approvals.kinds import RULES, shipped_chains
from huikuan.casebook.models import Approval, Correction, Hold
from huikuan.engine import words


def test_the_words_of_the_engine_are_those_of_the_book() -> None:
    assert set(words.APPROVALS) == set(Approval.Kind.values) - {Approval.Kind.STEP}
    assert set(words.SORTS["correction"]) == set(Correction.Kind.values)
    assert set(words.SORTS["hold"]) == set(Hold.Kind.values)


def test_every_kind_has_a_chain_an_address_and_says_what_makes_it_the_same() -> None:
    """A new kind is an entry in each: without one it could not be asked for."""
    kinds = set(Approval.Kind.values)
    assert set(RULES) == kinds
    assert set(shipped_chains()) == kinds - {Approval.Kind.STEP}
    assert set(again.SAME) == kinds - {Approval.Kind.STEP}


def test_what_may_be_new_on_a_case_has_words() -> None:
    assert set(again.WORDS) == {*again.HAPPENINGS, again.OTHER_REQUEST}
