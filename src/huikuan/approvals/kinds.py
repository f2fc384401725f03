"""Who may ask for what, who may decide it, and which address carries it out."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.casebook.models import Approval
from huikuan.people.models import User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of request asks of who decides it, and where that is done.

    `decides`: the right. `url_name`: an address that takes the approval's id, by POST, with `grant`
    yes or no; `withdraw` takes the id, by POST, from whoever asked.
    """

    decides: Right
    url_name: str
    withdraw: str


RULES: dict[str, Rule] = {
    Approval.Kind.PAYMENT: Rule(Right.DECIDE_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.REVERSAL: Rule(Right.DECIDE_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.CORRECTION: Rule(Right.DECIDE_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.HOLD: Rule(Right.DECIDE_HOLDS, "holds:decide", "holds:withdraw"),
}


def decidable(user: User) -> list[str]:
    """The kinds that this user may decide."""
    return [kind for kind, rule in RULES.items() if user.may(rule.decides)]
