"""What the telephone line knew of a call goes into its record."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from huikuan.calls.tests.call import Room, make_room
from huikuan.casebook.models import PhoneCall
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

pytestmark = pytest.mark.django_db


@made_once
def room(procedures: None) -> Room:
    return make_room()


def called(room: Room, by: User, decision: str, *, seconds: int | None = 65) -> PhoneCall:
    """A call that the line reported as answered and, unless `seconds` is None, as ended after so many."""
    began = timezone.now() - dt.timedelta(minutes=2)
    act = room.case.person.act
    act.pk, act.actor = None, by
    act.save()
    return PhoneCall.objects.create(
        organisation_id=room.case.organisation_id, creditor_id=room.case.creditor_id, act=act, call_id=uuid.uuid4(),
        case=room.case, point=room.mobile, decision_id=int(decision), adapter="console", started_at=began,
        answered_at=began, ended_at=None if seconds is None else began + dt.timedelta(seconds=seconds),
        recording="https://pbx.example.com/1.wav",
    )  # fmt: skip


def test_length_and_recording_of_the_call_go_into_the_record(room: Room) -> None:
    decision = room.decision()
    call = called(room, room.collector, decision)
    room.save(room.talk(decision=decision, call_id=str(call.call_id), seconds=""))
    call.refresh_from_db()
    assert call.contact == room.saved()
    assert (room.saved().seconds, room.saved().recording) == (65, "https://pbx.example.com/1.wav")


def test_what_the_collector_wrote_stays(room: Room) -> None:
    decision = room.decision()
    call = called(room, room.collector, decision)
    room.save(room.talk(decision=decision, call_id=str(call.call_id), seconds="40"))
    assert room.saved().seconds == 40


def test_a_call_that_goes_on_gives_no_length_yet(room: Room) -> None:
    decision = room.decision()
    call = called(room, room.collector, decision, seconds=None)
    room.save(room.talk(decision=decision, call_id=str(call.call_id), seconds=""))
    assert room.saved().seconds is None


def test_a_colleagues_call_is_nobodys_elses_record(room: Room) -> None:
    decision = room.decision()
    call = called(room, room.colleague, decision)
    room.save(room.talk(decision=decision, call_id=str(call.call_id), seconds=""))
    call.refresh_from_db()
    assert call.contact is None and room.saved().seconds is None


def test_a_contact_that_is_taken_back_frees_its_call_for_the_corrected_one(room: Room) -> None:
    decision = room.decision()
    call = called(room, room.collector, decision)
    form = room.talk(decision=decision, call_id=str(call.call_id), seconds="")
    room.save(form)
    taken = room.client.post(f"/calls/undo/{room.saved().pk}/")
    assert taken.status_code == 200
    room.save(form | {"request_key": "page-2"})
    call.refresh_from_db()
    assert call.contact == room.saved()
