"""A page that was left open, a form that was tampered with, a second tab: what may not be saved or dialled any more."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from tests import people

from huikuan.calls.start import start
from huikuan.calls.tests.call import DAY, Room, make_room, make_task
from huikuan.casebook.models import Act, ContactRecord, GateDecision, PhoneCall, Task
from huikuan.ops.made_once import made_once

pytestmark = pytest.mark.django_db


@made_once
def room(procedures: None, db: None) -> Room:
    return make_room()


def call_of(room: Room, decision: GateDecision, point: object = None) -> PhoneCall:
    case = room.case
    return PhoneCall.objects.create(
        organisation_id=case.organisation_id, creditor_id=case.creditor_id, case=case, point=point or room.mobile,
        act=Act.objects.filter(actor=room.collector).latest("pk"), decision=decision, call_id=uuid.uuid4(),
        adapter="console", started_at=decision.at,
    )  # fmt: skip


@pytest.mark.parametrize("later", [dt.timedelta(minutes=11), DAY])
def test_a_call_that_was_opened_and_left_asks_the_gate_anew(
    room: Room, later: dt.timedelta
) -> None:
    at = timezone.now()
    first = start(room.case, room.mobile, actor=room.collector, at=at, key="left").decision
    again = start(
        room.case, room.mobile, actor=room.collector, at=at + dt.timedelta(minutes=9), key="left"
    ).decision
    assert again == first
    anew = start(room.case, room.mobile, actor=room.collector, at=at + later, key="left").decision
    assert anew != first and anew.at == at + later


def test_a_call_under_way_is_the_same_after_an_hour(room: Room) -> None:
    at, hour = timezone.now(), dt.timedelta(hours=1)
    first = start(room.case, room.mobile, actor=room.collector, at=at, key="long").decision
    call_of(room, first)
    assert (
        start(room.case, room.mobile, actor=room.collector, at=at + hour, key="long").decision
        == first
    )


def test_a_review_is_not_done_by_a_call(room: Room) -> None:
    review = make_task(room.case, room.today, "review_sheet")
    answer = room.save(
        room.talk(decision=room.decision(), tasks=[str(room.task.pk), str(review.pk)])
    )
    assert answer.status_code == 422 and "review_sheet" in answer.content.decode()
    assert not ContactRecord.objects.filter(case=room.case).exists()
    assert set(Task.objects.filter(case=room.case).values_list("status", flat=True)) == {"open"}


@pytest.mark.parametrize("text", ["²", "9" * 30, "x"])
def test_numbers_that_are_none_are_no_error_of_the_server(room: Room, text: str) -> None:
    form = room.talk(decision=text, tasks=[text], seen_contact=text) | {f"check-{text}": "same"}
    assert room.save(form).status_code == 422


def test_the_line_s_call_to_another_number_is_not_taken_over(room: Room) -> None:
    decision = room.decision()
    call = call_of(
        room,
        GateDecision.objects.get(pk=decision),
        people.make_point(room.case, value="+8613800000009"),
    )
    assert room.save(room.talk(decision=decision, call_id=str(call.call_id))).status_code == 200
    call.refresh_from_db()
    assert call.contact is None
