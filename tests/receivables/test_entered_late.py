"""What is entered afterwards does not make a missed deadline a kept one, and nobody writes a month
anew in another's name.
"""

from __future__ import annotations

import datetime as dt

import pytest

from huikuan.casebook import done as memory
from huikuan.casebook.models import StatementEvent, StepDone, Task
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.receivables.act import Entry, Recorded, record
from huikuan.receivables.take_back import may_take_back, take_back
from tests import people
from tests.receivables.conftest import FIRST, Office, november
from tests.receivables.test_act import codes

DAY = dt.timedelta(days=1)


@made_once(autouse=True)
def opened(office: Office) -> None:
    office.open()
    office.plan(FIRST)


def entered(office: Office, entry: Entry, *, on: dt.date, actor: User) -> Recorded:
    """An entry that somebody makes on a day, about the same day or an earlier one."""
    return record(office.statement.pk, entry, actor=actor, at=people.moment(on, 10))


def submit(office: Office, *, entered_on: dt.date) -> Task:
    """The draft, said to have been submitted on the first day."""
    entry = Entry("submitted", FIRST)
    assert entered(office, entry, on=entered_on, actor=office.collector).problems == ()
    return Task.objects.get(step__code="month_submit")


def last_day(office: Office) -> dt.date:
    deadline = Task.objects.get(step__code="month_submit").deadline_on
    assert deadline is not None
    return deadline


# --- the day that counts --------------------------------------------------------------------------


def test_what_was_missed_stays_missed(office: Office) -> None:
    """Entered after the deadline, as done before it: the task counts from the entry."""
    too_late = last_day(office) + DAY
    task = submit(office, entered_on=too_late)
    assert (task.status, task.status_on) == ("done", too_late)
    assert StepDone.objects.get(task_id=task.pk).valid_on == too_late
    assert office.facts().month_submitted_on == FIRST, "the event keeps the day that was told"
    assert memory.differences() == []


def test_what_is_entered_in_time_has_its_own_day(office: Office) -> None:
    in_time = last_day(office)
    assert in_time > FIRST
    assert submit(office, entered_on=in_time).status_on == FIRST


def test_what_was_done_late_has_its_own_day(office: Office) -> None:
    """It was missed by its own day: the day of the entry would say more than is known."""
    done_on = last_day(office) + DAY
    entry = Entry("submitted", done_on)
    assert entered(office, entry, on=done_on + DAY, actor=office.collector).problems == ()
    assert Task.objects.get(step__code="month_submit").status_on == done_on


def test_taken_back_and_entered_anew_it_is_still_late(office: Office) -> None:
    too_late = last_day(office) + DAY
    submit(office, entered_on=too_late)
    event = StatementEvent.objects.get(kind="submitted")
    at = people.moment(too_late + DAY, 9)
    assert take_back(event.pk, reason="日期有误", actor=office.collector, at=at).problems == ()
    assert submit(office, entered_on=too_late + DAY).status_on == too_late + DAY


# --- how the customer was told --------------------------------------------------------------------


def test_without_a_mail_the_note_says_how_the_customer_was_told(office: Office) -> None:
    office.record("submitted", november(3), office.collector)
    office.record("checked", november(4), office.lead)
    silent = Entry("sent", november(4), by_mail=False)
    answer = entered(office, silent, on=november(5), actor=office.lead)
    assert [(each.code, each.column) for each in answer.problems] == [
        ("statement.told_how", "note")
    ]

    told = Entry("sent", november(4), "挂号信 XA123", by_mail=False)
    assert entered(office, told, on=november(5), actor=office.lead).problems == ()


def test_what_writes_to_nobody_needs_no_word_of_it(office: Office) -> None:
    quiet = Entry("submitted", FIRST, by_mail=False)
    assert entered(office, quiet, on=FIRST, actor=office.collector).problems == ()


# --- whose entry it is ----------------------------------------------------------------------------


def test_a_colleague_of_the_same_role_takes_nothing_back(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    office.record("checked", november(3), office.lead)
    checked = StatementEvent.objects.select_related("act__actor").get(kind="checked")
    at = people.moment(november(4))

    refused = take_back(checked.pk, reason="重来", actor=office.other_lead, at=at)
    assert codes(refused) == ["statement.void_other"]
    assert not may_take_back(checked, [checked], office.other_lead)
    assert may_take_back(checked, [checked], office.lead)


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_the_author_and_who_stands_above_may(who: str, office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    office.record("checked", november(3), office.lead)
    checked = StatementEvent.objects.get(kind="checked")
    at = people.moment(november(4))
    taken = take_back(checked.pk, reason="重来", actor=getattr(office, who), at=at)
    assert taken.problems == ()
