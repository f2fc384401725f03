"""A contact is the act of an approved task only when it took place after the task was asked for and
after it was approved, whatever day somebody enters.

The pack is that of test_step_approval.py: the first call wants the manager's approval.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from huikuan.calls.tests.call import Room, make_task
from huikuan.casebook.models import ContactRecord, PackVersion, Task
from huikuan.contacts.entry import ContactEntry, Recorded
from huikuan.contacts.record import record
from huikuan.engine.pack import hash_of
from huikuan.planning.activate import activate
from tests import people, test_step_approval
from tests.shipped import texts_of
from tests.test_step_approval import Office

DAY = dt.timedelta(1)
MINUTE = dt.timedelta(minutes=1)

#: The fixtures of the ways to an approved step.
office = test_step_approval.office
procedures = test_step_approval.procedures

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def call_of(room: Room, task: Task, took_place: dt.datetime) -> Recorded:
    """A call without an answer, entered now, that says when it was made."""
    decision = people.make_decision(room.case, took_place, room.mobile, actor=room.collector)
    entry = ContactEntry(
        case_id=room.case.pk,
        channel="call",
        connected=False,
        point_id=room.mobile.pk,
        at=took_place,
        task_ids=(task.pk,),
    )
    return record(entry, actor=room.collector, at=timezone.now(), decision=decision)


def problems_of(recorded: Recorded) -> list[tuple[str, str | None]]:
    return [(each.code, each.column) for each in recorded.problems]


def asked_for_since(office: Office, days: int) -> Task:
    """The approved call, which the procedure asks for since so many days."""
    office.grant(office.call)
    task = office.call
    task.anchor = office.room.today - days * DAY
    task.save(update_fields=["anchor"])
    return task


def test_what_was_before_the_task_does_not_do_it(office: Office) -> None:
    task = asked_for_since(office, days=0)
    recorded = call_of(office.room, task, timezone.now() - DAY)
    assert problems_of(recorded) == [("done.before_task", "task_ids")]
    assert not ContactRecord.objects.exists()


@pytest.mark.parametrize("before", [DAY, 2 * MINUTE])
def test_what_was_before_the_grant_does_not_do_it(before: dt.timedelta, office: Office) -> None:
    """Of a contact the minute is known: earlier on the same day is before the grant, too."""
    task = asked_for_since(office, days=3)
    recorded = call_of(office.room, task, timezone.now() - before)
    assert problems_of(recorded) == [("done.before_grant", "task_ids")]
    task.refresh_from_db()
    assert task.status == "open"


def test_what_was_after_the_grant_does_it(office: Office) -> None:
    task = asked_for_since(office, days=3)
    now = timezone.now().replace(second=0, microsecond=0)
    assert call_of(office.room, task, now).done == (task.pk,)


def test_what_wants_no_approval_may_be_entered_for_yesterday(office: Office) -> None:
    task = make_task(office.room.case, office.room.today, "second_call")
    assert call_of(office.room, task, timezone.now() - DAY).done == (task.pk,)


def test_a_past_day_does_not_escape_the_version_of_today(office: Office) -> None:
    """The second call wants an approval from today on; it is said to have been yesterday."""
    task = make_task(office.room.case, office.room.today - 3 * DAY, "second_call")
    files = dict(texts_of("phone_collection"))
    before, after = files["playbook.yaml"].split("  - id: second_call\n")
    files["playbook.yaml"] = f"{before}  - id: second_call\n    approval: manager\n{after}"
    stricter = PackVersion.objects.create(
        pack="phone_collection",
        hash=hash_of(files),
        kind="playbook",
        version="stricter",
        content=files,
        effective_from=office.room.today,
        approved_by="tests",
        loaded_at=timezone.now(),
    )
    activate(stricter, actor=None, at=timezone.now())

    recorded = call_of(office.room, task, timezone.now() - DAY)
    assert ("done.approval", "task_ids") in problems_of(recorded)
