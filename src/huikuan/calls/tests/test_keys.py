"""Every outcome of a shipped procedure has a key of its own on the page of a call."""

from __future__ import annotations

import pytest
from tests.shipped import load_packs

from huikuan.calls.shown import OUTCOME_KEYS
from huikuan.casebook import packs
from huikuan.engine.outcomes import Outcomes

pytestmark = pytest.mark.django_db


def shipped_outcomes() -> list[Outcomes]:
    load_packs()
    stored = [packs.words_of(packs.version(key)) for key, _pack, _hash in packs.stored_playbooks()]
    return [words.outcomes for words in stored if words.outcomes is not None]


def test_there_are_keys_for_all_outcomes_of_an_answer() -> None:
    numbers = []
    for outcomes in shipped_outcomes():
        for answer in outcomes.answers:
            after_identity = sum(outcome.right_party for outcome in answer.outcomes)
            numbers += [after_identity, len(answer.outcomes) - after_identity]

    assert max(numbers) > 20
    assert max(numbers) <= len(OUTCOME_KEYS)


def test_no_key_is_given_twice_or_is_one_of_the_page() -> None:
    assert len(set(OUTCOME_KEYS)) == len(OUTCOME_KEYS)
    assert not set("egjknu") & set(OUTCOME_KEYS)
