"""Who may ask for what, who may decide it, and which address carries it out."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.casebook.models import Approval
from huikuan.people.roles import LEADS, MANAGERS, Role

_MONEY = MANAGERS | {Role.FINANCE}


@dataclass(frozen=True, slots=True)
class Rule:
    """`decides`: roles that may grant or refuse. `url_name`: takes the approval's id, by POST, with `grant` yes or no.

    `withdraw`: takes the id, by POST, from whoever asked.
    """

    decides: frozenset[Role]
    url_name: str
    withdraw: str


RULES: dict[str, Rule] = {
    Approval.Kind.PAYMENT: Rule(_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.REVERSAL: Rule(_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.CORRECTION: Rule(_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.HOLD: Rule(LEADS, "holds:decide", "holds:withdraw"),
}


def decidable(role: str) -> list[str]:
    """The kinds that this role may decide."""
    return [kind for kind, rule in RULES.items() if role in rule.decides]
