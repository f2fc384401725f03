"""Who may ask for what, who may decide it, and which address carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from huikuan.casebook.models import Approval
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_approve, roles_approved_by
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of request asks of who decides it, and where that is done.

    `decides`: the right; None where the procedure names a role, which then stands in the request.
    `url_name`: an address that takes the approval's id, by POST, with `grant` yes or no;
    `withdraw` takes the id, by POST, from whoever asked.
    """

    decides: Right | None
    url_name: str
    withdraw: str


RULES: dict[str, Rule] = {
    Approval.Kind.PAYMENT: Rule(Right.DECIDE_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.REVERSAL: Rule(Right.DECIDE_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.CORRECTION: Rule(Right.DECIDE_MONEY, "payments:decide", "payments:withdraw"),
    Approval.Kind.HOLD: Rule(Right.DECIDE_HOLDS, "holds:decide", "holds:withdraw"),
    Approval.Kind.STEP: Rule(None, "approvals:decide_step", "approvals:withdraw_step"),
}


def may_decide(approval: Approval, user: User, ranks: Mapping[str, int] | None = None) -> bool:
    """Whether right or role of the user are enough for this request. That they did not ask for it
    themselves is another question."""
    right = RULES[approval.kind].decides
    if right is None:
        return may_approve(approval.role, user, ranks)
    return user.may(right)


def decidable(user: User) -> Q:
    """The requests that right or role of the user are enough for, as a condition of a query."""
    kinds = [kind for kind, rule in RULES.items() if rule.decides and user.may(rule.decides)]
    return Q(kind__in=kinds) | Q(kind=Approval.Kind.STEP, role__in=roles_approved_by(user))


def needed(approval: Approval) -> str:
    """What the decider must have, in words: a right, or a role."""
    right = RULES[approval.kind].decides
    if right is None:
        return roles.titles(approval.organisation_id)[approval.role]
    return str(right.label)
