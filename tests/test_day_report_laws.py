"""Laws of the report of a day, on invented days: tables add up, order is irrelevant, a payment taken back leaves no trace."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.casebook import facts, journal
from huikuan.casebook.models import Payment
from huikuan.reports.day import Report, as_json, report
from tests import people

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 23)
#: What somebody did on the day: collector, case, kind, how much.
ACTS = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 3), st.sampled_from(["talk", "try", "letter", "promise", "pay"]),
        st.integers(1, 9),
    ),
    max_size=12,
)  # fmt: skip


class Small:
    """Three collectors in two teams, four cases of two creditors."""

    def __init__(self) -> None:
        house = people.make_house("small")
        teams = [people.make_team(name, house) for name in ("one", "two")]
        self.collectors = [
            people.make_user("collector", house, team=teams[n % 2]) for n in range(3)
        ]
        self.cases = [
            people.make_case(
                creditor=people.make_creditor(f"bank{n % 2}", house),
                items=[(dt.date(2026, 9, 1), 100_000)],
                collector=self.collectors[n % 3],
            )
            for n in range(4)
        ]
        self.manager = people.make_user("manager", house)

    def do(self, acts: list[tuple[int, int, str, int]]) -> list[Payment]:
        paid = []
        for who, case, kind, amount in acts:
            row = {"act_id": journal.begin(self.collectors[who], "tests", at=people.moment(ON)).pk}
            debtor = self.cases[case]
            if kind == "promise":
                people.make_promise(
                    debtor, ON, [(ON, amount * 100), (ON + dt.timedelta(1), 100)], **row
                )
            elif kind == "pay":
                paid.append(people.make_payment(debtor, ON, amount * 100, **row))
            else:
                talk = (
                    {"connected": True, "answered": "debtor", "identified": True}
                    if kind == "talk"
                    else {}
                )
                people.make_contact(
                    debtor, ON, channel="letter" if kind == "letter" else "call", **talk, **row
                )
        return paid

    def told(self) -> Report:
        facts.refresh([case.pk for case in self.cases])
        return report(self.manager, ON, seen=ON + dt.timedelta(3))


def law(test):
    """Eight invented days, each taken back."""
    quick = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    return quick(given(ACTS)(test))


@law
def test_every_table_adds_up_to_the_total(acts):
    with transaction.atomic():
        small = Small()
        small.do(acts)
        told = small.told()
        transaction.set_rollback(True)
    for lines in (told.users, told.teams, told.clients):
        numbers: Counter[str] = Counter()
        minor: Counter[tuple[str, str]] = Counter()
        for line in lines:
            numbers.update(line.figures.numbers)
            minor.update(line.figures.minor)
        assert numbers == told.total.numbers
        assert minor == told.total.minor


@law
def test_the_order_in_which_things_were_recorded_is_irrelevant(acts):
    """Promises are left out: of two on one day the later replaces the earlier."""
    kept = [act for act in acts if act[2] != "promise"]
    answers = []
    for order in (kept, kept[::-1]):
        with transaction.atomic():
            small = Small()
            small.do(order)
            answers.append(
                [as_json(line.figures) for line in (*small.told().users, *small.told().clients)]
            )
            transaction.set_rollback(True)
    assert answers[0] == answers[1]


@law
def test_a_payment_taken_back_the_same_day_leaves_the_figures_as_they_were_without_it(acts):
    money = (
        "received",
        "kept",
        "kept_minor",
        "part",
        "part_minor",
        "broken",
        "broken_minor",
        "pending",
        "due",
        "promised",
    )
    answers = []
    for with_payments in (True, False):
        with transaction.atomic():
            small = Small()
            paid = small.do([act for act in acts if with_payments or act[2] != "pay"])
            for payment in paid:
                people.make_reversal(payment, ON)
            figures = as_json(small.told().total)
            answers.append({code: figures[code] for code in money})
            transaction.set_rollback(True)
    assert answers[0] == answers[1]
