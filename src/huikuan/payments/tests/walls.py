"""What addresses of this room name: a file with a row that waits, a payment, a correction."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.utils import timezone
from tests import people
from tests.book import Book

from huikuan.approvals.ask import ask
from huikuan.casebook import sealed, vault
from huikuan.casebook.models import (
    Approval,
    Charge,
    Correction,
    Item,
    Payment,
    PaymentFile,
    PaymentRow,
)

FILE = "SECRET-FILE.csv"
LINES = "流水号,案件号,还款金额,还款日期\n1,,0.01,2026-11-23\n"
ROW = '{"case": "", "account": "", "item": "", "debtor": "", "name": "", "currency": ""}'


def words(book: Book) -> dict[str, object]:
    if not PaymentFile.objects.filter(organisation=book.house).exists():
        _receive(book)
        _correct(book)
        _ask_for_reversal(book)

    row = PaymentRow.objects.get(file__organisation=book.house)
    request = Approval.objects.get(case=book.case, kind=Approval.Kind.REVERSAL)
    return {
        "file": row.file_id,
        "row": row.pk,
        "payment": Payment.objects.get(case=book.case).pk,
        "correction": Correction.objects.get(case=book.case).pk,
        "approval": request.pk,
    }


def _receive(book: Book) -> None:
    """A file whose one row waits for somebody to look."""
    case = book.case
    file = PaymentFile.objects.create(
        organisation=book.house,
        creditor=case.creditor,
        act=case.act,
        name=FILE,
        file_hash="1",
        received_at=timezone.now(),
    )
    with tempfile.NamedTemporaryFile() as came:
        came.write(LINES.encode())
        came.flush()
        vault.keep(Path(came.name), case.creditor.pk, file.file_hash)

    PaymentRow.objects.create(
        file=file,
        row=2,
        state="doubtful",
        line_sealed=sealed.seal(ROW),
        amount_minor=1,
        paid_on=book.today,
        case=case,
    )


def _correct(book: Book) -> None:
    """A credit note, as the decision about it would have written it."""
    first = Charge.objects.filter(case=book.case).order_by("pk")[0]
    item = Item.objects.get(pk=first.item_id)

    Correction.objects.create(
        organisation=book.house,
        creditor=book.case.creditor,
        act=book.case.act,
        valid_on=book.today,
        recorded_at=timezone.now(),
        case=book.case,
        charge=people.make_charge(item, "principal", -1, on=book.today),
        kind="credit_note",
        reference="RED-1",
        reason=book.case.person.name,
    )


def _ask_for_reversal(book: Book) -> None:
    payment = Payment.objects.get(case=book.case)
    subject = {"payment": payment.pk, "reference": payment.reference, "on": str(book.today)}

    ask(
        "reversal",
        act=book.case.act,
        case=book.case,
        subject=subject,
        reason=book.case.person.name,
        at=timezone.now(),
        amount_minor=1,
    )
