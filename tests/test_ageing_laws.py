"""Laws of the ageing, on invented ledgers: it is the ledger of the day, cut by age."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Item, ItemSummary
from huikuan.casebook.settle import settle
from huikuan.payments.post import PaymentEntry, post
from huikuan.payments.reverse import reverse
from huikuan.people.models import User
from huikuan.reports.ageing import BUCKETS, GROUPINGS, ageing
from tests import people
from tests.laws import examples

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY = dt.timedelta(days=1)
START = dt.date(2026, 9, 1)
LAST = 14
NOW = people.moment(START + LAST * DAY, 15)
#: Where the spans begin and end, counted from the first day: due so long before it.
EDGES = (-20, 0, 1, 17, 18, 19, 31, 60, 61, 90, 91, 180, 181, 365, 366, 800)

#: case, item of the case, amount, day
CHARGES = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 1), st.integers(1, 9_999), st.integers(0, LAST - 1)
    ),
    min_size=1,
    max_size=8,
)
#: case, amount, day, days until it is taken back
PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(1, 9_999),
        st.integers(0, LAST - 4),
        st.none() | st.integers(0, 3),
    ),
    max_size=6,
)
#: How long before the first day each of six items was due.
AGES = st.lists(st.sampled_from(EDGES), min_size=6, max_size=6)


class Small:
    """Three cases of two creditors, two of them held by collectors, the third in dollars."""

    def __init__(self, ages: list[int]) -> None:
        house = people.make_house("small")
        team = people.make_team("one", house)
        holders = [people.make_user("collector", house, team=team) for _ in range(2)]
        self.manager = people.make_user("manager", house)
        self.finance = people.make_user("finance", house)
        self.cases: list[Case] = []
        self.items: list[list[Item]] = []
        self.holders: list[User | None] = [*holders, None]

        for number in range(3):
            case = people.make_case(
                creditor=people.make_creditor(f"bank{number % 2}", house),
                placed_on=START,
                collector=self.holders[number],
                currency=("CNY", "CNY", "USD")[number],
                product=("card", "loan", "card")[number],
            )
            dues = [START - age * DAY for age in ages[2 * number : 2 * number + 2]]
            self.cases.append(case)
            self.items.append([people.make_item(case, due) for due in dues])

    def enter(self, charges: list[Any], payments: list[Any]) -> None:
        """Everything is entered on the last day, as of its own day."""
        for case, item, amount, day in charges:
            people.make_charge(self.items[case][item], "principal", amount, on=START + day * DAY)
        keys = [case.pk for case in self.cases]
        settle(keys, act=self.cases[0].act, at=NOW)
        facts.refresh(keys)

        for number, (case, amount, day, back) in enumerate(payments):
            entry = PaymentEntry(
                case_id=self.cases[case].pk,
                amount_minor=amount,
                currency=self.cases[case].currency,
                paid_on=START + day * DAY,
                reference=f"P{number}",
            )
            key = post(entry, actor=self.finance, at=NOW).payment_id
            assert key is not None
            if back is not None:
                on = START + (day + back) * DAY
                reverse(key, on=on, reason="退票", actor=self.finance, at=NOW)

    def ledger(self, on: dt.date) -> Counter[tuple[str, str]]:
        """What the facts of the items say of the day, by currency and bucket: read item by item."""
        found: Counter[tuple[str, str]] = Counter()
        keys = [case.pk for case in self.cases]
        with facts.as_of(on, only=keys):
            rows = ItemSummary.objects.filter(case_id__in=keys).select_related("item__case")
            for row in rows:
                currency = row.item.case.currency
                found[currency, bucket_of((on - row.item.due_on).days)] += row.open_minor
        return +found


def bucket_of(days_past_due: int) -> str:
    """The bucket of an age, found by looking at one after the other."""
    reached = [b.code for b in BUCKETS if b.begins is not None and days_past_due >= b.begins]
    return reached[-1] if reached else BUCKETS[0].code


@settings(
    max_examples=examples(12, 150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(AGES, CHARGES, PAYMENTS)
def test_the_buckets_are_the_ledger_of_the_day_whatever_the_lines_are_of(
    ages: list[int], charges: list[Any], payments: list[Any]
) -> None:
    with transaction.atomic():
        small = Small(ages)
        small.enter(charges, payments)

        for day in range(LAST + 1):
            on = START + day * DAY
            ledger = small.ledger(on)
            for grouping in GROUPINGS:
                told = ageing(small.manager, on, grouping=grouping)
                assert by_bucket(told.lines) == ledger
                assert by_bucket(told.totals) == ledger
                assert sums(told.totals) == sums_of(ledger)
        transaction.set_rollback(True)


@settings(
    max_examples=examples(8, 80),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(AGES, CHARGES, PAYMENTS)
def test_the_parts_that_people_see_add_up_to_the_house(
    ages: list[int], charges: list[Any], payments: list[Any]
) -> None:
    """Each collector's own figures are the line that the manager sees of that collector."""
    with transaction.atomic():
        small = Small(ages)
        small.enter(charges, payments)
        on = START + LAST * DAY

        lines = ageing(small.manager, on, grouping="collector").lines
        for holder in small.holders:
            if holder is None:
                continue
            own = [line for line in lines if line.code == holder.username]
            assert by_bucket(ageing(holder, on).totals) == by_bucket(own)
        transaction.set_rollback(True)


def by_bucket(lines: Any) -> Counter[tuple[str, str]]:
    """The amounts of lines by currency and bucket."""
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        for code, minor in line.minor.items():
            found[line.currency, code] += minor
    return +found


def sums(lines: Any) -> dict[str, int]:
    return {line.currency: line.open_minor for line in lines if line.open_minor}


def sums_of(ledger: Counter[tuple[str, str]]) -> dict[str, int]:
    """The open amount of each currency."""
    found: Counter[str] = Counter()
    for (currency, _bucket), minor in ledger.items():
        found[currency] += minor
    return dict(found)
