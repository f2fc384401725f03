"""Payments that wait for a person, whoever met them: a payment file, or a list of the creditor.

The rows are those of the payments room; this is how a room that may not import it adds some.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.casebook import sealed
from huikuan.casebook.known_payments import KnownPayment
from huikuan.casebook.models import Act, PaymentFile, PaymentRow, Placement

#: What a row says of people and accounts; sealed.
SEALED = ("case", "account", "item", "debtor", "name", "currency")


@dataclass(frozen=True, slots=True)
class WaitingPayment:
    """A payment of a list that is probably one of the book, with what the row says of it."""

    row: int
    case_id: int
    case_number: str
    item_number: str
    reference: str
    amount_minor: int
    currency: str
    paid_on: dt.date
    probably: tuple[KnownPayment, ...]


def line_text(fields: Mapping[str, str]) -> str:
    """The part of a row that names people and accounts, as the text that is sealed."""
    return json.dumps({name: fields.get(name, "") for name in SEALED}, ensure_ascii=False)


def seen_before(creditor_id: int, references: Collection[str]) -> set[str]:
    """Those of the references that have waited, wait now, or were set aside: nobody asks twice."""
    rows = PaymentRow.objects.filter(file__creditor_id=creditor_id, reference__in=list(references))
    return set(rows.values_list("reference", flat=True))


def wait(placement: Placement, payments: Sequence[WaitingPayment], *, act: Act) -> None:
    """Adds the payments of a list to the queue, as a file that bears the name of the batch."""
    if not payments:
        return

    file = PaymentFile.objects.create(
        organisation_id=placement.organisation_id,
        creditor_id=placement.creditor_id,
        act=act,
        name=placement.number,
        file_hash=_hash_of(placement.pk),
        received_at=act.at,
        status=PaymentFile.Status.POSTED,
        posted=act,
        counts=_counts(payments),
    )
    PaymentRow.objects.bulk_create(
        _row(file, number, payment) for number, payment in _numbered(payments)
    )


def is_of_list(file: PaymentFile) -> bool:
    """Whether its rows came with a list of the creditor."""
    placements = Placement.objects.filter(creditor_id=file.creditor_id, number=file.name)
    hashes = {_hash_of(key) for key in placements.values_list("pk", flat=True)}
    return file.file_hash in hashes


def _hash_of(placement_id: int) -> str:
    """Stands for the bytes of a file, where there is none."""
    return hashlib.sha256(f"payments of placement {placement_id}".encode()).hexdigest()


def _numbered(payments: Sequence[WaitingPayment]) -> list[tuple[int, WaitingPayment]]:
    """Each with its row of the list; a second payment of a row gets a number after the last."""
    used: set[int] = set()
    numbered = []
    free = max(payment.row for payment in payments) + 1

    for payment in payments:
        number = payment.row
        if number in used:
            number = free
            free += 1
        used.add(number)
        numbered.append((number, payment))
    return numbered


def _row(file: PaymentFile, number: int, payment: WaitingPayment) -> PaymentRow:
    """A doubtful row, with the reason that the matching of payment files gives too."""
    fields = {
        "case": payment.case_number,
        "item": payment.item_number,
        "currency": payment.currency,
    }
    why = {
        "code": "match.twin",
        "column": None,
        "params": {
            "cases": payment.case_number,
            "reference": ", ".join(one.reference for one in payment.probably),
            "place": ", ".join(one.place for one in payment.probably),
        },
    }

    return PaymentRow(
        file=file,
        row=number,
        state=PaymentRow.State.DOUBTFUL,
        line_sealed=sealed.seal(line_text(fields)),
        reference=payment.reference[:120],
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        paid_on=payment.paid_on,
        case_id=payment.case_id,
        candidates=[payment.case_id],
        why=[why],
    )


def _counts(payments: Sequence[WaitingPayment]) -> dict[str, Any]:
    minor: dict[str, int] = {}
    for payment in payments:
        minor[payment.currency] = minor.get(payment.currency, 0) + payment.amount_minor
    return {str(PaymentRow.State.DOUBTFUL): {"rows": len(payments), "minor": minor}}
