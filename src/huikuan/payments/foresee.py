"""What a payment would pay, before anybody posts it: costs and fees, interest and penalties, principal, rest."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from huikuan.payments.order import RANK, Money, spread
from huikuan.payments.settle import standing

#: Ranks of payments.order as groups that people know.
GROUPS = ("cost", "interest", "principal")
NEW = 0  # no payment has this id


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Minor units by group and by item; what finds nothing open is the rest."""

    by_group: dict[str, int]
    by_item: dict[int, int]
    rest_minor: int
    groups_of_item: dict[int, dict[str, int]] = field(default_factory=dict)


def group_of(kind: str) -> str:
    """cost, interest or principal, for a charge's kind."""
    return GROUPS[RANK[kind]]


def foresee(
    case_id: int, amount_minor: int, paid_on: dt.date, chosen: tuple[int, ...] = ()
) -> Foreseen:
    """Where this money would go if it were posted now, by the rule of payments.order. Reads only."""
    charges = standing([case_id]).get(case_id, [])
    kinds = {charge.id: charge.kind for charge in charges}
    by_group, by_item = Counter[str](), Counter[int]()
    groups_of_item: dict[int, dict[str, int]] = {}
    for part in spread([Money(NEW, paid_on, amount_minor, chosen)], charges):
        group = group_of(kinds[part.charge_id])
        by_group[group] += part.amount_minor
        by_item[part.item_id] += part.amount_minor
        shown = groups_of_item.setdefault(part.item_id, dict.fromkeys(GROUPS, 0))
        shown[group] += part.amount_minor
    rest = amount_minor - by_group.total()
    return Foreseen(
        {group: by_group[group] for group in GROUPS}, dict(by_item), rest, groups_of_item
    )
