"""Who may do the work of a role: whoever has it, and whoever stands above it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from huikuan.people import roles
from huikuan.people.models import Role, User


def may_do(wanted: str, user: User, ranks: Mapping[str, int] | None = None) -> bool:
    """Whether the user may do what a step asks of the role `wanted`.

    `ranks` are those of the user's house, where the caller asks for several users or roles.
    """
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
    if wanted in user.role_codes:
        return True

    if ranks is None:
        ranks = roles.ranks(user.organisation_id)
    return 0 < ranks.get(wanted, 0) < user.rank


def roles_approved_by(user: User) -> QuerySet[Role, str]:
    """Codes of the roles for which the user may approve, for a condition of a query."""
    able = Q(code__in=user.role_codes) | Q(rank__gt=0, rank__lt=user.rank)
    return roles.of_house(user.organisation_id).filter(able).values_list("code", flat=True)
