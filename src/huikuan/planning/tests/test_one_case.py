"""One case brought up to date is what a plan of the whole day would make of it, no more and no less."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, PackBinding, PlanRun, Task
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.one_case import ahead, bring_up_to_date
from huikuan.planning.plan import plan

TODAY = dt.date(2026, 11, 20)
pytestmark = pytest.mark.django_db


@made_once
def boss() -> User:
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    for creditor, product, pack in (
        ("bank", "card", "phone_collection"),
        ("supplier", "b2b", "b2b_receivables"),
    ):
        made = people.make_creditor(creditor)
        row = {"creditor": made, "product": product, "pack": pack, "from_on": dt.date(2020, 1, 1)}
        PackBinding.objects.get_or_create(**row)
    return people.make_user("manager")


def card(placed_on: dt.date = TODAY - dt.timedelta(6), **more: object) -> Case:
    case = people.make_case(
        people.make_person(people.make_creditor("bank"), born_on=dt.date(1905, 1, 1)),
        placed_on=placed_on,
        told_on=placed_on,
        items=[(placed_on - dt.timedelta(60), 500_000)],
        **more,
    )
    people.make_point(case)
    return case


def invoice(due: dt.date) -> Case:
    person = people.make_person(people.make_creditor("supplier"), kind="company")
    case = people.make_case(
        person, product="b2b", placed_on=TODAY - dt.timedelta(30), items=[(due, 1_000_000)]
    )
    case.items.update(confirmed_on=case.placed_on)
    people.make_point(case, kind="phone", place="work")
    return case


def run(boss: User, on: dt.date = TODAY) -> dict[str, int]:
    return plan(on, actor=boss, at=people.moment(on, 7), calendar=china()).counts


def happens(case: Case, chance: random.Random) -> None:
    """Something that a day of work teaches of a case."""
    kind = chance.choice(
        ["talk", "nobody", "promise", "payment", "hold", "stranger", "returned", "later"]
    )
    point = case.person.points.first()
    if kind in ("talk", "nobody"):
        answered = "debtor" if kind == "talk" else "nobody"
        people.make_contact(case, TODAY, point=point, connected=kind == "talk", answered=answered)
    elif kind == "promise":
        people.make_promise(case, TODAY, [(TODAY + dt.timedelta(chance.randint(0, 3)), 10_000)])
    elif kind == "payment":
        charge = case.charges.first()
        people.make_payment(case, TODAY, chance.choice([100, 500_000]), to=charge)
    elif kind == "hold":
        people.make_hold(case, TODAY)
    elif kind == "stranger":
        people.make_status(point, case, "stranger", TODAY)
    elif kind == "returned":
        people.make_event(case, TODAY, "returned")
    else:  # known only later: the case must then be read from its history
        people.make_promise(case, TODAY + dt.timedelta(1), [(TODAY + dt.timedelta(3), 10_000)])


def state() -> list[tuple[object, ...]]:
    columns = (
        "case_id",
        "step_id",
        "subject_id",
        "anchor",
        "status",
        "status_reason",
        "verdict",
        "due_on",
        "deadline_on",
    )
    return sorted(
        map(str, Task.objects.values_list(*columns, "reason", "pack_version_id", "earliest_on"))
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_every_case_was_brought_up_to_date_a_plan_changes_nothing(
    seed: int, boss: User
) -> None:
    chance = random.Random(seed)
    book = [
        card(TODAY - dt.timedelta(chance.randint(0, 12)), hand=chance.randint(1, 3))
        for _ in range(12)
    ]
    book += [invoice(TODAY - dt.timedelta(chance.randint(-3, 40))) for _ in range(6)]
    facts.refresh([case.pk for case in book])
    run(boss)
    for case in chance.sample(book, 14):
        happens(case, chance)
        facts.refresh([case.pk])
    for case in book:
        bring_up_to_date(case, TODAY)
    before = state()
    counts = run(boss)
    assert {
        name: counts[name] for name in ("closed", "reopened", "verdicts", "new")
    } == dict.fromkeys(("closed", "reopened", "verdicts", "new"), 0)
    assert state() == before


def test_a_second_time_changes_nothing(boss: User) -> None:
    case = card()
    facts.refresh([case.pk])
    run(boss)
    people.make_promise(case, TODAY, [(TODAY, 10_000)])
    facts.refresh([case.pk])
    first = bring_up_to_date(case, TODAY)
    assert first.planned
    assert first.opened or first.closed
    assert bring_up_to_date(case, TODAY) == replace(first, opened=(), closed=())


def test_only_this_case_is_touched(boss: User) -> None:
    one, other = card(), card()
    facts.refresh([one.pk, other.pk])
    run(boss)
    for case in (one, other):
        people.make_event(case, TODAY, "returned")
    facts.refresh([one.pk, other.pk])
    bring_up_to_date(one, TODAY)
    assert not one.tasks.filter(status="open").exists()
    assert other.tasks.filter(status="open").exists()


@pytest.mark.parametrize("on", [TODAY - dt.timedelta(1), TODAY + dt.timedelta(1)])
def test_a_day_that_is_not_the_last_planned_one_is_left_to_the_plan(
    on: dt.date, boss: User
) -> None:
    case = card()
    facts.refresh([case.pk])
    run(boss)
    people.make_event(case, TODAY, "returned")
    facts.refresh([case.pk])
    assert not bring_up_to_date(case, on).planned
    assert case.tasks.filter(status="open").exists()
    assert PlanRun.objects.count() == 1


def test_a_promise_shows_its_reminder_and_its_check_ahead(boss: User) -> None:
    case = card()
    people.make_contact(
        case, TODAY, point=case.person.points.first(), connected=True, answered="debtor"
    )
    people.make_promise(case, TODAY, [(TODAY + dt.timedelta(3), 10_000)])
    facts.refresh([case.pk])
    run(boss)
    changed = bring_up_to_date(case, TODAY)
    coming = ahead(case, TODAY, 4, changed.demanded)
    assert coming
    assert [a.on for a in coming] == sorted(a.on for a in coming)
    assert all(TODAY < a.on <= TODAY + dt.timedelta(4) for a in coming)
