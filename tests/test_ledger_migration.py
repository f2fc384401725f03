"""An older book did not keep what the payers named: it is taken from its lists and requests."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.db import connection

from huikuan.casebook import facts
from huikuan.casebook.models import Approval, Designation, Payment
from huikuan.casebook.settle import unsettled
from huikuan.ops import doctor, ledger
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MIGRATION = importlib.import_module("huikuan.casebook.migrations.0014_designations")
DAY = people.PLACED_ON
NOW = people.moment(DAY + dt.timedelta(9), 15)


def test_the_items_of_lists_and_of_granted_requests_are_kept() -> None:
    case = people.make_case(items=[(DAY, 100_00), (DAY + dt.timedelta(1), 50_00)])
    first, second = case.items.order_by("due_on")
    listed = people.make_payment(case, DAY, 50_00, to=second.charges.get())
    Payment.objects.filter(pk=listed.pk).update(reference="placement:ab:I2:2026-09-01:0")
    by_hand = people.make_payment(case, DAY, 10_00)
    silent = people.make_payment(case, DAY, 10_00)

    for payment, chosen, status in (
        (by_hand, [second.pk, first.pk], "granted"),
        (silent, [second.pk], "waiting"),
    ):
        Approval.objects.create(
            organisation_id=case.organisation_id,
            creditor_id=case.creditor_id,
            act_id=case.act_id,
            case=case,
            kind="payment",
            subject={"reference": payment.reference, "chosen": chosen},
            asked_at=NOW,
            status=status,
        )

    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.LISTS)
        cursor.execute(MIGRATION.HAND)

    rows = Designation.objects.order_by("payment", "nth")
    assert list(rows.values_list("payment", "item", "nth")) == [
        (listed.pk, second.pk, 0),
        (by_hand.pk, second.pk, 0),
        (by_hand.pk, first.pk, 1),
    ]
    assert rows[0].recorded_at == listed.recorded_at


def test_the_doctor_names_cases_that_are_not_settled_and_settles_them() -> None:
    """Money that lay idle beside a debt in an older book, and money on the wrong charge."""
    idle = people.make_case(items=[(DAY, 100_00)])
    people.make_payment(idle, DAY + dt.timedelta(2), 40_00)
    wrong = people.make_case(items=[(DAY, 100_00), (DAY + dt.timedelta(1), 50_00)])
    later = wrong.items.order_by("-due_on")[0]
    people.make_payment(wrong, DAY + dt.timedelta(2), 50_00, to=later.charges.get())
    facts.refresh([idle.pk, wrong.pk])
    assert unsettled([idle.pk, wrong.pk]) == [idle.pk, wrong.pk]
    assert doctor.settled().verdict == "fail"

    ledger.settle_all()
    facts.refresh([idle.pk, wrong.pk])
    assert doctor.settled().verdict == "ok"
    summaries = wrong.items.order_by("due_on").values_list("summary__open_minor", flat=True)
    assert list(summaries) == [50_00, 50_00]
