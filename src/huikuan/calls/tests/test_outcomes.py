"""Every outcome of the shipped packs: saved with exactly what it needs, refused without each part of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from django.utils import timezone
from tests import people
from tests.shipped import texts_of

from huikuan.calls.forms import Situation, TalkForm
from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.casebook.models import Approval, ContactRecord
from huikuan.engine.outcomes import Outcome, read_outcomes
from huikuan.engine.scripts import read_scripts

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PACKS = {"phone_collection": "person", "b2b_receivables": "company"}
#: need → the fields that answer it.
ANSWERS: dict[str, tuple[str, ...]] = {
    "promise": ("promise_amount", "promise_on"),
    "next_contact": ("next_on", "next_at"),
    "willingness": ("willingness",),
    "reason": ("reason_code",),
    "relation": ("relation",),
    "contact_data": ("new0_value",),
    "evidence": ("evidence",),
    "note": ("note",),
    "paid_items": ("paid_items",),
}


@cache
def outcomes(pack: str) -> tuple[Outcome, ...]:
    texts = texts_of(pack)
    found, _problems = read_outcomes(texts, list(read_scripts(texts)[0]))
    assert found is not None
    return tuple(found)


ALL = [
    pytest.param(pack, one, id=f"{pack}-{one.who}-{one.code}")
    for pack in PACKS
    for one in outcomes(pack)
]


def complete(room: Room, outcome: Outcome) -> dict[str, Any]:
    """The form with exactly what the outcome needs; a talk has a note in any case."""
    values: dict[str, Any] = {
        "promise_amount": "100", "promise_on": str(room.today + DAY), "next_on": str(room.today + DAY), "next_at": "10:00",
        "willingness": "willing", "reason_code": "other", "relation": "朋友", "new0_value": "13800006666",
        "evidence": "转账截图", "note": "如实记录",
        "paid_items": [str(room.case.items.earliest("due_on").pk)],
    }  # fmt: skip
    wanted = {name for need in outcome.needs for name in ANSWERS[need]} | (
        {"note"} if outcome.connected else set()
    )
    form: dict[str, Any] = {name: value for name, value in values.items() if name in wanted}
    if outcome.hold and outcome.hold.scope == "item":
        form["hold_item"] = room.case.items.earliest("due_on").pk
    return form | {
        "request_key": "page-1", "answered": outcome.who, "outcome": outcome.code, "new0_kind": "mobile",
        "identified": "on" if outcome.right_party else "",
    }  # fmt: skip


@pytest.mark.parametrize(("pack", "outcome"), ALL)
def test_it_is_saved_with_exactly_its_needs(pack: str, outcome: Outcome, procedures: None) -> None:
    room = make_room(pack, PACKS[pack])
    decision = people.make_decision(room.case, timezone.now(), room.mobile, actor=room.collector)
    answer = room.save(complete(room, outcome) | {"decision": decision.pk})
    assert answer.status_code == 200, answer.content.decode()
    contact = ContactRecord.objects.get()
    assert (contact.outcome, contact.connected, contact.identified) == (
        outcome.code, outcome.connected, outcome.right_party,
    )  # fmt: skip
    if outcome.willingness and "willingness" not in outcome.needs:
        assert contact.willingness == outcome.willingness
    if outcome.reason and "reason" not in outcome.needs:
        assert contact.reason_code == outcome.reason
    proposed = [(one.subject["kind"], one.subject["scope"]) for one in Approval.objects.all()]
    assert proposed == ([(outcome.hold.kind, outcome.hold.scope)] if outcome.hold else [])


@pytest.mark.parametrize(("pack", "kind"), PACKS.items())
def test_none_is_accepted_without_any_part_of_what_it_needs(
    pack: str, kind: str, procedures: None
) -> None:
    room = make_room(pack, kind)
    seen = Situation(room.case, room.procedure, room.mobile)
    for outcome in outcomes(pack):
        whole = complete(room, outcome)
        assert TalkForm(whole, seen=seen).problems() == [], outcome
        parts = [name for need in outcome.needs for name in ANSWERS[need]]
        parts += ["identified"] * outcome.right_party + ["hold_item"] * ("hold_item" in whole)
        for part in parts:
            found = TalkForm(
                {name: text for name, text in whole.items() if name != part}, seen=seen
            ).problems()
            assert [one.column for one in found] == [part], (outcome.code, part)
