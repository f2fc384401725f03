"""What has left the house is not taken back, whichever record it left with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from huikuan.casebook.models import CaseNote, ContactPoint, ContactRecord, OutboxMessage, Task
from huikuan.contacts import undo as contact_undo
from huikuan.lib.problems import Problem
from huikuan.mails.send import MailEntry, send
from huikuan.planning import done as note_undo
from tests import people
from tests.receivables.conftest import FIRST, LATE, Office, november

SECOND = dt.timedelta(seconds=1)


@dataclass
class Left:
    """Something that left with a task, and the way to take it back a second later."""

    task: Task
    take_back: Callable[[], tuple[Problem, ...]]


def a_mail_to_the_debtor(office: Office) -> Left:
    office.open()
    office.plan(FIRST)
    office.send()
    assert office.record("confirmed", november(18), office.collector).problems == ()
    office.plan(LATE)
    task = Task.objects.filter(step__code="chase_email", status="open").earliest("due_on", "pk")
    point = ContactPoint.objects.get(person=office.case.person, kind="email")
    at = people.moment(LATE, 10)
    entry = MailEntry(point_id=point.pk, subject="催款", text="请付款。", task_ids=(task.pk,))
    sent = send(office.case, entry, actor=office.collector, at=at)
    assert sent.contact is not None, sent.problems

    contact = sent.contact.pk
    return Left(
        task,
        lambda: contact_undo.undo(contact, actor=office.collector, at=at + SECOND).problems,
    )


def a_statement_by_its_note(office: Office) -> Left:
    office.open()
    office.plan(FIRST)
    assert office.record("submitted", november(3), office.collector).problems == ()
    assert office.record("checked", november(4), office.lead).problems == ()
    office.plan(november(5))
    task = Task.objects.get(step__code="month_send", status="open")
    at = people.moment(november(5), 10)
    answer = note_undo.done(task.pk, text="已发", actor=office.lead, at=at)
    assert answer.saved, answer.problems

    return Left(
        task,
        lambda: note_undo.undo(task.pk, actor=office.lead, at=at + SECOND).problems,
    )


@pytest.mark.parametrize("leaves", [a_mail_to_the_debtor, a_statement_by_its_note])
def test_what_has_left_stays_recorded(leaves: Callable[[Office], Left], office: Office) -> None:
    """The mail counts as sent, and its task asks for no second one."""
    left = leaves(office)
    before = (ContactRecord.objects.count(), CaseNote.objects.count())
    assert OutboxMessage.objects.exists()

    assert [each.code for each in left.take_back()] == ["undo.posted"]
    assert (ContactRecord.objects.count(), CaseNote.objects.count()) == before
    left.task.refresh_from_db()
    assert left.task.status == "done"
