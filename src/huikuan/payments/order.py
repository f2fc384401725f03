"""What a payment is set against, in the order of the law. Pure; amounts are minor units.

Civil Code art. 561: the costs of collecting first, then interest, then the principal debt. Art. 560: what the debtor
chose when paying comes first; else what fell due first. A waiver (a negative charge) lowers what is open of its kind,
then of its item.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Costs and fees, then interest and penalties, then principal.
RANK = {"cost": 0, "fee": 0, "interest": 1, "penalty": 1, "principal": 2}


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A charge with what was already set against it. `held`: until which day how much of it was paid by money that was taken
    back on that day."""

    id: int
    item_id: int
    kind: str
    due_on: dt.date
    valid_on: dt.date
    amount_minor: int
    allocated_minor: int = 0
    held: tuple[tuple[dt.date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """The rest of a payment. `chosen` are the items that the debtor named when paying."""

    payment_id: int
    paid_on: dt.date
    rest_minor: int
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a payment goes to this charge, from this day on."""

    payment_id: int
    charge_id: int
    item_id: int
    amount_minor: int
    valid_on: dt.date


def open_amounts(charges: Iterable[ChargeLine]) -> dict[int, int]:
    """Charge id → what may still be set against it. Never more than its kind and its item have open in all."""
    by_item: dict[int, list[ChargeLine]] = defaultdict(list)
    for charge in charges:
        by_item[charge.item_id].append(charge)
    found: dict[int, int] = {}
    for lines in by_item.values():
        of_item = sum(line.amount_minor - line.allocated_minor for line in lines)
        of_kind: dict[str, int] = defaultdict(int)
        for line in lines:
            of_kind[line.kind] += line.amount_minor - line.allocated_minor
        for line in sorted(lines, key=lambda line: (RANK[line.kind], line.valid_on, line.id)):
            free = max(
                min(line.amount_minor - line.allocated_minor, of_kind[line.kind], of_item), 0
            )
            found[line.id] = free
            of_kind[line.kind] -= free
            of_item -= free
    return found


def spread(payments: Sequence[Money], charges: Sequence[ChargeLine]) -> list[Part]:
    """Sets payments against charges, the earlier payment first. What finds no open charge stays with its payment.

    A charge that arises after the payment is paid from the day on which it arises, after all that was owed before. Room that
    a reversal made is there from its day on: on no day is more set against a charge than it is.
    """
    room = _Room(charges)
    parts: list[Part] = []
    for money in sorted(payments, key=lambda money: (money.paid_on, money.payment_id)):
        rest = money.rest_minor
        for charge in sorted(
            (line for line in charges if room.free[line.id]), key=lambda line: _order(line, money)
        ):
            first = max(money.paid_on, charge.valid_on)
            for since in room.days(charge, first):
                if part := min(rest, room.from_day(charge, since)):
                    room.take(charge, part, since, late=since > first)
                    rest -= part
                    parts.append(Part(money.payment_id, charge.id, charge.item_id, part, since))
            if not rest:
                break
    return parts


class _Room:
    """What may still be set against charges: `free` at the end, and less until a reversal. Looked at for the charge, its kind
    in the item and the item, because a waiver lowers the others' room."""

    def __init__(self, charges: Sequence[ChargeLine]) -> None:
        self.free = open_amounts(charges)
        self._held = {charge.id: list(charge.held) for charge in charges}
        self._of_item: dict[int, list[ChargeLine]] = defaultdict(list)
        for charge in charges:
            self._of_item[charge.item_id].append(charge)

    def days(self, charge: ChargeLine, first: dt.date) -> list[dt.date]:
        """`first` and the later days on which room arises or goes."""
        return [
            first,
            *sorted(
                {
                    day
                    for line in self._of_item[charge.item_id]
                    for day, _ in self._held[line.id]
                    if day > first
                }
            ),
        ]

    def from_day(self, charge: ChargeLine, since: dt.date) -> int:
        """What may be set against the charge from that day on for good."""
        lines = self._of_item[charge.item_id]
        groups = ([charge], [line for line in lines if line.kind == charge.kind], lines)
        days = self.days(charge, since)
        return max(
            0, min(sum(self._on(line, day) for line in group) for group in groups for day in days)
        )

    def take(self, charge: ChargeLine, amount_minor: int, since: dt.date, *, late: bool) -> None:
        self.free[charge.id] -= amount_minor
        if late:  # before that day it takes no room
            self._held[charge.id].append((since, -amount_minor))

    def _on(self, line: ChargeLine, day: dt.date) -> int:
        return self.free[line.id] - sum(
            amount for until, amount in self._held[line.id] if until > day
        )


def _order(charge: ChargeLine, money: Money) -> tuple[object, ...]:
    later = charge.valid_on if charge.valid_on > money.paid_on else dt.date.min
    chosen = (
        money.chosen.index(charge.item_id) if charge.item_id in money.chosen else len(money.chosen)
    )
    return later, chosen, RANK[charge.kind], charge.due_on, charge.valid_on, charge.id
