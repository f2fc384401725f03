"""A payment reference that we made of a list is read in words; one that was given stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from huikuan.casebook import facts
from huikuan.casebook.models import Payment
from huikuan.casebook.payment_words import reference_words
from huikuan.intake.list_payments import reference
from huikuan.payments.ask import ask_payment
from huikuan.payments.post import PaymentEntry
from huikuan.payments.receive import receive
from huikuan.payments.sources import source_name
from tests import people


@pytest.mark.parametrize("item", ["FP003701", "2026:11"])
def test_the_reference_of_a_list_is_its_item_and_its_day(item: str) -> None:
    row = {"account_key": ["2b99396f9a501a51"], "item": [item], "pay_0_on": ["2026-11-13"]}
    (made,) = pl.DataFrame(row).select(reference(0).alias("made"))["made"]
    assert reference_words(made) == f"委托方名单：账款 {item}，2026-11-13"


@pytest.mark.parametrize("given", ["PY2026111300231", "DEMO-1-2026-11-20", "placement:", ""])
def test_a_reference_that_was_given_stands_as_it_is(given: str) -> None:
    assert reference_words(given) == given


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["placement:ACC-9:FP1:2026-11-20:1", " Placement:A:B:C:1"])
def test_a_reference_like_ours_is_taken_from_no_hand_and_no_file(
    written: str, tmp_path: Path
) -> None:
    """It would show itself as the creditor's list, and hide the payment that the list brings."""
    case = people.make_case(number="C-1", items=[(people.PLACED_ON, 500_00)])
    facts.refresh([case.pk])
    on = people.PLACED_ON + dt.timedelta(days=5)
    now = people.moment(on, 15)
    finance = people.make_user("finance")
    entry = PaymentEntry(
        case_id=case.pk, amount_minor=100_00, currency="CNY", paid_on=on, reference=written
    )
    asked = ask_payment(entry, actor=finance, at=now)
    assert [each.code for each in asked.problems] == ["payment.reference_ours"]

    file = tmp_path / "payments.csv"
    head = "流水号,案件编号,卡号,客户编号,姓名,还款金额,还款日期"
    file.write_text(f"{head}\n{written},C-1,,,,100.00,{on}", encoding="utf-8-sig")
    report = receive(file, creditor=case.creditor, actor=finance, at=now)
    (row,) = report.outcomes
    assert [why.code for why in row.why] == ["payment.reference_ours"]
    assert not Payment.objects.exists()


def test_what_came_with_the_list_of_the_creditor_says_so() -> None:
    assert source_name("creditor") == "委托方名单"
