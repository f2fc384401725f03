"""What makes a case belong to a queue stands in the pack that made its task."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, PackBinding
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.plan import plan
from huikuan.planning.worklist import Filters, worklist

ON = dt.date(2026, 3, 10)
pytestmark = pytest.mark.django_db


@made_once
def boss() -> User:
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    return people.make_user("manager")


def card_case(*, amount: int = 10_000, placed: int = 1, leaves: int = 90, hand: int = 1) -> Case:
    """A case placed so many days before the day, that leaves so many days after it."""
    creditor = people.make_creditor("bank")
    PackBinding.objects.get_or_create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2020, 1, 1)
    )

    placed_on = ON - dt.timedelta(placed)
    case = people.make_case(
        people.make_person(creditor),
        placed_on=placed_on,
        return_on=ON + dt.timedelta(leaves),
        hand=hand,
        told_on=placed_on,
        items=[(placed_on - dt.timedelta(60), amount)],
    )
    people.make_point(case)
    facts.refresh([case.pk])
    return case


def queue_of(boss: User, name: str) -> set[str]:
    plan(ON, actor=boss, at=people.moment(ON, 7), calendar=china())
    found = worklist(boss, ON, Filters(queue=name), size=200)
    return {row.number for row in found.rows}


@pytest.mark.parametrize(("leaves", "belongs"), [(0, True), (3, True), (4, False)])
def test_a_case_that_leaves_within_three_days(boss, leaves, belongs):
    case = card_case(leaves=leaves)
    assert (case.number in queue_of(boss, "return")) is belongs


@pytest.mark.parametrize(("placed", "belongs"), [(2, False), (3, True)])
def test_a_case_that_nobody_tried_for_three_days(boss, placed, belongs):
    case = card_case(placed=placed)
    assert (case.number in queue_of(boss, "untouched")) is belongs


@pytest.mark.parametrize(
    ("amount", "hand", "belongs"),
    [(4_999_999, 1, False), (5_000_000, 1, True), (100, 2, False), (100, 3, True)],
)
def test_a_key_case_is_one_of_a_large_amount_or_placed_for_the_third_time(
    boss, amount, hand, belongs
):
    case = card_case(amount=amount, hand=hand)
    assert (case.number in queue_of(boss, "key")) is belongs
