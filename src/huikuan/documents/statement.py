"""The statement of account 对账单 of a customer and month, from the ledger.

Every figure comes from charges, payments and reversals by their own day (`valid_on`); what is
open of each item at the end is the item's fact of that day. What was paid and not yet set
against an item is said in a line of its own, so that open items and closing balance agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from huikuan.casebook import fold
from huikuan.casebook.models import Case, Charge, Item, Payment, Person, Reversal
from huikuan.casebook.payment_words import reference_for_customer
from huikuan.engine.subjects import ITEM

CHARGE = "charge"
CREDIT_NOTE = "credit_note"
PAYMENT = "payment"
REVERSAL = "reversal"
#: Of one day the charges come first, as they do in a ledger.
ORDER = (CHARGE, CREDIT_NOTE, PAYMENT, REVERSAL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the account. A positive amount is owed, a negative one is paid or credited."""

    on: dt.date
    kind: str
    amount_minor: int
    text: str
    number: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is still open of an item at the end of the month."""

    number: str
    due_on: dt.date
    amount_minor: int
    open_minor: int


@dataclass(frozen=True, slots=True)
class Account:
    """The month in one currency."""

    currency: str
    opening_minor: int
    entries: tuple[Entry, ...]
    open_items: tuple[OpenItem, ...]

    @property
    def closing_minor(self) -> int:
        """What is owed at the end of the month."""
        return self.opening_minor + sum(entry.amount_minor for entry in self.entries)

    @property
    def not_set_minor(self) -> int:
        """What was paid and not yet set against an item."""
        return sum(item.open_minor for item in self.open_items) - self.closing_minor

    def total_minor(self, kind: str) -> int:
        """The sum of the lines of one kind."""
        return sum(entry.amount_minor for entry in self.entries if entry.kind == kind)


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's account of one month, by currency."""

    person: Person
    first_day: dt.date
    last_day: dt.date
    accounts: tuple[Account, ...]


@dataclass(slots=True)
class _Ledger:
    """Everything up to the last day, by currency, before the month is cut out."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)

    def add(self, currency: str, entry: Entry) -> None:
        self.entries.setdefault(currency, []).append(entry)


def statement_of(case: Case, month: dt.date, *, known_at: dt.datetime | None = None) -> Statement:
    """The statement of the month in which `month` lies; with `known_at` as it was known then.

    A case without a charge or payment so far has a statement without accounts.
    """
    first_day = month.replace(day=1)
    last_day = _last_day(first_day)
    cases = Case.objects.filter(pk=case.pk)
    ledger = _ledger(cases, last_day, known_at)
    open_items = _open_items(cases, last_day, known_at)

    accounts = []
    for currency in sorted(ledger.entries):
        entries = ledger.entries[currency]
        before = [entry.amount_minor for entry in entries if entry.on < first_day]
        within = [entry for entry in entries if entry.on >= first_day]
        account = Account(
            currency,
            sum(before),
            tuple(sorted(within, key=lambda entry: (entry.on, ORDER.index(entry.kind)))),
            tuple(open_items.get(currency, ())),
        )
        accounts.append(account)
    return Statement(case.person, first_day, last_day, tuple(accounts))


def _last_day(first_day: dt.date) -> dt.date:
    in_next_month = first_day + dt.timedelta(days=31)
    return in_next_month.replace(day=1) - dt.timedelta(days=1)


def _ledger(cases: QuerySet[Case], last_day: dt.date, known_at: dt.datetime | None) -> _Ledger:
    """Charges, payments and payments taken back, of all days until the last."""
    ledger = _Ledger()
    of_cases: dict[str, Any] = {"case__in": cases, "valid_on__lte": last_day}
    if known_at is not None:
        of_cases["recorded_at__lte"] = known_at

    charges = Charge.objects.filter(**of_cases).select_related("item").order_by("pk")
    for charge in charges:
        ledger.add(charge.currency, _entry_of_charge(charge))

    payments = Payment.objects.filter(**of_cases).order_by("pk")
    for payment in payments:
        number = reference_for_customer(payment.reference)
        entry = Entry(payment.valid_on, PAYMENT, -payment.amount_minor, "", number)
        ledger.add(payment.currency, entry)

    reversals = Reversal.objects.filter(**of_cases).select_related("payment").order_by("pk")
    for reversal in reversals:
        payment = reversal.payment
        number = reference_for_customer(payment.reference)
        entry = Entry(reversal.valid_on, REVERSAL, payment.amount_minor, reversal.reason, number)
        ledger.add(payment.currency, entry)
    return ledger


def _entry_of_charge(charge: Charge) -> Entry:
    """A charge, or where it is negative a credit note with its reason."""
    kind = CHARGE
    text = charge.kind
    if charge.amount_minor < 0:
        kind = CREDIT_NOTE
        text = charge.basis

    item = charge.item
    return Entry(charge.valid_on, kind, charge.amount_minor, text, item.number, item.due_on)


def _open_items(
    cases: QuerySet[Case], last_day: dt.date, known_at: dt.datetime | None
) -> dict[str, list[OpenItem]]:
    """Items with something open on the last day, by currency, the oldest first."""
    ids = list(cases.values_list("pk", flat=True))
    scope = fold.rows(ITEM, "i.case_id = ANY(%(ids)s)")
    wanted = f"SELECT item_id, amount_minor, open_minor FROM ({scope}) f WHERE open_minor <> 0"
    with connection.cursor() as cursor:
        cursor.execute(wanted, {"on": last_day, "known_at": known_at, "ids": ids})
        rows: Sequence[tuple[int, int, int]] = cursor.fetchall()

    items = Item.objects.select_related("account").in_bulk([row[0] for row in rows])
    open_items: dict[str, list[OpenItem]] = {}
    for item_id, amount_minor, open_minor in rows:
        item = items[item_id]
        open_item = OpenItem(item.number, item.due_on, amount_minor, open_minor)
        open_items.setdefault(item.account.currency, []).append(open_item)

    for of_currency in open_items.values():
        of_currency.sort(key=lambda item: (item.due_on, item.number))
    return open_items
