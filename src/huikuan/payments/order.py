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
    """A charge with what was already set against it."""

    id: int
    item_id: int
    kind: str
    due_on: dt.date
    valid_on: dt.date
    amount_minor: int
    allocated_minor: int = 0


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
            free = max(min(line.amount_minor - line.allocated_minor, of_kind[line.kind], of_item), 0)
            found[line.id] = free
            of_kind[line.kind] -= free
            of_item -= free
    return found


def spread(payments: Sequence[Money], charges: Sequence[ChargeLine], *, from_on: dt.date | None = None) -> list[Part]:
    """Sets payments against charges, the earlier payment first. What finds no open charge stays with its payment.

    A charge that arises after the payment is paid from the day on which it arises, after all that was owed before;
    `from_on` is the first day on which the money is free (after a reversal made room).
    """
    free = open_amounts(charges)
    parts: list[Part] = []
    for money in sorted(payments, key=lambda money: (money.paid_on, money.payment_id)):
        rest = money.rest_minor
        for charge in sorted((line for line in charges if free[line.id]), key=lambda line: _order(line, money)):
            if not rest:
                break
            part = min(rest, free[charge.id])
            free[charge.id] -= part
            rest -= part
            since = max(money.paid_on, charge.valid_on, from_on or money.paid_on)
            parts.append(Part(money.payment_id, charge.id, charge.item_id, part, since))
    return parts


def _order(charge: ChargeLine, money: Money) -> tuple[object, ...]:
    later = charge.valid_on if charge.valid_on > money.paid_on else dt.date.min
    chosen = money.chosen.index(charge.item_id) if charge.item_id in money.chosen else len(money.chosen)
    return later, chosen, RANK[charge.kind], charge.due_on, charge.valid_on, charge.id
