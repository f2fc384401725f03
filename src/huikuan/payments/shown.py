"""What the payment screens show: rows with reason and remedy, sums by state, the money of one case."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from huikuan.casebook.models import (
    Allocation,
    Approval,
    Case,
    Correction,
    Payment,
    PaymentFile,
    PaymentRow,
)
from huikuan.engine.ledger import GROUPS, group_of
from huikuan.lib import masks
from huikuan.lib.names import mask_name
from huikuan.lib.problems import Problem
from huikuan.payments import rows
from huikuan.payments.sources import source_name

State = PaymentRow.State
#: States in the order in which they are shown.
ORDER = (
    State.MATCHED, State.POSTED, State.REPEATED, State.DOUBTFUL, State.UNMATCHED, State.REFUSED, State.ASKED, State.DROPPED,
)  # fmt: skip
TONES = {
    State.MATCHED: "info", State.POSTED: "good", State.REPEATED: "neutral", State.DOUBTFUL: "warn",
    State.UNMATCHED: "warn", State.REFUSED: "bad", State.ASKED: "accent", State.DROPPED: "neutral",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a file in one state and their sums by currency."""

    state: str
    label: str
    tone: str
    count: int
    amounts: tuple[tuple[int, str], ...]


def tallies(file: PaymentFile) -> list[Tally]:
    """The states that the file's rows have, in order."""
    found = []
    for state in ORDER:
        if kept := file.counts.get(state):
            amounts = tuple((minor, currency) for currency, minor in kept["minor"].items())
            found.append(Tally(str(state), str(state.label), TONES[state], kept["rows"], amounts))
    return found


def total(file: PaymentFile) -> int:
    """Rows of the file."""
    return sum(kept["rows"] for kept in file.counts.values())


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a file for the screen: names and accounts masked."""

    row: PaymentRow
    payer: str
    account: str
    given: str
    tone: str
    why: tuple[Problem, ...]

    @property
    def currency(self) -> str:
        return self.row.currency or "CNY"


def shown(row: PaymentRow) -> ShownRow:
    """The row unsealed as far as a screen may show it."""
    payer = account = given = ""
    if row.amount_minor is not None:
        line = rows.line_of(row)
        payer = mask_name(line.name) if line.name else ""
        account = masks.tail(line.account) if line.account else ""
        given = line.case or line.item or line.debtor
    return ShownRow(
        row, payer, account, given, TONES[State(row.state)], tuple(rows.problems_of(row))
    )


def shown_rows(found: Iterable[PaymentRow]) -> list[ShownRow]:
    """`shown` of each."""
    return [shown(row) for row in found]


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """A payment of a case: what it paid by group and by item, what is left of it, whether it was taken back."""

    payment: Payment
    source: str
    by_group: tuple[int, ...]
    items: tuple[tuple[str, int], ...]
    rest_minor: int
    reversed_on: dt.date | None
    reversal_reason: str
    asked: bool


def payments_of(case: Case) -> list[ShownPayment]:
    """The case's payments, the last one first. Three queries, however many payments."""
    payments = (
        Payment.objects.filter(case=case)
        .select_related("reversal", "act__actor")
        .order_by("-valid_on", "-pk")
    )
    groups: dict[int, Counter[str]] = {}
    items: dict[int, Counter[str]] = {}
    parts = Allocation.objects.filter(payment__case=case)
    for key, kind, item, minor in parts.values_list(
        "payment_id", "charge__kind", "item__number", "amount_minor"
    ):
        groups.setdefault(key, Counter())[group_of(kind)] += minor
        items.setdefault(key, Counter())[item] += minor
    asked = {
        approval.subject.get("payment")
        for approval in waiting_of(case)
        if approval.kind == Approval.Kind.REVERSAL
    }
    return [
        _payment(one, groups.get(one.pk, Counter()), items.get(one.pk, Counter()), asked)
        for one in payments
    ]


def _payment(
    one: Payment, groups: Counter[str], items: Counter[str], asked: set[Any]
) -> ShownPayment:
    reversal = getattr(one, "reversal", None)
    return ShownPayment(
        one,
        source_name(one.source),
        tuple(groups[group] for group in GROUPS),
        tuple(sorted(items.items())),
        one.amount_minor - groups.total(),
        reversal.valid_on if reversal else None,
        reversal.reason if reversal else "",
        one.pk in asked,
    )


def corrections_of(case: Case) -> list[Correction]:
    """The corrections of what is owed, the last one first, each with its charge, item and actor."""
    related = ("charge__item", "act__actor", "taken_back_by", "takes_back")
    found = Correction.objects.filter(case=case).select_related(*related)
    return list(found.order_by("-valid_on", "-pk"))


def waiting_of(case: Case) -> list[Approval]:
    """Payments, reversals and corrections of this case that wait for a second person."""
    kinds = (Approval.Kind.PAYMENT, Approval.Kind.REVERSAL, Approval.Kind.CORRECTION)
    found = Approval.objects.filter(case=case, status=Approval.Status.WAITING, kind__in=kinds)
    return list(found.select_related("act__actor").order_by("asked_at"))
