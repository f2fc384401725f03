"""A task that is no contact is done once, by whoever it belongs to, and is never asked again for the same occurrence."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from tests import people

from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    CaseNote,
    PackBinding,
    PackVersion,
    Task,
)
from huikuan.people.ranks import may_do
from huikuan.people.roles import shipped_codes
from huikuan.planning import load
from huikuan.planning.done import done, undo
from huikuan.planning.tests.conftest import AT, ON, Office

DAY = dt.timedelta(1)
ABOVE = ("team_lead", "supervisor", "manager", "general_manager", "proprietor")


def codes(found: object) -> list[str]:
    return [problem.code for problem in found.problems]  # type: ignore[attr-defined]


def test_a_review_is_done_with_its_result(planned: Office) -> None:
    task = planned.task("review_sheet")
    answer = done(task.pk, text=" 收入减少，地址有效 ", actor=planned.collector, at=AT)
    note = CaseNote.objects.get()
    assert answer.saved and answer.note == note
    assert (note.kind, note.text, note.task_id, note.valid_on) == (
        "review",
        "收入减少，地址有效",
        task.pk,
        ON,
    )
    assert (note.act.verb, note.act.actor) == ("planning.done", planned.collector)
    task.refresh_from_db()
    assert (task.status, task.status_reason, task.status_on) == ("done", "note", ON)


def test_a_review_without_its_result_is_not_done(planned: Office) -> None:
    task = planned.task("review_sheet")
    assert codes(done(task.pk, text="  ", actor=planned.collector, at=AT)) == ["done.text"]
    assert planned.task("review_sheet") == task
    assert not CaseNote.objects.exists()


def test_a_done_task_is_never_asked_again_for_the_same_occurrence(office: Office) -> None:
    people.make_hold(office.case, ON - 7 * DAY)
    facts.refresh([office.case.pk])
    office.plan(ON + DAY)
    sheet, review = office.task("review_sheet"), office.task("hold_review")
    assert done(sheet.pk, text="已看", actor=office.collector, at=AT + DAY).saved
    assert done(review.pk, text="仍在停催", actor=office.lead, at=AT + DAY).saved
    for days in range(1, 16):
        office.plan(ON + days * DAY)
        again = Task.objects.filter(case=office.case, step__code="review_sheet")
        assert [task.status for task in again] == ["done"], days
        review.refresh_from_db()
        assert review.status == "done"
    weekly = Task.objects.filter(case=office.case, step__code="hold_review").order_by("anchor")
    assert [task.anchor - (ON - 7 * DAY) for task in weekly] == [7 * DAY, 14 * DAY, 21 * DAY]


def test_a_second_time_changes_nothing_and_says_so(planned: Office) -> None:
    task = planned.task("review_sheet")
    done(task.pk, text="一", actor=planned.collector, at=AT)
    assert codes(done(task.pk, text="二", actor=planned.lead, at=AT)) == ["done.already"]
    assert [note.text for note in CaseNote.objects.all()] == ["一"]


def test_a_contact_is_not_done_by_a_note(planned: Office) -> None:
    assert codes(
        done(planned.task("first_call").pk, text="打过了", actor=planned.collector, at=AT)
    ) == ["done.contact"]


def test_it_is_taken_back_within_ten_seconds_by_whoever_did_it(planned: Office) -> None:
    task = planned.task("review_sheet")
    done(task.pk, text="误点", actor=planned.collector, at=AT)
    late = AT + dt.timedelta(seconds=13)
    assert codes(undo(task.pk, actor=planned.collector, at=late)) == ["undo.late"]
    assert codes(undo(task.pk, actor=planned.lead, at=AT)) == ["undo.other"]
    answer = undo(task.pk, actor=planned.collector, at=AT + dt.timedelta(seconds=9))
    assert answer.note is not None and answer.note.text == "误点"
    assert planned.task("review_sheet") == task and not CaseNote.objects.exists()
    assert codes(undo(task.pk, actor=planned.collector, at=AT)) == ["undo.gone"]
    assert done(task.pk, text="再办", actor=planned.collector, at=AT).saved


@pytest.mark.parametrize(
    ("wanted", "may"),
    [
        ("collector", {"collector", *ABOVE}),
        ("data_admin", {"data_admin", *ABOVE}),
        ("manager", {"manager", "general_manager", "proprietor"}),
        ("general_manager", {"general_manager", "proprietor"}),
    ],
)
@pytest.mark.django_db
def test_the_role_or_whoever_stands_above_it(wanted: str, may: set[str]) -> None:
    creditor = people.make_creditor()
    office = {role: people.make_user(role, creditor=creditor) for role in shipped_codes()}
    assert {role for role, user in office.items() if may_do(wanted, user)} == may


def test_another_role_team_or_organisation_does_not_do_it(planned: Office) -> None:
    task = planned.task("review_sheet")
    for role, code in (("finance", "done.role"), ("quality", "act.read_only")):
        assert codes(done(task.pk, text="x", actor=people.make_user(role), at=AT)) == [code]
    stranger = people.make_user("manager", people.make_house("other"))
    other_team = people.make_user("collector", team=people.make_team("other"))
    for user in (stranger, other_team):
        assert codes(done(task.pk, text="x", actor=user, at=AT)) == ["done.unknown"]
    assert not Act.objects.filter(verb="planning.done").exists()


def b2b(office: Office, due: dt.date) -> None:
    """The office's second case: a customer with a monthly statement and one invoice."""
    supplier = people.make_creditor("supplier", kind="supplier")
    PackBinding.objects.create(
        creditor=supplier, product="b2b", pack="b2b_receivables", from_on=dt.date(2020, 1, 1)
    )
    person = people.make_person(supplier, kind="company")
    case = people.make_case(
        person,
        product="b2b",
        placed_on=due,
        items=[(due, 10_000)],
        statement_cycle=True,
        collector=office.collector,
    )
    case.items.update(confirmed_on=due)
    people.make_point(case, kind="phone", place="work")
    facts.refresh([case.pk])
    office.case = case


def test_a_step_that_needs_approval_waits_for_it(office: Office) -> None:
    b2b(office, dt.date(2026, 8, 1))
    people.make_event(office.case, ON, "lock_agreed")
    facts.refresh([office.case.pk])
    office.plan(ON)
    task = office.task("lock_deliveries")
    assert codes(done(task.pk, text="已通知", actor=office.manager, at=AT)) == ["done.approval"]
    asked = ask_for(task.pk, reason="逾期三个月", actor=office.manager, at=AT).approval
    assert asked is not None
    proprietor = people.make_user("proprietor")
    assert decide(asked.pk, grant=True, reason="", actor=proprietor, at=AT).problems == ()
    granted = done(task.pk, text="已通知", actor=office.manager, at=AT)
    assert codes(granted) == ["done.of_its_own"], "a note tells neither order system nor customer"


@pytest.mark.django_db(transaction=True)
def test_two_who_do_it_at_once_write_one_note() -> None:
    case = people.make_case()
    facts.refresh([case.pk])
    load.load_all(at=people.moment(people.PLACED_ON))
    version = PackVersion.objects.get(pack="phone_collection")
    task = people.make_task(case, ON, "review_sheet", pack_version=version)
    users = [people.make_user("manager"), people.make_user("general_manager")]
    together, answers = threading.Barrier(2), []

    def act(user: object) -> None:
        try:
            together.wait(timeout=20)
            answers.append(done(task.pk, text="同时", actor=user, at=AT).saved)  # type: ignore[arg-type]
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == [False, True]
    assert CaseNote.objects.count() == 1
