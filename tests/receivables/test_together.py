"""What is one act to a customer is one line, one request, one grant and one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huikuan.approvals import step as approvals
from huikuan.approvals.about import about_steps
from huikuan.approvals.shown import what
from huikuan.approvals.step import hindrances
from huikuan.approvals.take_back import take_back, unused_of
from huikuan.casebook import facts
from huikuan.casebook.models import Approval, CaseNote, DeliveryLock, Task
from huikuan.desk.file import open_tasks
from huikuan.ops.made_once import made_once
from huikuan.outbox.payload import payload_of
from huikuan.people.models import User
from huikuan.planning.done import done, undo
from huikuan.receivables import lock
from huikuan.receivables.lock import LockEntry
from tests import people
from tests.receivables.conftest import DUE, LATE, Office
from tests.receivables.test_act import codes

#: A further item is three months late from here on.
LATER = LATE + dt.timedelta(days=7)


def tasks(step: str) -> list[Task]:
    found = Task.objects.filter(status="open", step__code=step)
    return list(found.order_by("subject_id"))


def ask(office: Office, task: Task, on: dt.date = LATE, reason: str = "逾期超过三个月") -> Any:
    at = people.moment(on, 9)
    return approvals.ask_for(task.pk, reason=reason, actor=office.manager, at=at)


def decide(request: Approval, by: User, on: dt.date = LATE, *, grant: bool = True) -> None:
    at = people.moment(on, 10)
    answer = approvals.decide(request.pk, grant=grant, reason="见卷", actor=by, at=at)
    assert not answer.problems


def test_the_case_shows_each_report_once(late: Office) -> None:
    assert len(tasks("supervisor")) == len(tasks("lock_deliveries")) == 2

    shown = {
        task.detail.id: task
        for task in open_tasks(late.case, LATE, late.manager)
        if task.detail.together
    }
    assert set(shown) == {"supervisor", "manager", "general_manager", "lock_deliveries"}
    lines = [task.detail.id for task in open_tasks(late.case, LATE, late.manager)]
    assert lines.count("supervisor") == 1
    assert (shown["supervisor"].about, shown["supervisor"].open_minor) == ("INV-1、INV-2", 30_000)


def test_one_note_does_them_all_and_one_step_back_opens_them(late: Office) -> None:
    at = people.moment(LATE, 11)
    first = tasks("supervisor")[0]
    answer = done(first.pk, text="已约客户经理同访", actor=late.lead, at=at)
    assert answer.saved and tasks("supervisor") == []
    assert CaseNote.objects.filter(task__step__code="supervisor").count() == 1
    assert len(tasks("manager")) == 2, "another step is another act"

    assert undo(first.pk, actor=late.lead, at=at).saved
    assert len(tasks("supervisor")) == 2


def test_one_request_names_the_items_and_their_sum(late: Office, proprietor: User) -> None:
    asked = ask(late, tasks("lock_deliveries")[1])
    request = asked.approval
    assert request.amount_minor == 30_000
    assert "INV-1、INV-2" in what(request, about_steps([request])[request.pk])
    again = ask(late, tasks("lock_deliveries")[0])
    assert (again.approval, codes(again)) == (request, ["approval.standing"])

    decide(request, proprietor)
    keys = [task.pk for task in tasks("lock_deliveries")]
    assert hindrances(keys, late.manager, LATE) == {}
    assert list(unused_of(proprietor)) == [request]


@made_once
def third(late: Office) -> Office:
    """A third confirmed item is three months late a week after the first two."""
    item = late.case.items.get(number="INV-3")
    item.due_on = DUE + dt.timedelta(days=7)
    item.confirmed_on = item.due_on
    item.save(update_fields=["due_on", "confirmed_on"])
    facts.refresh([late.case.pk])
    return late


def test_a_grant_never_covers_what_came_later(third: Office, proprietor: User) -> None:
    decide(ask(third, tasks("lock_deliveries")[0]).approval, proprietor)
    third.plan(LATER)
    first, second, new = tasks("lock_deliveries")
    lacking = hindrances([first.pk, second.pk, new.pk], third.manager, LATER)
    assert [problem.code for problem in lacking.values()] == ["done.approval"]
    assert list(lacking) == [new.pk]
    shown = [
        task
        for task in open_tasks(third.case, LATER, third.manager)
        if task.detail.id == "lock_deliveries"
    ]
    assert [task.about for task in shown] == ["INV-1、INV-2", "INV-3"]

    entry = LockEntry(kind="lock", because="overdue", orders="new", reason="屡催不付")
    answer = lock.enter(third.case.pk, entry, actor=third.manager, at=people.moment(LATER, 10))
    assert answer.problems == ()
    assert DeliveryLock.objects.get().item_ids == [first.subject_id, second.subject_id]
    text = payload_of(answer.lock.notice)["text"]
    assert "INV-1" in text and "INV-3" not in text


def test_what_was_refused_does_not_come_again_among_others(third: Office, proprietor: User) -> None:
    decide(ask(third, tasks("lock_deliveries")[0]).approval, proprietor, grant=False)
    third.plan(LATER)
    new = tasks("lock_deliveries")[2]
    assert codes(ask(third, new, LATER, "再报一次")) == ["approval.nothing_new"]


def test_what_is_paid_meanwhile_leaves_the_rest_asked_for(late: Office, proprietor: User) -> None:
    first, second = tasks("lock_deliveries")
    request = ask(late, first).approval
    charge = late.case.items.get(pk=first.subject_id).charges.get()
    people.make_payment(late.case, LATE, charge.amount_minor, to=charge)
    facts.refresh([late.case.pk])
    late.plan(LATE)
    assert tasks("lock_deliveries") == [second]

    decide(request, proprietor)
    assert hindrances([second.pk], late.manager, LATE) == {}
    at = people.moment(LATE, 11)
    assert take_back(request.pk, reason="客户来谈", actor=proprietor, at=at).act
    assert list(hindrances([second.pk], late.manager, LATE)) == [second.pk]
