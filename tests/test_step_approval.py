"""Who asks for the approval of a step, who decides, and which act a grant serves.

That no way leads round it is tried for every address and command in test_approval_ways.py.
The pack is the shipped one of phone collection, with an approval added to the first call and to the
review of the case's sheet. The visit needs the manager's approval as it ships.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.approvals.decide import waiting
from huikuan.approvals.step import ask_for, decide, withdraw
from huikuan.calls.start import start
from huikuan.calls.tests.call import Room, make_room, make_task
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Approval,
    ContactRecord,
    GateDecision,
    Notice,
    PackVersion,
    Step,
    Task,
)
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.record import record
from huikuan.engine.pack import hash_of
from huikuan.gate import reserve
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.activate import activate
from huikuan.planning.done import done
from huikuan.telephony.dial import dial
from tests import people
from tests.shipped import load_packs, texts_of

DAY = dt.timedelta(1)
APPROVED = ("first_call", "review_sheet")

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(scope="module")
def procedures(django_db_setup: None, django_db_blocker: Any):
    """The shipped packs, and a later version of phone collection that wants more approvals."""
    with django_db_blocker.unblock():
        load_packs()
        files = dict(texts_of("phone_collection"))
        for step in APPROVED:
            before, after = files["playbook.yaml"].split(f"  - id: {step}\n")
            files["playbook.yaml"] = f"{before}  - id: {step}\n    approval: manager\n{after}"

        later = PackVersion.objects.create(
            pack="phone_collection",
            hash=hash_of(files),
            kind="playbook",
            version="tests",
            content=files,
            effective_from=people.PLACED_ON,
            approved_by="tests",
            loaded_at=people.moment(people.PLACED_ON),
        )
        activate(later, actor=None, at=people.moment(people.PLACED_ON))

    yield

    with django_db_blocker.unblock():
        PackVersion.objects.all().delete()
        Step.objects.all().delete()


@dataclass
class Office:
    room: Room
    manager: User
    visit: Task
    review: Task

    @property
    def call(self) -> Task:
        return self.room.task

    def grant(self, task: Task, asker: User | None = None) -> Approval:
        asked = ask_for(
            task.pk, reason="多次联系未果", actor=asker or self.room.collector, at=timezone.now()
        )
        assert asked.approval is not None, asked.problems
        assert self.decide(asked.approval, grant=True)
        return asked.approval

    def decide(self, approval: Approval, *, grant: bool) -> bool:
        answer = decide(
            approval.pk, grant=grant, reason="暂缓", actor=self.manager, at=timezone.now()
        )
        return answer.act is not None


@made_once
def office(procedures: None, db: None) -> Office:
    room = make_room()
    people.make_point(room.case, kind="address")
    facts.refresh([room.case.pk])
    manager = people.make_user("manager", room.collector.organisation)
    visit = make_task(room.case, room.today, "visit_first")
    review = make_task(room.case, room.today, "review_sheet")
    return Office(room, manager, visit, review)


# --- the ways


def by_note(office: Office) -> bool:
    answer = done(office.review.pk, text="已看", actor=office.room.collector, at=timezone.now())
    return answer.saved


def by_starting_the_call(office: Office) -> bool:
    room = office.room
    started = start(room.case, room.mobile, actor=room.collector, at=timezone.now(), key="started")
    return started.allowed or bool(started.number)


def by_dialling(office: Office) -> bool:
    room = office.room
    decision = reserve.ask_again(
        room.case, room.mobile, "call", actor=room.collector, at=timezone.now()
    )
    dialled = dial(decision.pk, actor=room.collector, at=timezone.now(), override_reason="急")
    return dialled.call is not None


def by_recording_the_call(office: Office) -> bool:
    room = office.room
    decision = reserve.ask_again(
        room.case, room.mobile, "call", actor=room.collector, at=timezone.now()
    )
    entry = ContactEntry(
        case_id=room.case.pk,
        channel="call",
        connected=False,
        point_id=room.mobile.pk,
        task_ids=(office.call.pk,),
    )

    return record(entry, actor=room.collector, at=timezone.now(), decision=decision).saved


def by_recording_the_call_without_its_task(office: Office) -> bool:
    room = office.room
    decision = reserve.ask_again(
        room.case, room.mobile, "call", actor=room.collector, at=timezone.now()
    )
    entry = ContactEntry(
        case_id=room.case.pk, channel="call", connected=False, point_id=room.mobile.pk
    )
    return record(entry, actor=room.collector, at=timezone.now(), decision=decision).saved


def by_a_visit_that_names_another_task(office: Office) -> bool:
    """A visit recorded with the call's task, to get round the visit's own approval."""
    room = office.room
    client = Client()
    client.force_login(room.colleague)

    home = room.case.person.points.get(kind="address")
    form = room.talk(request_key="visit", channel="visit", point=home.pk, staff="2")
    address = reverse("calls:other", args=[room.case.number])
    return client.post(address, form).status_code == 200


def test_a_grant_serves_the_record_that_names_its_task(office: Office) -> None:
    """Else one grant would serve for any number of calls, and the task would stay open."""
    assert not by_recording_the_call_without_its_task(office)
    office.grant(office.call)
    assert not by_recording_the_call_without_its_task(office)
    assert by_recording_the_call(office)
    office.call.refresh_from_db()
    assert office.call.status == "done"


def test_a_free_call_to_somebody_else_opens_no_way(office: Office) -> None:
    make_task(office.room.case, office.room.today, "relay_call")
    for way in (by_starting_the_call, by_dialling, by_recording_the_call_without_its_task):
        assert not way(office)


def test_what_needs_approval_is_not_done_because_no_task_is_planned(office: Office) -> None:
    office.grant(office.call)
    Task.objects.filter(pk=office.visit.pk).delete()
    client = Client()
    client.force_login(office.room.colleague)
    home = office.room.case.person.points.get(kind="address")
    form = office.room.talk(channel="visit", point=home.pk, staff="2", tasks=[])
    address = reverse("calls:other", args=[office.room.case.number])

    assert client.post(address, form).status_code == 422
    assert not ContactRecord.objects.exists()


def test_another_task_does_not_open_the_way_of_a_visit(office: Office) -> None:
    office.grant(office.call)
    assert not by_a_visit_that_names_another_task(office)
    assert not ContactRecord.objects.exists()


# --- who asks, who decides, who acts


def test_whoever_grants_does_not_do_it(office: Office) -> None:
    """Two people stand behind the act: the manager who granted it leaves it to others."""
    office.grant(office.review)
    answer = done(office.review.pk, text="已看", actor=office.manager, at=timezone.now())
    assert [one.code for one in answer.problems] == ["done.approval_own"]
    assert by_note(office)


def test_nobody_decides_what_they_asked_for(office: Office) -> None:
    asked = ask_for(office.review.pk, reason="急", actor=office.manager, at=timezone.now())
    assert asked.approval is not None
    assert not office.decide(asked.approval, grant=True)
    assert not waiting(office.manager, office.room.today).exists()


def test_a_lead_does_not_decide_for_the_manager(office: Office) -> None:
    asked = ask_for(office.review.pk, reason="急", actor=office.room.collector, at=timezone.now())
    assert asked.approval is not None
    lead = office.room.colleague
    answer = decide(asked.approval.pk, grant=True, reason="", actor=lead, at=timezone.now())
    assert [one.code for one in answer.problems] == ["approval.role"]
    assert not waiting(lead, office.room.today).exists()
    assert list(waiting(office.manager, office.room.today)) == [asked.approval]


def test_a_role_outside_the_line_is_covered_by_nobody(office: Office) -> None:
    """A lead stands above collectors, not above finance or the general manager's office."""
    asked = ask_for(office.review.pk, reason="急", actor=office.room.collector, at=timezone.now())
    assert asked.approval is not None
    Approval.objects.filter(pk=asked.approval.pk).update(role="general_managers_office")

    assert not office.decide(asked.approval, grant=True)
    assert not waiting(office.manager, office.room.today).exists()


def test_the_managers_are_told_and_the_asker_of_the_decision(office: Office) -> None:
    office.grant(office.review)
    told = dict(Notice.objects.values_list("kind", "user"))
    assert told == {"approval": office.manager.pk, "decided": office.room.collector.pk}


def test_a_second_request_changes_nothing(office: Office) -> None:
    for _time in range(2):
        asked = ask_for(office.call.pk, reason="急", actor=office.room.collector, at=timezone.now())
    assert [one.code for one in asked.problems] == ["approval.standing"]
    assert Approval.objects.count() == 1


def test_what_was_taken_back_is_asked_anew(office: Office) -> None:
    collector = office.room.collector
    first = ask_for(office.call.pk, reason="急", actor=collector, at=timezone.now()).approval
    assert first is not None
    withdraw(first.pk, actor=collector, at=timezone.now())
    assert not by_recording_the_call(office)
    again = ask_for(office.call.pk, reason="还是急", actor=collector, at=timezone.now())
    assert again.approval is not None and again.approval != first


@pytest.mark.parametrize(
    ("step", "reason", "code"),
    [("review", " ", "approval.no_reason"), ("plain", "急", "approval.not_needed")],
)
def test_a_request_says_why_and_only_where_it_is_needed(
    step: str, reason: str, code: str, office: Office
) -> None:
    task = office.review
    if step == "plain":
        task = make_task(office.room.case, office.room.today - DAY, "second_call")
    asked = ask_for(task.pk, reason=reason, actor=office.room.collector, at=timezone.now())
    assert [one.code for one in asked.problems] == [code]


# --- roles


def test_a_task_of_another_role_is_not_covered_by_a_contact(office: Office) -> None:
    """A collector does not record the visitor's visit, even when it was approved."""
    office.grant(office.visit, office.room.colleague)
    home = office.room.case.person.points.get(kind="address")
    form = office.room.talk(channel="visit", point=home.pk, staff="2", tasks=[str(office.visit.pk)])
    address = reverse("calls:other", args=[office.room.case.number])
    answer = office.room.client.post(address, form)
    assert answer.status_code == 422
    assert "其他岗位" in answer.content.decode()


def test_an_act_that_took_place_without_approval_is_recorded_with_its_reason(
    office: Office,
) -> None:
    """The record stays true: flagged with its reason, and the task is still open."""
    office.grant(office.call)
    client = Client()
    client.force_login(office.room.colleague)

    home = office.room.case.person.points.get(kind="address")
    form = office.room.talk(
        channel="visit", point=home.pk, staff="2", tasks=[], override_reason="路过时遇到债务人"
    )
    address = reverse("calls:other", args=[office.room.case.number])
    assert client.post(address, form).status_code == 200
    assert office.room.saved().override_reason == "路过时遇到债务人"
    office.visit.refresh_from_db()
    assert office.visit.status == "open"
    assert GateDecision.objects.filter(case=office.room.case, channel="visit").exists()
