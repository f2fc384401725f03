"""What must hold for every file: no row and no cent is lost, and the order of the rows decides nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Allocation,
    Case,
    Charge,
    Hold,
    Item,
    ItemSummary,
    Payment,
    Person,
)
from huikuan.intake import load, mapping
from huikuan.intake.tests.conftest import AT
from huikuan.people.models import Creditor

pytestmark = pytest.mark.long

HEADER = [
    "countryCode",
    "customerID",
    "PaperlessDate",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "Disputed",
    "SettledDate",
    "PaperlessBill",
    "DaysToSettle",
    "DaysLate",
]
days = st.dates(dt.date(2012, 1, 1), dt.date(2013, 12, 31))


def american(day: dt.date | None) -> str:
    return f"{day.month}/{day.day}/{day.year}" if day else ""


@st.composite
def rows(draw: Any) -> list[str]:
    """An invoice, right or wrong in one of the ways of the field."""
    start = draw(days)
    settled = draw(st.none() | st.integers(0, 90).map(lambda n: start + dt.timedelta(n)))
    cents = draw(st.integers(1, 10**9))
    amount = draw(
        st.sampled_from(
            [f"{cents // 100}.{cents % 100:02}"] * 6 + ["", "-5.00", "0", "12.345", "abc"]
        )
    )
    due = draw(
        st.sampled_from([american(start + dt.timedelta(30))] * 6 + ["2/30/2013", "13/13/2013", ""])
    )
    customer = draw(st.sampled_from(["A1", "A2", "B,1", "中 3", "#LOST:1e20", ""]))
    disputed = draw(st.sampled_from(["Yes", "No", "No", "maybe"]))
    invoice = str(draw(st.integers(1, 30)))
    return [
        "391",
        customer,
        "1/1/2012",
        invoice,
        american(start),
        due,
        amount,
        disputed,
        american(settled),
        "Paper",
        "",
        "",
    ]


def write(path: Path, lines: list[list[str]]) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *lines])
    path.write_text(text.getvalue(), "utf-8")
    return path


def book(creditor: Creditor) -> list[Any]:
    """The creditor's book without ids."""
    mine = {"creditor": creditor}
    items = Item.objects.filter(**mine).order_by("account__number_shown", "number")
    return [
        sorted(Person.objects.filter(**mine).values_list("number", "details__countryCode")),
        sorted(Case.objects.filter(**mine).values_list("number", "person__number", "placed_on")),
        list(
            items.values_list(
                "account__number_shown",
                "number",
                "due_on",
                "valid_on",
                "summary__open_minor",
                "summary__disputed",
            )
        ),
        sorted(
            Payment.objects.filter(**mine).values_list(
                "case__person__number", "valid_on", "amount_minor"
            )
        ),
        sorted(Hold.objects.filter(**mine).values_list("item__number", "valid_on")),
    ]


@settings(
    max_examples=examples(15, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=st.lists(rows(), min_size=1, max_size=25), seed=st.randoms(use_true_random=False))
def test_rows_and_money_are_conserved_and_order_decides_nothing(
    tmp_path: Path, admin, house, lines, seed
):
    wanted = mapping.load("ibm_ar")
    books = []
    for turn in range(2):
        with transaction.atomic():
            creditor = Creditor.objects.create(
                organisation=house, code="ibm", name="IBM", kind="supplier"
            )
            result, checked = load.import_file(
                write(tmp_path / "file.csv", lines), creditor, wanted, admin, at=AT
            )
            assert (
                checked is not None
                and result.received == len(lines) == result.accepted + result.reported
            )
            conserved(creditor, checked)
            books.append((result.accepted, book(creditor)))
            assert facts.differences() == []
            transaction.set_rollback(True)
        if turn == 0:
            seed.shuffle(lines)
    assert books[0] == books[1]


def conserved(creditor: Creditor, checked: Any) -> None:
    """Every cent of the accepted rows is a charge; nothing is paid beyond it; each summary adds up."""
    charged = sum(Charge.objects.filter(creditor=creditor).values_list("amount_minor", flat=True))
    assert charged == (checked.frame["total"].sum() if checked.accepted else 0)
    paid = sum(Payment.objects.filter(creditor=creditor).values_list("amount_minor", flat=True))
    assert paid == sum(
        Allocation.objects.filter(creditor=creditor).values_list("amount_minor", flat=True)
    )
    rest = ItemSummary.objects.filter(item__creditor=creditor).values_list("open_minor", flat=True)
    assert sum(rest) == charged - paid and all(minor >= 0 for minor in rest)
