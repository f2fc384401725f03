"""No fen is lost or made: payments are allocations and rests, on every day, after any order of acts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Q, Sum
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Allocation, Approval, Case, CaseSummary, Charge, Payment
from huikuan.payments import ask, decide
from huikuan.payments.post import PaymentEntry, post
from huikuan.payments.reverse import reverse
from huikuan.payments.shown import payments_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PLACED = people.PLACED_ON
DAYS = [PLACED + dt.timedelta(days=n) for n in range(6)]
NOW = people.moment(DAYS[-1], 15)

act = st.tuples(
    st.sampled_from(["post", "ask", "grant", "refuse", "reverse", "ask_reversal", "charge"]),
    st.integers(1, 150_00),
    st.sampled_from(DAYS),
    st.integers(0, 5),
)


def standing(on: dt.date) -> Q:
    return Q(valid_on__lte=on) & (Q(reversal__isnull=True) | Q(reversal__valid_on__gt=on))


def total(found: Any) -> int:
    return found.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def check(case: Case) -> None:
    for on in DAYS:
        paid = Payment.objects.filter(standing(on), case=case)
        of_paid = Allocation.objects.filter(payment__in=paid, valid_on__lte=on)
        assert (
            not of_paid.values("payment")
            .annotate(sum=Sum("amount_minor"))
            .filter(sum__gt=F("payment__amount_minor"))
        )
        owed = total(Charge.objects.filter(case=case, valid_on__lte=on))
        assert 0 <= total(of_paid) <= min(total(paid), owed)
    shown = [one for one in payments_of(case) if one.reversed_on is None]
    assert sum(sum(one.by_group) + one.rest_minor for one in shown) == total(
        Payment.objects.filter(standing(DAYS[-1]))
    )
    assert all(one.rest_minor >= 0 for one in shown)
    owed = total(Charge.objects.filter(case=case))
    assert CaseSummary.objects.get(case=case).balance_minor == owed - sum(
        sum(one.by_group) for one in shown
    )


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(act, min_size=3, max_size=10))
@example(
    acts=[
        ("post", 1, DAYS[0], 0),
        ("reverse", 1, DAYS[1], 0),
        ("charge", 1, DAYS[0], 0),
        ("post", 150_00, DAYS[0], 0),
    ]
)
def test_money_is_conserved_after_any_order_of_acts(
    acts: list[tuple[str, int, dt.date, int]],
) -> None:
    with transaction.atomic():
        finance, manager = people.make_user("finance"), people.make_user("manager")
        case = people.make_case(placed_on=PLACED)
        item = people.make_item(case, PLACED, 100_00, interest=10_00, cost=3_00)
        facts.refresh([case.pk])
        for nth, (what, amount, on, place) in enumerate(acts):
            entry = PaymentEntry(
                case_id=case.pk,
                amount_minor=amount,
                currency="CNY",
                paid_on=on,
                reference=f"P{place}-{nth // 3}",
            )
            payments = list(Payment.objects.filter(case=case).order_by("pk"))
            waiting = list(Approval.objects.filter(case=case, status="waiting").order_by("pk"))
            if what == "post":
                post(entry, actor=finance, at=NOW)
            elif what == "ask":
                ask.ask_payment(entry, actor=finance, at=NOW)
            elif what == "charge":
                people.make_charge(item, "interest", amount, on=on)
                facts.refresh([case.pk])
            elif what in ("grant", "refuse") and waiting:
                chosen = waiting[place % len(waiting)].pk
                decide.decide(chosen, grant=what == "grant", reason="x", actor=manager, at=NOW)
            elif what in ("reverse", "ask_reversal") and payments:
                chosen, day = (
                    payments[place % len(payments)].pk,
                    max(on, payments[place % len(payments)].valid_on),
                )
                verb: Any = reverse if what == "reverse" else ask.ask_reversal
                verb(chosen, on=day, reason="x", actor=finance, at=NOW)
            check(case)
        transaction.set_rollback(True)
