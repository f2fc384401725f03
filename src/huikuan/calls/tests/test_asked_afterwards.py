"""What is entered afterwards asks the gate afterwards: the answer bears the moment of the asking.

It is shown as such, and is no permission.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.calls.tests.call import DAY, Room, make_room, text
from huikuan.casebook import facts
from huikuan.casebook.models import GateDecision
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.record import record
from huikuan.gate import reserve
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db
FLAG = "事后询问闸口"


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()


def entered(room: Room, **form: Any) -> Any:
    """An SMS, entered now on the page of other contacts."""
    address = reverse("calls:other", args=[room.case.number])
    given = {"request_key": "page-1", "channel": "sms", "point": room.mobile.pk, "note": "已发"}
    answer = room.client.post(address, given | form)
    assert answer.status_code == 200
    return answer


def history(room: Room) -> str:
    return text(room.client.get(reverse("case", args=[room.case.number])))


def test_the_answer_for_a_past_act_is_of_now(room: Room) -> None:
    before = timezone.now()
    answer = entered(room, day=str(room.today - DAY), time="11:20")
    decision = GateDecision.objects.get()
    assert decision.day == room.today - DAY
    assert decision.allowed and decision.asked_afterwards
    assert before <= decision.act.at <= timezone.now()
    assert FLAG in text(answer) and FLAG in history(room)


def test_who_asks_at_the_time_has_asked_in_time(room: Room) -> None:
    answer = entered(room)
    decision = GateDecision.objects.get()
    assert not decision.asked_afterwards
    assert FLAG not in text(answer) and FLAG not in history(room)


def test_an_answer_given_afterwards_is_no_permission(room: Room) -> None:
    now = timezone.now()
    moment = now - dt.timedelta(minutes=5)
    ask = {"actor": room.collector, "at": moment, "style": "interactive"}
    decision = reserve.ask_again(room.case, room.mobile, "call", **ask, asked_at=now)
    assert decision.allowed
    assert not reserve.fresh(decision, now), "dialling asks for a fresh one"


def test_a_refusal_found_when_it_is_saved_is_of_that_moment(room: Room) -> None:
    """A hold came in between: the act is of then, the asking is of now."""
    now = timezone.now()
    then = now - dt.timedelta(minutes=5)
    given = people.make_decision(room.case, then, room.mobile, actor=room.collector)
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    entry = ContactEntry(
        case_id=room.case.pk,
        channel="call",
        connected=False,
        point_id=room.mobile.pk,
        at=then,
        override_reason="通话已经开始",
    )

    saved = record(entry, actor=room.collector, at=now, decision=given)
    assert saved.contact is not None, saved.problems
    refusal = saved.contact.decision
    assert refusal is not None and not refusal.allowed
    assert (refusal.at, refusal.act.at) == (then, now)
