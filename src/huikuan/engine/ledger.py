"""What a payment is set against, and what of that stands on which day. Pure; minor units.

One rule for every door: a file, a payment by hand, a list of the creditor, the forecast.

1. What the payer named when paying comes first, in the order named (Civil Code art. 560).
2. Else costs of collecting and fees, then interest and penalties, then principal (art. 561).
3. Within such a group the earliest due comes first; of one due day costs come before fees and
   interest before penalties.

The ledger of a case is what would stand if every fact had been entered on its own day. It depends
on the facts and their days only: whoever enters them in another order gets the same ledger.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Fact = TypeVar("Fact")
#: The groups of art. 561, in their order.
GROUPS = ("cost", "interest", "principal")
#: Kind of charge → its group, and its place among the kinds of the group that fall due on a day.
_PLACES = {
    "cost": ("cost", 0),
    "fee": ("cost", 1),
    "interest": ("interest", 0),
    "penalty": ("interest", 1),
    "principal": ("principal", 0),
}
KINDS = tuple(_PLACES)


def group_of(kind: str) -> str:
    """cost, interest or principal, for a charge's kind."""
    return _PLACES[kind][0]


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """A charge of an item. A negative amount lowers its kind in the item, and then the item.

    `item_key` tells the items of a case apart by what they are called, because their ids depend on
    the order in which they were entered.
    """

    id: int
    item_id: int
    kind: str
    due_on: dt.date
    valid_on: dt.date
    amount_minor: int
    item_key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """Money that arrived. `chosen`: the items that the payer named. `reversed_on`: taken back."""

    id: int
    reference: str
    paid_on: dt.date
    amount_minor: int
    chosen: tuple[int, ...] = ()
    reversed_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """From this day on so much of a payment is set against a charge; negative: so much less.

    The parts of a payment that is taken back end on that day by themselves.
    """

    payment_id: int
    charge_id: int
    item_id: int
    valid_on: dt.date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The parts of all payments of a case, and by payment what is in hand: set against nothing.

    A payment that was taken back has its parts until that day, and nothing in hand.
    """

    parts: tuple[Part, ...]
    in_hand: dict[int, int]


def replay(charges: Iterable[ChargeFact], payments: Iterable[PaymentFact]) -> Ledger:
    """The ledger of one case, day by day.

    On each day, in this order: charges arise; payments are taken back and what they had paid is
    owed again; where a credit note leaves less than was paid, the difference is in hand again;
    payments arrive; all money in hand is set against what is open, the earlier payment first.
    On no day is more paid of a charge, a kind or an item than was owed on it.
    """
    book = _Book()
    arising = _by_day((charge.valid_on, charge) for charge in charges)
    standing = [payment for payment in payments if not _never_stood(payment)]
    arriving = _by_day((payment.paid_on, payment) for payment in standing)
    going = _by_day((payment.reversed_on, payment) for payment in standing if payment.reversed_on)

    for day in sorted({*arising, *arriving, *going}):
        book.day = day
        for charge in arising.get(day, ()):
            book.charge(charge)
        for payment in going.get(day, ()):
            book.take_back(payment)
        book.release_excess()
        for payment in arriving.get(day, ()):
            book.receive(payment)
        book.spend()

    return book.ledger()


def _never_stood(payment: PaymentFact) -> bool:
    """Taken back on the day on which it came: it paid nothing on any day."""
    return payment.reversed_on is not None and payment.reversed_on <= payment.paid_on


def _by_day(dated: Iterable[tuple[dt.date, Fact]]) -> dict[dt.date, list[Fact]]:
    found: dict[dt.date, list[Fact]] = defaultdict(list)
    for day, fact in dated:
        found[day].append(fact)
    return found


@dataclass(slots=True)
class _Item:
    """What an item is made of up to the day: owed and paid in all and by kind."""

    owed: int = 0
    paid: int = 0
    owed_of: Counter[str] = field(default_factory=Counter)
    paid_of: Counter[str] = field(default_factory=Counter)
    #: (order of payment, charge) of its charges above nothing, in that order.
    charges: list[tuple[tuple[object, ...], ChargeFact]] = field(default_factory=list)


class _Book:
    """The state of the ledger while it goes from day to day."""

    def __init__(self) -> None:
        """Nothing is owed and nothing was paid."""
        self.day = dt.date.min

        self._items: dict[int, _Item] = defaultdict(_Item)
        #: (order of payment, charge) of all charges that are not paid in full, in that order.
        self._open: list[tuple[tuple[object, ...], ChargeFact]] = []
        self._paid: Counter[int] = Counter()
        #: charge → payment → what it pays of it now
        self._payers: dict[int, Counter[int]] = defaultdict(Counter)
        #: payment → the charges that it pays, or paid
        self._payees: dict[int, dict[int, ChargeFact]] = defaultdict(dict)
        self._payments: dict[int, PaymentFact] = {}
        self._rest: Counter[int] = Counter()
        self._lowered: set[int] = set()
        self._written: dict[tuple[int, int, dt.date], Part] = {}

    def charge(self, charge: ChargeFact) -> None:
        item = self._items[charge.item_id]
        item.owed += charge.amount_minor
        item.owed_of[charge.kind] += charge.amount_minor

        if charge.amount_minor > 0:
            insort(item.charges, (_order(charge), charge), key=_first)
            insort(self._open, (_order(charge), charge), key=_first)
        else:
            self._lowered.add(charge.item_id)

    def receive(self, payment: PaymentFact) -> None:
        self._payments[payment.id] = payment
        self._rest[payment.id] = payment.amount_minor

    def take_back(self, payment: PaymentFact) -> None:
        """Ends all that the payment pays; no parts are written, because its reversal says so."""
        for charge in self._payees.pop(payment.id, {}).values():
            self._change(charge, -self._payers[charge.id].pop(payment.id))
        del self._rest[payment.id]

    def release_excess(self) -> None:
        """After a credit note: what is paid beyond what is owed is money in hand again."""
        for item_id in sorted(self._lowered):
            item = self._items[item_id]
            for kind in KINDS:
                excess = item.paid_of[kind] - max(item.owed_of[kind], 0)
                self._release([one for _, one in item.charges if one.kind == kind], excess)
            excess = item.paid - max(item.owed, 0)
            self._release([one for _, one in item.charges], excess)
        self._lowered.clear()

    def _release(self, charges: Sequence[ChargeFact], excess: int) -> None:
        """Gives so much back, of the last charge in the order and the last payment first."""
        for charge in reversed(charges):
            for payment in sorted(self._payers[charge.id], key=self._age, reverse=True):
                if excess <= 0:
                    return
                amount = min(excess, self._payers[charge.id][payment])
                self._move(payment, charge, -amount)
                excess -= amount

    def spend(self) -> None:
        """Sets all money in hand against what is open."""
        in_hand = [payment for payment, rest in self._rest.items() if rest]
        if not in_hand or not self._open:
            return

        for payment in sorted(in_hand, key=self._age):
            for charge in self._in_order(self._payments[payment].chosen):
                amount = min(self._rest[payment], self._free(charge))
                if amount > 0:
                    self._move(payment, charge, amount)
                if not self._rest[payment]:
                    break

    def _in_order(self, chosen: tuple[int, ...]) -> Iterator[ChargeFact]:
        """The open charges: those of the items that the payer named, then all."""
        for item_id in chosen:
            if item_id in self._items:
                yield from [charge for _, charge in self._items[item_id].charges]

        place = 0
        while place < len(self._open):
            _, charge = self._open[place]
            yield charge
            # What was paid in full has left the list, and the next one has its place.
            if place < len(self._open) and self._open[place][1] is charge:
                place += 1

    def _age(self, payment: int) -> tuple[dt.date, str]:
        """Payments of one day are taken by reference, so that the order of entry is no matter."""
        fact = self._payments[payment]
        return fact.paid_on, fact.reference

    def _free(self, charge: ChargeFact) -> int:
        """What may be set against the charge: never more than its kind and its item owe."""
        item = self._items[charge.item_id]
        return min(
            charge.amount_minor - self._paid[charge.id],
            item.owed_of[charge.kind] - item.paid_of[charge.kind],
            item.owed - item.paid,
        )

    def _move(self, payment: int, charge: ChargeFact, amount: int) -> None:
        """Sets so much of the payment against the charge from this day on."""
        key = (payment, charge.id, self.day)
        before = self._written.get(key)
        written = amount + before.amount_minor if before else amount
        self._written[key] = Part(payment, charge.id, charge.item_id, self.day, written)

        self._rest[payment] -= amount
        self._payers[charge.id][payment] += amount
        self._payees[payment][charge.id] = charge
        self._change(charge, amount)

    def _change(self, charge: ChargeFact, amount: int) -> None:
        """So much more of the charge is paid, and it leaves or joins the open ones."""
        item = self._items[charge.item_id]
        was_open = self._paid[charge.id] < charge.amount_minor
        self._paid[charge.id] += amount
        item.paid += amount
        item.paid_of[charge.kind] += amount

        is_open = self._paid[charge.id] < charge.amount_minor
        if was_open and not is_open:
            del self._open[bisect_left(self._open, _order(charge), key=_first)]
        elif is_open and not was_open:
            insort(self._open, (_order(charge), charge), key=_first)

    def ledger(self) -> Ledger:
        parts = [part for part in self._written.values() if part.amount_minor]
        return Ledger(tuple(parts), {key: rest for key, rest in self._rest.items() if rest})


def _order(charge: ChargeFact) -> tuple[object, ...]:
    """The place of a charge in the order of payment. Only equal charges are told apart by id."""
    group, place = _PLACES[charge.kind]

    return (
        GROUPS.index(group),
        charge.due_on,
        place,
        charge.item_key,
        charge.item_id,
        charge.valid_on,
        charge.amount_minor,
        charge.id,
    )


def _first(ordered: tuple[tuple[object, ...], ChargeFact]) -> tuple[object, ...]:
    return ordered[0]
