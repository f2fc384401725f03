"""The promise that the facts tell is the one that its plain reading tells, on every day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from huikuan.casebook import fold
from huikuan.casebook.models import Case, Promise
from huikuan.engine.subjects import CASE
from huikuan.promises.state import Instalment, Paid, standing
from tests import people
from tests.laws import examples

pytestmark = pytest.mark.django_db
DAY0 = people.PLACED_ON
REAL = settings(
    max_examples=examples(10, 150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
#: The derived fact as the vocabulary ships it; its language is a subset of Python.
PROMISE = compile(
    next(fact.expr for fact in CASE.facts() if fact.name == "promise"), "promise", "eval"
)

DAY = st.integers(0, 12)
PLANS = st.lists(
    st.tuples(
        DAY,
        st.lists(st.tuples(st.integers(0, 8), st.integers(5, 9)), min_size=1, max_size=3),
        DAY,
        DAY,
    ),
    max_size=4,
)
PAYMENTS = st.lists(st.tuples(DAY, st.integers(1, 15), st.none() | st.integers(0, 6)), max_size=5)


def day(number: int) -> dt.date:
    return DAY0 + dt.timedelta(days=number)


def told(row: dict[str, Any], on: dt.date) -> str:
    """The vocabulary's `promise`, worked out for one fact row."""
    names = {
        "promised": "promise_minor",
        "promise_paid": "promise_paid_minor",
        "promise_needed": "promise_needed_minor",
    }
    known = {name: row[column] for name, column in names.items()}
    return str(eval(PROMISE, {"known": lambda value: value is not None, "on": on, **row, **known}))


def asked(case: Case, on: dt.date) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            fold.rows(CASE, "c.id = %(case)s"), {"on": on, "known_at": None, "case": case.pk}
        )
        row = cursor.fetchone()
        return dict(zip([column.name for column in cursor.description], row, strict=True))


@REAL
@given(PLANS, PAYMENTS)
@example([(0, [(2, 9)], 1, 0)], [(4, 9, None)])  # paid one day after the grace
# A reversal breaks the second instalment.
@example([(0, [(2, 9), (5, 9)], 0, 0)], [(1, 9, 3), (2, 9, None)])
@example([(0, [(2, 9)], 0, 0), (0, [(3, 9)], 0, 0)], [])  # two plans on one day
@example([(0, [(2, 9)], 0, 2)], [(2, 7, None)])  # within tolerance
def test_promises_stand_as_they_are_read(plans: list[Any], payments: list[Any]) -> None:
    with transaction.atomic():
        case = people.make_case(items=[(DAY0, 1000)])
        for given_on, lines, grace, tolerance in plans:
            due = [(day(given_on + offset), amount) for offset, amount in lines]
            people.make_promise(
                case, day(given_on), due, grace_days=grace % 3, tolerance_minor=tolerance % 4
            )
        paid = []
        for paid_on, amount, later in payments:
            payment = people.make_payment(case, day(paid_on), amount)
            reversed_on = None if later is None else day(paid_on + later)
            if reversed_on:
                people.make_reversal(payment, reversed_on)
            paid.append(Paid(day(paid_on), amount, reversed_on))
        for number in range(26):
            row, plain = asked(case, day(number)), standing(_instalments(case), paid, day(number))
            said = (
                told(row, day(number)),
                row["promise_due_on"],
                row["broken_before"],
                row["promise_rest_minor"],
            )
            expected = (plain.state, plain.due_on, plain.broken_before, plain.rest_minor)
            assert said == expected, day(number)
        transaction.set_rollback(True)


def _instalments(case: Case) -> list[Instalment]:
    rows = Promise.objects.filter(case=case)
    return [
        Instalment(
            row.plan,
            row.pk,
            row.valid_on,
            row.due_on,
            row.amount_minor,
            row.grace_days,
            row.tolerance_minor,
        )
        for row in rows
    ]
