"""Money in the book: posted once, taken back whole, the same by one and by the thousand."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import people
from tests.laws import examples

from huikuan.casebook import facts
from huikuan.casebook.models import Allocation, Case, CaseSummary, Payment
from huikuan.ops.made_once import made_once
from huikuan.payments.post import PaymentEntry, Posted, post, post_all
from huikuan.payments.reverse import reverse
from huikuan.people.models import User

pytestmark = pytest.mark.django_db
TODAY = people.PLACED_ON + dt.timedelta(days=20)
NOW = people.moment(TODAY, 15)
DAY = dt.timedelta(days=1)
DUE = people.PLACED_ON - 30 * DAY


def entry(case: Case, amount: int, reference: str, **more: Any) -> PaymentEntry:
    columns = {"currency": "CNY", "paid_on": TODAY} | more
    return PaymentEntry(case_id=case.pk, amount_minor=amount, reference=reference, **columns)


@made_once
def finance() -> User:
    return people.make_user("finance")


@made_once
def case() -> Case:
    case = people.make_case()
    people.make_item(case, DUE, 100_00, interest=10_00, cost=5_00)
    people.make_item(case, DUE + DAY, 200_00)
    facts.refresh([case.pk])
    return case


def balance(case: Case) -> int:
    return CaseSummary.objects.get(case=case).balance_minor


def codes(posted: Posted) -> list[str]:
    return [one.code for one in posted.problems]


def by_kind(case: Case) -> dict[str, int]:
    rows = Allocation.objects.filter(case=case, payment__reversal__isnull=True).values(
        "charge__kind"
    )
    return {row["charge__kind"]: row["sum"] for row in rows.annotate(sum=Sum("amount_minor"))}


def test_a_payment_is_set_against_costs_interest_principal(finance: User, case: Case) -> None:
    posted = post(entry(case, 50_00, "R1"), actor=finance, at=NOW)
    assert (posted.posted, posted.allocated_minor, posted.rest_minor) == (True, 50_00, 0)
    assert by_kind(case) == {"cost": 5_00, "interest": 10_00, "principal": 35_00}
    assert balance(case) == 265_00
    payment = Payment.objects.get(pk=posted.payment_id)
    assert (payment.valid_on, payment.recorded_at, payment.act.actor) == (TODAY, NOW, finance)
    assert facts.differences() == []


def test_the_same_again_changes_nothing_and_says_so(finance: User, case: Case) -> None:
    post(entry(case, 50_00, "R1"), actor=finance, at=NOW)
    again = post(entry(case, 50_00, "R1"), actor=finance, at=NOW)
    assert (again.posted, again.repeated, codes(again)) == (False, True, ["payment.again"])
    assert balance(case) == 265_00
    other = post(entry(case, 60_00, "R1"), actor=finance, at=NOW)
    assert (other.payment_id, codes(other)) == (None, ["payment.reference_used"])
    assert "¥50.00" in other.problems[0].text()
    assert Payment.objects.filter(case=case).count() == 1


def test_the_reference_is_the_creditors_own(finance: User, case: Case) -> None:
    elsewhere = people.make_case(creditor=people.make_creditor("fund"), items=[(DUE, 10_00)])
    facts.refresh([elsewhere.pk])
    answers = post_all(
        [entry(case, 1_00, "R1"), entry(elsewhere, 1_00, "R1")], actor=finance, at=NOW
    )
    assert all(answer.posted for answer in answers)


def test_too_much_stays_with_the_payment_until_something_is_owed(finance: User, case: Case) -> None:
    posted = post(entry(case, 400_00, "R1"), actor=finance, at=NOW)
    assert (posted.allocated_minor, posted.rest_minor) == (315_00, 85_00)
    assert balance(case) == 0
    people.make_item(case, TODAY, 50_00, on=TODAY)
    later = post(entry(case, 1_00, "R2"), actor=finance, at=NOW)
    assert later.rest_minor == 1_00
    assert balance(case) == 0
    assert (
        Allocation.objects.filter(payment_id=posted.payment_id).aggregate(s=Sum("amount_minor"))[
            "s"
        ]
        == 365_00
    )


def test_what_the_debtor_chose(finance: User, case: Case) -> None:
    second = case.items.order_by("pk").last()
    assert second is not None
    post(entry(case, 50_00, "R1", chosen=(second.pk,)), actor=finance, at=NOW)
    assert set(Allocation.objects.filter(case=case).values_list("item_id", flat=True)) == {
        second.pk
    }
    foreign = people.make_item(people.make_case(), DUE, 1_00)
    assert codes(post(entry(case, 1_00, "R2", chosen=(foreign.pk,)), actor=finance, at=NOW)) == [
        "payment.item"
    ]


def test_what_cannot_be_posted_is_said(finance: User, case: Case) -> None:
    def said(actor: User = finance, **more: Any) -> list[str]:
        return codes(
            post(entry(case, **{"amount": 1_00, "reference": "R1"} | more), actor=actor, at=NOW)
        )

    assert said(currency="USD") == ["payment.currency"]
    assert said(amount=0, reference=" ", paid_on=TODAY + DAY) == [
        "payment.amount", "payment.future", "payment.reference_missing",
    ]  # fmt: skip
    assert said(reference="R" * 121) == ["payment.reference_long"]
    assert said(people.make_user()) == ["payment.role"]
    assert said(people.make_user("finance", people.make_house("other"))) == ["payment.case"]
    assert not Payment.objects.exists()


def test_a_promise_is_kept_by_a_payment_and_broken_by_its_reversal(
    finance: User, case: Case
) -> None:
    people.make_promise(case, TODAY - 3 * DAY, [(TODAY, 50_00)])
    posted = post(entry(case, 50_00, "R1", paid_on=TODAY - DAY), actor=finance, at=NOW)
    summary = CaseSummary.objects.get(case=case)
    assert (summary.promise_paid_minor, summary.promise_needed_minor) == (50_00, 50_00)
    assert posted.payment_id is not None
    back = reverse(posted.payment_id, on=TODAY, reason="扣款失败退回", actor=finance, at=NOW)
    assert back.reversal is not None
    summary.refresh_from_db()
    assert (summary.promise_paid_minor, summary.balance_minor, summary.paid_on) == (0, 315_00, None)
    assert facts.differences() == []
    again = reverse(posted.payment_id, on=TODAY, reason="再次", actor=finance, at=NOW)
    assert (again.repeated, [one.code for one in again.problems]) == (True, ["reversal.again"])
    assert codes(post(entry(case, 50_00, "R1", paid_on=TODAY - DAY), actor=finance, at=NOW)) == [
        "payment.again_reversed"
    ]


def test_a_reversal_frees_room_for_money_that_had_none(finance: User, case: Case) -> None:
    first = post(entry(case, 315_00, "R1", paid_on=TODAY - 5 * DAY), actor=finance, at=NOW)
    second = post(entry(case, 20_00, "R2", paid_on=TODAY - 4 * DAY), actor=finance, at=NOW)
    assert second.rest_minor == 20_00
    assert first.payment_id is not None
    reverse(first.payment_id, on=TODAY, reason="退票", actor=finance, at=NOW)
    assert balance(case) == 295_00
    assert set(
        Allocation.objects.filter(payment_id=second.payment_id).values_list("valid_on", flat=True)
    ) == {TODAY}


def test_a_reversal_needs_a_day_a_reason_and_the_right(finance: User, case: Case) -> None:
    key = post(entry(case, 1_00, "R1"), actor=finance, at=NOW).payment_id
    assert key is not None

    def said(**more: Any) -> list[str]:
        wanted = {"on": TODAY, "reason": "退票", "actor": finance, "at": NOW} | more
        return [one.code for one in reverse(key, **wanted).problems]

    assert said(on=TODAY - DAY, reason="") == ["reversal.day", "reversal.reason"]
    assert said(on=TODAY + DAY) == ["reversal.day"]
    assert said(actor=people.make_user()) == ["payment.role"]
    assert said(actor=people.make_user("finance", people.make_house("other"))) == [
        "reversal.unknown"
    ]


REAL = settings(
    max_examples=examples(6, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 120), st.integers(0, 15)), min_size=1, max_size=10
)


@REAL
@given(LINES, st.randoms())
def test_one_by_one_and_all_at_once_give_the_same_book(
    lines: list[tuple[int, int, int]], random: Any
) -> None:
    """And so does any order of the lines; every fen is either set against a charge or a rest."""
    books = []
    with transaction.atomic():
        for way in ("one", "all", "shuffled"):
            cases = [people.make_case(creditor=people.make_creditor(way)) for _ in range(3)]
            for n, case in enumerate(cases):
                people.make_item(case, DUE, 50, interest=5 * n, cost=3)
                people.make_item(case, DUE + DAY, 70 * n, penalty=4)
            facts.refresh([case.pk for case in cases])
            entries = [
                entry(cases[which], amount, f"R{n}", paid_on=TODAY - number * DAY)
                for n, (which, amount, number) in enumerate(lines)
            ]
            user = people.make_user("finance")
            if way == "one":
                for one in sorted(entries, key=lambda one: (one.paid_on, one.reference)):
                    post(one, actor=user, at=NOW)
            else:
                if way == "shuffled":
                    random.shuffle(entries)
                posted = post_all(entries, actor=user, at=NOW)
                assert all(one.posted for one in posted)
                money = sum(one.allocated_minor + one.rest_minor for one in posted)
                assert money == sum(amount for _, amount, _ in lines)
            books.append(_book(cases))
        assert books[0] == books[1] == books[2]
        assert facts.differences() == []
        transaction.set_rollback(True)


def _book(cases: list[Case]) -> list[Any]:
    """Allocations and balances, told without the database's own numbers."""
    rows: list[Any] = []
    for case in cases:
        allocations = Allocation.objects.filter(case=case)
        charges = list(case.items.order_by("charges").values_list("charges", flat=True))
        told = allocations.values_list(
            "payment__reference", "charge_id", "amount_minor", "valid_on"
        )
        rows.append(
            sorted((ref, charges.index(charge), amount, day) for ref, charge, amount, day in told)
        )
        rows.append(balance(case))
    return rows


@pytest.mark.django_db(transaction=True)
def test_two_files_at_the_same_moment_post_each_payment_once(finance: User) -> None:
    cases = [people.make_case(items=[(DUE, 100_00)]) for _ in range(6)]
    facts.refresh([case.pk for case in cases])
    entries = [entry(case, 10_00, f"R{n}-{case.pk}") for case in cases for n in range(5)]
    answers: list[list[Posted]] = []

    def work(lines: list[PaymentEntry]) -> None:
        try:
            answers.append(post_all(lines, actor=finance, at=NOW))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(lines,))
        for lines in (entries, entries[::-1], entries[7:])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 3
    assert sum(one.posted for lines in answers for one in lines) == 30
    assert [balance(case) for case in cases] == [50_00] * 6
