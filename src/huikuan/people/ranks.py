"""Who may do the work of a role, and who may decide: asked by every page and every verb alike."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from huikuan.people import roles
from huikuan.people.models import Role, User
from huikuan.people.service import is_service_user


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


def may_take_back_of(author: User, user: User) -> bool:
    """Whether the user may take back what the author did: their own, or what somebody did who
    stands below them. What the program entered, whoever works with it may take back.
    """
    return user.pk == author.pk or user.rank > author.rank or is_service_user(author)


def roles_approved_by(user: User) -> QuerySet[Role, str]:
    """Codes of the roles for which the user may approve, for a condition of a query.

    Whoever stands above a role in the line of command may, too. Of a role that stands in no line
    (rank 0: finance, quality supervision, general manager's office) nobody else approves.
    """
    every = roles.of_house(user.organisation_id)
    if not may_act(user):
        return every.none().values_list("code", flat=True)

    able = Q(code__in=user.role_codes) | Q(rank__gt=0, rank__lt=user.rank)
    return every.filter(able).values_list("code", flat=True)
