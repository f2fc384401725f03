"""The same payment twice: one rule for lists of the creditor, payment files and payments by hand.

A reference is the creditor's own and names one payment. Where it is known with another case, amount
or day, one of the two is wrong and nothing is posted; where all agree, the payment is recognised.

Two payments without a common reference are *probably one* when case, day and amount agree, unless
both name the items that they pay and have none in common. They wait for a person. Two rows of one
source are two payments: a bank does not give one transfer two numbers.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from huikuan.lib.money import format_minor

#: The place of a payment: the row of its file; else the batch of its list; else who entered it.
_COLUMNS = """
    SELECT p.id, p.creditor_id, p.case_id, c.number, p.reference, p.amount_minor, p.currency,
        p.valid_on, v.valid_on,
        coalesce(
            (SELECT f.name || ':' || r.row FROM casebook_paymentrow r
                JOIN casebook_paymentfile f ON f.id = r.file_id
                WHERE r.payment_id = p.id ORDER BY r.state <> 'posted', r.id LIMIT 1),
            CASE WHEN a.verb = 'intake.accept' THEN nullif(a.reason, '') END,
            nullif(u.display_name, ''), u.username),
        coalesce((SELECT array_agg(d.item_id) FROM casebook_designation d
            WHERE d.payment_id = p.id), '{}')
    FROM casebook_payment p
    JOIN casebook_case c ON c.id = p.case_id
    JOIN casebook_act a ON a.id = p.act_id
    JOIN people_user u ON u.id = a.actor_id
    LEFT JOIN casebook_reversal v ON v.payment_id = p.id
"""
_BY_REFERENCE = (
    _COLUMNS
    + """
    JOIN unnest(%s::bigint[], %s::text[]) AS w(creditor_id, reference)
        ON w.creditor_id = p.creditor_id AND w.reference = p.reference
"""
)
_BY_CASE_DAY_AMOUNT = (
    _COLUMNS
    + """
    JOIN (
        SELECT DISTINCT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[])
            AS x(case_id, valid_on, amount_minor)
    ) w ON w.case_id = p.case_id AND w.valid_on = p.valid_on AND w.amount_minor = p.amount_minor
    WHERE v.id IS NULL
    ORDER BY p.reference
"""
)


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment as the book has it, and where it came from."""

    id: int
    creditor_id: int
    case_id: int
    case_number: str
    reference: str
    amount_minor: int
    currency: str
    paid_on: dt.date
    reversed_on: dt.date | None
    place: str
    items: frozenset[int]

    @property
    def params(self) -> dict[str, Any]:
        """What a sentence about it says."""
        return {
            "reference": self.reference,
            "amount": format_minor(self.amount_minor, self.currency),
            "day": self.paid_on,
            "case": self.case_number,
            "place": self.place,
        }

    def is_same(self, case_id: int, amount_minor: int, paid_on: dt.date) -> bool:
        """Whether a payment with its reference is this one."""
        return (self.case_id, self.amount_minor, self.paid_on) == (case_id, amount_minor, paid_on)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment that is about to be posted, and the items that it names."""

    case_id: int
    paid_on: dt.date
    amount_minor: int
    reference: str
    items: Collection[int] = ()


def by_reference(references: Iterable[tuple[int, str]]) -> dict[tuple[int, str], KnownPayment]:
    """(creditor, reference) → the payment of the book, taken back or not."""
    wanted = sorted(set(references))
    if not wanted:
        return {}

    creditors = [creditor_id for creditor_id, _ in wanted]
    texts = [reference for _, reference in wanted]
    found = _query(_BY_REFERENCE, [creditors, texts])
    return {(one.creditor_id, one.reference): one for one in found}


def probably_same(candidates: Sequence[Candidate]) -> list[list[KnownPayment]]:
    """For each candidate the payments of the book, not taken back, that are probably the same."""
    if not candidates:
        return []

    columns: list[list[Any]] = [
        [one.case_id for one in candidates],
        [one.paid_on for one in candidates],
        [one.amount_minor for one in candidates],
    ]
    known: dict[tuple[int, dt.date, int], list[KnownPayment]] = defaultdict(list)
    for payment in _query(_BY_CASE_DAY_AMOUNT, columns):
        known[payment.case_id, payment.paid_on, payment.amount_minor].append(payment)

    found = []
    for one in candidates:
        alike = known.get((one.case_id, one.paid_on, one.amount_minor), [])
        if any(payment.reference == one.reference for payment in alike):
            alike = []
        found.append([payment for payment in alike if not _of_other_items(payment, one)])
    return found


def _of_other_items(payment: KnownPayment, candidate: Candidate) -> bool:
    named = set(candidate.items)
    return bool(named and payment.items) and payment.items.isdisjoint(named)


def _query(sql: str, parameters: list[list[Any]]) -> list[KnownPayment]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = [(*columns, frozenset(items)) for *columns, items in cursor.fetchall()]
    return [KnownPayment(*row) for row in rows]
