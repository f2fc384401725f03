"""What rooms say of their requests, and the words by which a procedure may say otherwise."""

from __future__ import annotations

from huikuan.approvals import again
from huikuan.casebook.models import Approval, Correction, Hold
from huikuan.engine import words
from huikuan.web import rooms


def test_the_words_of_the_engine_are_those_of_the_book() -> None:
    assert set(words.APPROVALS) == set(Approval.Kind.values) - {Approval.Kind.STEP}
    assert set(words.SORTS["correction"]) == set(Correction.Kind.values) - {Correction.Kind.STEP}
    assert set(words.SORTS["hold"]) == set(Hold.Kind.values)


def test_a_room_says_of_every_kind_who_decides_it_and_what_makes_it_the_same() -> None:
    """Without one it could not be asked for, or what was refused would be asked of the next."""
    asked_by_rooms = {
        kind: asked for kind, asked in rooms.requests().items() if asked.decides is not None
    }
    assert set(asked_by_rooms) == set(words.APPROVALS)
    assert all(asked.same for asked in asked_by_rooms.values())
    assert {kind for kind, asked in asked_by_rooms.items() if asked.sort} == set(words.SORTS)


def test_what_may_be_new_on_a_case_has_words() -> None:
    assert set(again.WORDS) == {*again.HAPPENINGS, again.OTHER_REQUEST}
