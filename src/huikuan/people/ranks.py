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


def roles_covered(user: User) -> QuerySet[Role, str]:
    """Codes of the roles whose work the user may do, for a condition of a query."""
    own_or_lower = Q(code__in=user.role_codes) | Q(rank__lt=user.rank)
    return roles.of_house(user.organisation_id).filter(own_or_lower).values_list("code", flat=True)
