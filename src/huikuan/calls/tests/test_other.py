"""Messages, letters, visits, calls from the debtor and calls made outside: recorded by one form, asked of the same gate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from tests import people

from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.casebook import facts
from huikuan.casebook.models import CaseSummary, ContactRecord, GateDecision
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()


def post(room: Room, **form: Any) -> Any:
    address = reverse("calls:other", args=[room.case.number])
    return room.client.post(address, {"request_key": "page-1"} | form)


def columns(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return [part.split('"')[0] for part in answer.content.decode().split('data-column="')[1:]]


def test_the_debtor_calls_and_promises_and_nobody_asks_the_gate(room: Room) -> None:
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    form = room.talk(channel="call_in", point=room.mobile.pk)
    assert post(room, **form).status_code == 200
    contact = room.saved()
    assert (contact.inbound, contact.channel, contact.decision, contact.promises.count()) == (
        True,
        "call",
        None,
        1,
    )


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_what_is_sent_is_recorded_with_its_decision(channel: str, room: Room) -> None:
    kind = {"sms": "mobile", "email": "email"}[channel]
    point = room.mobile if kind == "mobile" else people.make_point(room.case, kind=kind)
    facts.refresh([room.case.pk])
    assert post(room, channel=channel, point=point.pk, note="按模板发送").status_code == 200
    contact = room.saved()
    assert (contact.channel, contact.answered, contact.outcome, contact.style) == (
        channel,
        "nobody",
        "",
        "informing",
    )
    decision = contact.decision
    assert decision is not None
    assert (decision.allowed, decision.point_id) == (True, point.pk)
    assert facts.differences() == []


def test_a_letter_that_no_task_asks_for_counts_as_none_of_the_procedure(room: Room) -> None:
    """The lawyer's letter wants an approval: another letter does not stand in its place."""
    home = people.make_point(room.case, kind="address")
    form = {"channel": "letter", "point": home.pk, "note": "按模板发送"}
    assert columns(post(room, **form)) == ["override_reason"]
    assert post(room, **form, override_reason="已自行寄出").status_code == 200
    assert room.saved().unapproved
    facts.refresh([room.case.pk])
    assert CaseSummary.objects.get(case=room.case).letter_on is None


def test_a_visit_is_made_by_two_and_its_talk_is_recorded(room: Room) -> None:
    home = people.make_point(room.case, kind="address")
    form = room.talk(channel="visit", point=home.pk, tasks=[], override_reason="本人在家等候")
    assert columns(post(room, **form)) == ["staff"]
    assert post(room, **form, staff="2").status_code == 200
    assert (room.saved().channel, room.saved().outcome) == ("visit", "promised")


def test_one_person_alone_visits_only_with_a_reason(room: Room) -> None:
    home = people.make_point(room.case, kind="address")
    form = room.talk(channel="visit", point=home.pk, tasks=[], staff="1")
    assert set(columns(post(room, **form))) == {"override_reason"}
    assert not GateDecision.objects.exists()
    assert post(room, **form, override_reason="同事临时离开").status_code == 200
    assert room.saved().override_reason == "同事临时离开"


def test_a_call_made_outside_on_hold_needs_a_reason(room: Room) -> None:
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    form = room.talk(channel="call", point=room.mobile.pk)
    assert columns(post(room, **form)) == ["override_reason"]
    assert post(room, **form, override_reason="手机直接拨打").status_code == 200
    assert room.saved().decision.rule == "CN-HOLD"  # type: ignore[union-attr]


def test_a_contact_of_yesterday_counts_for_yesterday(room: Room) -> None:
    yesterday = room.today - DAY
    answer = post(
        room, channel="sms", point=room.mobile.pk, note="昨天发送", day=str(yesterday), time="11:20"
    )
    assert answer.status_code == 200
    contact = room.saved()
    assert (contact.valid_on, contact.local_minute) == (yesterday, 11 * 60 + 20)


@pytest.mark.parametrize(
    ("form", "column"),
    [
        ({"channel": "sms"}, "point"),
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "sms", "point": "999999999"}, "point"),
        ({"channel": "letter", "point": "MOBILE"}, "channel"),
        ({"channel": "sms", "point": "MOBILE", "day": "2099-01-01", "time": "10:00"}, "at"),
        ({"channel": "call_in", "point": "MOBILE"}, "outcome"),
        ({"channel": "sms", "point": "MOBILE", "day": "gestern"}, "day"),
    ],
)
def test_what_is_wrong_is_named(form: dict[str, str], column: str, room: Room) -> None:
    given = {
        name: str(room.mobile.pk) if value == "MOBILE" else value for name, value in form.items()
    }
    assert column in columns(post(room, **given))
    assert not ContactRecord.objects.exists()


def test_a_double_click_saves_once(room: Room) -> None:
    form = {"channel": "sms", "point": room.mobile.pk, "note": "提醒"}
    for _ in range(2):
        assert post(room, **form).status_code == 200
    assert (ContactRecord.objects.count(), GateDecision.objects.count()) == (1, 1)


def test_a_company_is_spoken_with_through_who_is_in_charge(procedures: None, db: None) -> None:
    room = make_room("b2b_receivables", "company", name="示例贸易有限公司")
    page = room.start().content.decode()
    for words in ("赵经理", "示例贸易有限公司"):
        assert words in page
    assert (
        "对方已说明姓名、职务，且负责此事" in room.client.get(room.address("call")).content.decode()
    )
    assert "出生日期" not in page
    form = room.talk(decision=GateDecision.objects.get().pk, reason_code="cash")
    assert room.save(form).status_code == 200
    assert room.saved().promises.get().due_on == room.today + dt.timedelta(2)
