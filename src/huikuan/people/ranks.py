"""Who may do the work of a role, and who may decide: asked by every page and every verb alike."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from huikuan.people import roles
from huikuan.people.models import Role, User
from huikuan.people.rights import Right


def may_act(user: User) -> bool:
    """Whether the user may change anything at all.

    A rank alone is no right: a role that only looks decides nothing and does nothing, however high
    it stands. Pages ask the same before they take a form.
    """
    return user.is_active and user.may_write


def may_do(wanted: str, user: User, ranks: Mapping[str, int] | None = None) -> bool:
    """Whether the user may do what a step asks of the role `wanted`.

    `ranks` are those of the user's house, where the caller asks for several users or roles.
    """
    if not may_act(user):
        return False
    if wanted in user.role_codes:
        return True

    if ranks is None:
        ranks = roles.ranks(user.organisation_id)
    return wanted in ranks and user.rank > ranks[wanted]


def may_approve(wanted: str, user: User, ranks: Mapping[str, int] | None = None) -> bool:
    """Whether the user may approve what a step wants approved by the role `wanted`.

    Whoever stands above it in the line of command may, too. Of a role that stands in no line
    (rank 0: finance, quality supervision, general manager's office) nobody else approves.
    """
    if not may_act(user):
        return False
    if wanted in user.role_codes:
        return True

    if ranks is None:
        ranks = roles.ranks(user.organisation_id)
    return 0 < ranks.get(wanted, 0) < user.rank


def may_decide(right: Right, user: User) -> bool:
    """Whether the user may decide what needs this right."""
    return may_act(user) and user.may(right)


def roles_approved_by(user: User) -> QuerySet[Role, str]:
    """Codes of the roles for which the user may approve, for a condition of a query."""
    every = roles.of_house(user.organisation_id)
    if not may_act(user):
        return every.none().values_list("code", flat=True)

    able = Q(code__in=user.role_codes) | Q(rank__gt=0, rank__lt=user.rank)
    return every.filter(able).values_list("code", flat=True)
