"""What a payment would pay, before anybody posts it: costs and fees, interest, principal, rest."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from huikuan.casebook.settle import CaseMoney, charges_of, read
from huikuan.engine.ledger import GROUPS, PaymentFact, group_of, replay

NEW = 0  # no payment has this id


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Minor units by group and by item; what finds nothing open is the rest."""

    by_group: dict[str, int]
    by_item: dict[int, int]
    rest_minor: int
    groups_of_item: dict[int, dict[str, int]] = field(default_factory=dict)


def foresee(
    case_id: int, amount_minor: int, paid_on: dt.date, chosen: tuple[int, ...] = ()
) -> Foreseen:
    """Where this money would be if it were posted now, by the rule of engine/ledger. Reads only."""
    money = _money_of(case_id)
    payment = PaymentFact(NEW, "", paid_on, amount_minor, chosen)
    ledger = replay(money.charges, [*money.payments, payment])

    kinds = {charge.id: charge.kind for charge in money.charges}
    by_group = Counter[str]()
    by_item = Counter[int]()
    groups_of_item: dict[int, dict[str, int]] = {}
    for part in ledger.parts:
        if part.payment_id != NEW:
            continue
        group = group_of(kinds[part.charge_id])
        by_group[group] += part.amount_minor
        by_item[part.item_id] += part.amount_minor
        of_item = groups_of_item.setdefault(part.item_id, dict.fromkeys(GROUPS, 0))
        of_item[group] += part.amount_minor

    rest = amount_minor - by_group.total()
    return Foreseen(
        {group: by_group[group] for group in GROUPS}, dict(by_item), rest, groups_of_item
    )


def _money_of(case_id: int) -> CaseMoney:
    money = read([case_id]).get(case_id)
    if money is not None:
        return money
    return CaseMoney(charges=charges_of([case_id])[case_id])
