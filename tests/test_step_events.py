"""An event that a step records is the step's act: no way to enter it goes round the approval."""

from __future__ import annotations

import argparse
import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Case,
    CaseEvent,
    CaseSummary,
    PackBinding,
    PackVersion,
    StepDone,
    Task,
)
from huikuan.engine.pack import hash_of
from huikuan.lib.calendar import china
from huikuan.ops.commands import event as event_command
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.activate import activate
from huikuan.planning.done import done, undo
from huikuan.planning.event import EventEntry, event
from huikuan.planning.plan import plan
from tests import people
from tests.shipped import load_packs, texts_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
KIND = "lock_agreed"


@dataclass
class Office:
    """A customer with two invoices that are late by more than three months."""

    case: Case
    manager: User
    general: User
    today: dt.date

    @property
    def tasks(self) -> list[Task]:
        found = Task.objects.filter(case=self.case, step__code="lock_deliveries")
        return list(found.order_by("pk"))

    def grant(self, task: Task) -> None:
        at = timezone.now()
        asked = ask_for(task.pk, reason="逾期三个月", actor=self.manager, at=at).approval
        assert asked is not None
        answer = decide(asked.pk, grant=True, reason="", actor=self.general, at=at)
        assert answer.act is not None

    def enter(self, on: dt.date | None = None) -> list[str]:
        entry = EventEntry(KIND, on or self.today)
        answer = event(self.case.pk, entry, actor=self.manager, at=timezone.now())
        return [problem.code for problem in answer.problems]


def load_with_consent_alone() -> None:
    """The shipped procedure whose lock is a note: the owner's consent, and nothing sent out. Each
    item is an act of its own, so that two tasks may record the same event.
    """
    load_packs()
    texts = dict(texts_of("b2b_receivables"))
    book = texts["playbook.yaml"].replace("action: lock\n", "action: notify\n")
    texts["playbook.yaml"] = book.replace("    together: true\n", "")

    version = PackVersion.objects.create(
        pack="b2b_receivables",
        kind="playbook",
        version="consent alone",
        hash=hash_of(texts),
        content=texts,
        effective_from=people.PLACED_ON,
        approved_by="tests",
        loaded_at=people.moment(people.PLACED_ON),
    )
    activate(version, actor=None, at=people.moment(people.PLACED_ON))


@made_once
def office() -> Office:
    load_with_consent_alone()
    return make_office()


def make_office() -> Office:
    today = timezone.now().astimezone(people.SHANGHAI).date()
    supplier = people.make_creditor("supplier", kind="supplier")
    PackBinding.objects.create(
        creditor=supplier, product="b2b", pack="b2b_receivables", from_on=dt.date(2020, 1, 1)
    )
    person = people.make_person(supplier, kind="company")
    due = today - 100 * DAY
    items = [(due, 10_000), (due, 20_000)]
    case = people.make_case(person, product="b2b", placed_on=due, items=items)
    case.items.update(confirmed_on=due)
    people.make_point(case, kind="phone", place="work")
    facts.refresh([case.pk])

    manager = people.make_user("manager")
    plan(today, actor=manager, at=timezone.now(), calendar=china())
    return Office(case, manager, people.make_user("proprietor"), today)


def test_what_has_a_page_of_its_own_is_not_entered_as_an_event() -> None:
    """The shipped lock tells order system and customer; its event alone would tell nobody."""
    load_packs()
    office = make_office()
    office.grant(office.tasks[0])
    assert office.enter() == ["event.of_its_own"]
    assert not CaseEvent.objects.exists()
    assert {task.status for task in office.tasks} == {"open"}


# --- the ways


def by_the_verb(office: Office) -> bool:
    return office.enter() == []


def by_the_page(office: Office) -> bool:
    client = Client()
    client.force_login(office.manager)
    address = reverse("planning:event", args=[office.case.number])
    form = {"kind": KIND, "on": f"{office.today}", "reason": ""}
    return client.post(address, form).status_code != 422


def by_the_command(office: Office) -> bool:
    parser = argparse.ArgumentParser()
    event_command.arguments(parser)
    words = [office.case.number, "--kind", KIND, "--as", office.manager.username]
    return event_command.run(parser.parse_args(words)) == 0


def by_the_note_of_its_task(office: Office) -> bool:
    at = timezone.now()
    return done(office.tasks[0].pk, text="已锁货", actor=office.manager, at=at).saved


WAYS: tuple[Callable[[Office], bool], ...] = (
    by_the_verb,
    by_the_page,
    by_the_command,
    by_the_note_of_its_task,
)


@pytest.mark.parametrize("way", WAYS)
def test_without_the_grant_the_event_is_entered_by_no_way(way: Callable, office: Office) -> None:
    assert not way(office)
    assert not CaseEvent.objects.exists()
    assert {task.status for task in office.tasks} == {"open"}


@pytest.mark.parametrize("way", WAYS)
def test_with_the_grant_every_way_records_the_event_and_does_its_task(
    way: Callable, office: Office
) -> None:
    first, second = office.tasks
    office.grant(first)
    assert way(office)

    found = CaseEvent.objects.get()
    assert (found.kind, found.valid_on) == (KIND, office.today)
    assert CaseSummary.objects.get(pk=office.case.pk).lock_agreed_on == office.today
    assert [task.status for task in office.tasks] == ["done", "open"]
    assert StepDone.objects.get().task_id == first.pk
    assert second.status == "open"
    assert not facts.differences()


def test_it_is_not_entered_because_no_task_is_planned(office: Office) -> None:
    office.grant(office.tasks[0])
    Task.objects.update(status="closed")
    assert office.enter() == ["done.unplanned"]


def test_what_was_approved_today_did_not_take_place_before(office: Office) -> None:
    office.grant(office.tasks[0])
    assert office.enter(office.today - DAY) == ["done.before_grant"]
    assert office.enter(office.today + DAY) == ["event.future"]
    assert not CaseEvent.objects.exists()
    assert office.enter() == []


def test_whoever_granted_it_does_not_enter_it(office: Office) -> None:
    office.grant(office.tasks[0])
    entry = EventEntry(KIND, office.today)
    answer = event(office.case.pk, entry, actor=office.general, at=timezone.now())
    assert [problem.code for problem in answer.problems] == ["done.approval_own"]


def test_an_event_that_no_step_records_is_entered_by_right_as_before(office: Office) -> None:
    entry = EventEntry("visit_asked", office.today)
    assert event(office.case.pk, entry, actor=office.manager, at=timezone.now()).event is not None


def test_a_task_that_is_taken_back_takes_its_event_along(office: Office) -> None:
    office.grant(office.tasks[0])
    at = timezone.now()
    assert done(office.tasks[0].pk, text="误点", actor=office.manager, at=at).saved
    assert undo(office.tasks[0].pk, actor=office.manager, at=at).saved

    assert not CaseEvent.objects.exists()
    assert CaseSummary.objects.get(pk=office.case.pk).lock_agreed_on is None
    assert not facts.differences()


def test_an_event_that_two_tasks_did_stays_when_one_of_them_is_taken_back(office: Office) -> None:
    first, second = office.tasks
    at = timezone.now()
    for task in (first, second):
        office.grant(task)
        assert done(task.pk, text="已锁货", actor=office.manager, at=at).saved
    assert CaseEvent.objects.count() == 1

    assert undo(first.pk, actor=office.manager, at=at).saved
    assert CaseSummary.objects.get(pk=office.case.pk).lock_agreed_on == office.today
    assert undo(second.pk, actor=office.manager, at=at).saved
    assert not CaseEvent.objects.exists()
    assert not facts.differences()


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_it_at_once_record_it_once(office: Office) -> None:
    office.grant(office.tasks[0])
    colleague = people.make_user("manager")
    together = threading.Barrier(2)
    answers: list[list[str]] = []

    def enter(actor: User) -> None:
        try:
            together.wait(timeout=20)
            entry = EventEntry(KIND, office.today)
            answer = event(office.case.pk, entry, actor=actor, at=timezone.now())
            answers.append([problem.code for problem in answer.problems])
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=(user,)) for user in (office.manager, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(answers) == [[], ["event.again"]]
    assert CaseEvent.objects.count() == 1
    assert [task.status for task in office.tasks] == ["done", "open"]


def test_the_requests_are_asked_for_once(office: Office) -> None:
    """What stands in the way and the day of the grant speak of the same request."""
    for task in office.tasks:
        office.grant(task)
    with CaptureQueriesContext(connection) as asked:
        assert office.enter() == []
    requests = [line for line in asked if 'FROM "casebook_approval" INNER' in line["sql"]]
    assert len(requests) == 1, requests
