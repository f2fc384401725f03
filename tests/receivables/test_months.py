"""The statement of a month is made once, when it is over; without it nothing is demanded."""

from __future__ import annotations

import datetime as dt

import pytest

from huikuan import daily
from huikuan.casebook import facts
from huikuan.casebook.models import Act, Case, Statement, Step, Task
from huikuan.lib.calendar import china
from huikuan.planning.explain import explain
from huikuan.planning.tasks import tasks
from huikuan.receivables.open_months import open_months
from tests import people
from tests.receivables.conftest import FIRST, OCTOBER, Office, november

DAY = dt.timedelta(days=1)


def test_the_statement_of_the_month_that_ended_is_made_once(office: Office) -> None:
    assert office.open() == 1
    made = Statement.objects.get()
    assert (made.month, made.valid_on, made.case) == (OCTOBER, FIRST, office.case)
    assert office.facts().month_from_on == FIRST

    acts = Act.objects.count()
    assert office.open() == office.open(november(20)) == 0
    assert Act.objects.count() == acts
    assert not facts.differences()


def test_without_its_statement_nothing_is_demanded(office: Office) -> None:
    office.plan(FIRST)
    assert not Task.objects.filter(step__subject="statement").exists()
    office.open()
    office.plan(FIRST)
    assert office.steps() == {"month_submit"}


def test_the_morning_opens_the_month_before_it_plans(office: Office) -> None:
    at = people.moment(FIRST, 7)
    done = daily.day(FIRST, actor=office.manager, at=at, calendar=china())
    assert (done.statements, done.problems) == (1, [])
    assert office.steps() == {"month_submit"}
    again = daily.day(FIRST, actor=office.manager, at=at, calendar=china())
    assert (again.statements, again.planned.counts["new"]) == (0, 0)


def test_a_day_ahead_opens_nothing(office: Office) -> None:
    at = people.moment(dt.date(2026, 10, 30), 17)
    open_months(FIRST, actor=office.manager, at=at)
    assert not Statement.objects.filter(month=OCTOBER).exists()


def test_no_month_is_lost_when_nobody_planned(office: Office) -> None:
    office.open()
    assert office.open(dt.date(2027, 2, 3)) == 3
    months = Statement.objects.order_by("month").values_list("month", flat=True)
    assert [month.month for month in months] == [10, 11, 12, 1]


def test_a_case_that_comes_later_has_the_month_from_its_placement(office: Office) -> None:
    office.case.events.all().delete()
    Case.objects.filter(pk=office.case.pk).update(placed_on=november(20))
    facts.refresh([office.case.pk])
    assert office.open(november(21)) == 1
    assert office.statement.valid_on == november(20)
    office.plan(november(21))
    submit = Task.objects.get(step__code="month_submit")
    assert submit.due_on == november(24)


@pytest.mark.parametrize("change", ["closed", "no_cycle"])
def test_no_statement_for_a_case_that_ended_or_has_none(office: Office, change: str) -> None:
    if change == "closed":
        people.make_event(office.case, november(1), "closed")
    else:
        Case.objects.filter(pk=office.case.pk).update(statement_cycle=False)
    facts.refresh([office.case.pk])
    assert office.open(november(2)) == 0


def test_a_past_day_does_not_know_the_statement(office: Office) -> None:
    """The statement is born on the first: the day before is planned without it."""
    office.open()
    office.plan(november(2))
    for on, wanted in ((FIRST - DAY, set()), (FIRST, {"month_submit"})):
        found = tasks(on, user=office.manager, calendar=china())
        assert {task.step.id for task in found if task.subject == "statement"} == wanted, on


def test_explain_and_the_list_of_tasks_name_the_month(office: Office) -> None:
    office.open()
    office.plan(FIRST)
    why = [w for w in explain(office.case, FIRST, calendar=china()) if w.step.id == "month_submit"]
    assert [(w.item, w.fires) for w in why] == [("2026-10", True)]
    listed = list(tasks(FIRST, user=office.collector, calendar=china()))
    assert [(t.subject, t.about, t.step.id) for t in listed] == [
        ("statement", "2026-10", "month_submit")
    ]


def test_two_open_months_are_followed_up_apart(office: Office) -> None:
    december = dt.date(2026, 12, 2)
    office.open()
    office.send()
    office.open(december)
    office.plan(december)
    found = Task.objects.filter(status="open", step__subject="statement")
    listed = {(task.step.code, task.subject_id) for task in found.select_related("step")}
    october = office.statement.pk
    november_id = Statement.objects.exclude(pk=october).get().pk
    assert ("month_submit", november_id) in listed
    assert ("month_confirm_call", october) in listed
    assert ("month_submit", october) not in listed

    office.record("confirmed", december, office.collector)
    office.plan(december)
    left = Task.objects.filter(status="open", subject_id=october, step__subject="statement")
    assert set(left.values_list("step__code", flat=True)) == {"month_invoice_data"}


def test_every_step_of_a_statement_in_the_pack_names_the_statement(office: Office) -> None:
    """The old steps about the month were steps of the case; a step keeps its subject for good."""
    office.plan(FIRST)
    codes = Step.objects.filter(pack="b2b_receivables").values_list("code", "subject")
    assert {code for code, subject in codes if subject == "statement"} == {
        code for code, _subject in codes if code.startswith("month_")
    }
