"""What a saved call writes beside its record: contact data, hours, refusals of third persons, a hold that is asked for."""

from __future__ import annotations

import pytest
from tests import people

from huikuan.calls.tests.call import DAY, Room, lose, text
from huikuan.casebook import facts
from huikuan.casebook.models import Approval, ContactPoint, PointStatus, Refusal

pytestmark = pytest.mark.django_db


def test_contact_data_hours_and_checks_are_written_as_told(room: Room) -> None:
    home = people.make_point(room.case, kind="phone", place="home")
    form = room.talk(
        decision=room.decision(), new1_kind="mobile", new1_value="138 0000 9999", new1_whose="debtor", new2_kind="address",
        new2_value="示例路 9 号", hours_from="18:00", hours_to="21:00", **{f"check-{home.pk}": "changed"},
    )  # fmt: skip
    page = text(room.save(form))
    assert "138****9999" in page
    learned = ContactPoint.objects.filter(act=room.saved().act).order_by("kind")
    assert [(one.kind, one.value_masked, one.source) for one in learned] == [
        ("address", "示例路 9 ****", "talk"), ("mobile", "138****9999", "talk"),
    ]  # fmt: skip
    assert PointStatus.objects.get(point=home).status == "invalid"
    agreement = room.case.agreements.latest("pk")
    assert (agreement.from_minute, agreement.to_minute) == (1080, 1260)
    assert facts.differences() == []


def test_a_number_told_again_is_said_to_be_good_and_not_written_twice(room: Room) -> None:
    known = people.make_point(room.case, value="+8613800008888")
    people.make_status(known, room.case, "invalid", room.today - DAY)
    room.save(room.talk(decision=room.decision(), new1_value="13800008888"))
    assert (
        ContactPoint.objects.filter(person=room.case.person, value_index=known.value_index).count()
        == 1
    )
    assert PointStatus.objects.filter(point=known).latest("pk").status == "valid"


def test_a_number_told_by_a_relative_is_an_authorised_enquiry(room: Room) -> None:
    lose(room)
    form = {
        "request_key": "page-1", "decision": room.decision(room.relative), "answered": "relative", "note": "告知新号",
        "outcome": "gave_contact", "new0_value": "13800007777", "new0_kind": "mobile", "new0_whose": "debtor",
    }  # fmt: skip
    assert room.save(form, room.relative).status_code == 200
    assert ContactPoint.objects.get(act=room.saved().act).source == "authorised"


def test_a_relative_who_refuses_is_never_asked_again(room: Room) -> None:
    lose(room)
    form = {
        "decision": room.decision(room.relative),
        "answered": "relative",
        "note": "拒绝",
        "outcome": "refuses_contact",
    }
    assert room.save(form | {"request_key": "page-1"}, room.relative).status_code == 200
    assert Refusal.objects.get().point == room.relative
    assert "CN-3P-STOP" in text(room.client.get(room.address("call", room.relative)))


def test_a_third_persons_wish_does_not_close_the_debtors_own_number(room: Room) -> None:
    form = {
        "answered": "relative",
        "outcome": "refuses_contact",
        "note": "家属接听",
        "request_key": "page-1",
    }
    assert room.save(form | {"decision": room.decision()}).status_code == 200
    assert not Refusal.objects.exists()
    assert not PointStatus.objects.filter(point=room.mobile, status="refused").exists()


def test_a_hold_is_asked_for_and_not_set(room: Room) -> None:
    item = room.case.items.earliest("due_on")
    form = room.talk(
        decision=room.decision(),
        outcome="dispute",
        hold_item=item.pk,
        promise_amount="",
        promise_on="",
    )
    assert "已向组长提请停催" in text(room.save(form))
    approval = Approval.objects.get()
    assert approval.subject == {
        "kind": "dispute", "scope": "item", "item": item.pk, "account": None, "from": str(room.today),
        "contact": room.saved().pk,
    }  # fmt: skip
    assert approval.act == room.saved().act
    assert not room.case.holds.exists()


def test_an_item_of_another_case_cannot_rest(room: Room) -> None:
    other = people.make_case(items=[(room.today, 100)]).items.get()
    form = room.talk(decision=room.decision(), outcome="dispute", hold_item=other.pk)
    assert 'data-column="hold_item"' in text(room.save(form))
