"""Promises that are followed up: the tabs say what the rule says, told step by step in promises.state."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Payment
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.promises import follow
from huikuan.promises.follow import Filters
from huikuan.promises.plans import plans_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


def promised(
    collector: User | None, number: str, days: int, amount: int = 100_00, paid: int = 0, **more: Any
) -> Case:
    """A case with a promise given ten days ago and due in `days`; what was paid was paid on the day before today."""
    placed = today() - 20 * DAY
    case = people.make_case(
        number=number, placed_on=placed, items=[(placed, 900_00)], collector=collector
    )
    people.make_promise(case, today() - 10 * DAY, [(today() + days * DAY, amount)], **more)
    if paid:
        people.make_payment(case, today() - DAY, paid)
    facts.refresh([case.pk])
    return case


@made_once
def collector() -> User:
    return people.make_user("collector")


@made_once
def book(collector: User) -> dict[str, Case]:
    return {
        "today": promised(collector, "today", 0),
        "tomorrow": promised(collector, "tomorrow", 1),
        "grace": promised(collector, "grace", -1, grace_days=2),
        "broken": promised(collector, "broken", -1),
        "part": promised(collector, "part", -1, paid=30_00),
        "kept": promised(collector, "kept", -1, paid=100_00),
        "tolerated": promised(collector, "tolerated", -1, paid=99_00, tolerance_minor=1_00),
        "other": promised(people.make_user("collector"), "other", 0),
    }


def numbers(user: User, tab: str) -> list[str]:
    return sorted(row.number for row in follow.rows(user, today(), Filters(tab), limit=50))


def test_each_promise_stands_where_its_payments_put_it(
    book: dict[str, Case], collector: User
) -> None:
    assert numbers(collector, "today") == ["grace", "today"]
    assert numbers(collector, "tomorrow") == ["tomorrow"]
    assert numbers(collector, "broken") == ["broken"]
    assert numbers(collector, "part") == ["part"]
    assert numbers(collector, "kept") == ["kept", "tolerated"]


def test_the_sums_of_the_tabs_are_those_of_their_rows(
    book: dict[str, Case], collector: User
) -> None:
    sums = follow.sums(collector, today(), Filters())
    for tab in follow.TABS:
        rows = follow.rows(collector, today(), Filters(tab), limit=50)
        assert sums[tab].count == len(rows)
        assert sums[tab].promised.get("CNY", 0) == sum(row.promised_minor for row in rows)
        assert sums[tab].paid.get("CNY", 0) == sum(row.paid_minor for row in rows)


def test_a_reversed_payment_breaks_the_promise_again(
    book: dict[str, Case], collector: User
) -> None:
    people.make_reversal(Payment.objects.get(case=book["kept"]), today())
    facts.refresh([book["kept"].pk])
    assert numbers(collector, "broken") == ["broken", "kept"]


def test_instalments_are_numbered_within_the_last_plan(collector: User) -> None:
    case = promised(collector, "many", -5)
    due = [(today() + n * DAY, 50_00) for n in (-1, 1, 30)]
    people.make_promise(case, today() - 4 * DAY, due)
    people.make_payment(case, today() - DAY, 50_00)
    facts.refresh([case.pk])
    row = follow.rows(collector, today(), Filters("tomorrow"), limit=5)[0]
    assert (row.nth, row.instalments, row.broken_before, row.state) == (2, 3, 1, "open")


def test_every_plan_of_a_case_names_the_payments_that_counted(collector: User) -> None:
    case = promised(collector, "plans", -5)
    people.make_promise(case, today() - 4 * DAY, [(today() - DAY, 50_00), (today() + DAY, 50_00)])
    for amount in (30_00, 40_00):
        people.make_payment(case, today() - DAY, amount)
    now, before = plans_of(case, today())
    assert [line.state for line in now.lines] == ["kept", "open"]
    assert [[one.amount_minor for one in line.payments] for line in now.lines] == [
        [30_00, 20_00],
        [20_00],
    ]
    assert [line.paid_minor for line in now.lines] == [50_00, 20_00]
    assert (before.lines[0].state, before.replaced_on) == ("broken", today() - 4 * DAY)


def test_a_plan_that_was_replaced_before_its_last_day_is_not_broken(collector: User) -> None:
    case = promised(collector, "replaced", 3)
    people.make_promise(case, today(), [(today() + 5 * DAY, 10_00)])
    assert [plan.lines[0].state for plan in plans_of(case, today())] == ["open", "replaced"]


# the screens


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


ADDRESSES = {"list": (), "export": (), "of_case": ("broken",)}


def address(name: str) -> str:
    return reverse(f"promises:{name}", args=ADDRESSES[name])


@pytest.mark.parametrize("name", ADDRESSES)
def test_it_works_for_who_sees_the_case_and_for_nobody_else(
    name: str, book: dict[str, Case], collector: User
) -> None:
    assert signed_in(collector).get(address(name)).status_code == 200
    assert signed_in(collector).post(address(name)).status_code == 405
    assert Client().get(address(name))["Location"].startswith("/sign-in/")
    for stranger in (
        people.make_user("collector"),
        people.make_user("manager", people.make_house("elsewhere")),
    ):
        answer = signed_in(stranger).get(address(name))
        if name == "of_case":
            assert answer.status_code == 404
        elif name == "list":
            assert "broken</a>" not in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("tab", [*follow.TABS, "bogus"])
def test_every_tab_in_both_languages(
    tab: str, language: str, book: dict[str, Case], collector: User
) -> None:
    answer = signed_in(collector).get(
        address("list"), {"tab": tab}, headers={"accept-language": language}
    )
    assert answer.status_code == 200
    assert book["broken"].person.name not in answer.content.decode()


def test_a_lead_filters_by_collector_and_everybody_by_creditor(
    book: dict[str, Case], collector: User
) -> None:
    boss = signed_in(people.make_user("manager"))
    assert boss.get(address("list")).context["total"] == 3
    assert boss.get(address("list"), {"collector": collector.pk}).context["total"] == 2
    assert boss.get(address("list"), {"creditor": "bank"}).context["total"] == 3
    assert "collector" not in signed_in(collector).get(address("list")).context["form"].fields


def test_the_client_sees_the_promises_to_its_own_house(book: dict[str, Case]) -> None:
    bank = book["today"].creditor
    own = people.make_user("client", creditor=bank)
    other = people.make_user("client", creditor=people.make_creditor("fund"))
    assert signed_in(own).get(address("list")).context["total"] == 3
    assert signed_in(other).get(address("list")).context["total"] == 0


def test_an_empty_list_says_what_to_do_next(collector: User) -> None:
    assert "hk-empty" in signed_in(collector).get(address("list")).content.decode()


def test_queries_do_not_grow_with_the_list(
    collector: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        promised(collector, f"N{n}", 0)
    client = signed_in(collector)
    people.nothing_waits()
    with django_assert_max_num_queries(9):
        assert client.get(address("list")).context["total"] == 30
