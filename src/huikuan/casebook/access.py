"""The only entry to cases for screens, commands, exports and the API: what may this user see?"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huikuan.casebook.models import Case, CaseSummary, Placement
from huikuan.people.models import User
from huikuan.people.roles import WHOLE_HOUSE, Role


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases that role, team and client access give. Nothing for a user without an organisation or not active."""
    if not user.is_active or user.organisation_id is None:
        return Case.objects.none()
    house = Case.objects.filter(organisation_id=user.organisation_id)
    if user.role in WHOLE_HOUSE:
        return house
    if user.role == Role.CLIENT:
        return house.filter(creditor_id=user.creditor_id or 0)
    if user.role == Role.TEAM_LEAD:
        members = User.objects.filter(team_id=user.team_id or 0, team__isnull=False).values("pk")
        mine = Q(summary__assignee_id=user.pk) | Q(summary__assignee_id__in=members)
        return house.filter(
            mine | Q(summary__team_id=user.team_id) | Q(summary__assignee_id__isnull=True)
        )
    return house.filter(summary__assignee_id=user.pk)


def visible_ids(user: User) -> QuerySet[Any, Any]:
    """Ids of `visible_cases`, read from the summary rows alone: to count thousands of cases, none is looked up itself."""
    if not user.is_active or user.organisation_id is None:
        return visible_cases(user).values("pk")
    house = CaseSummary.objects.filter(organisation_id=user.organisation_id)
    if user.role == Role.CLIENT:
        house = house.filter(creditor_id=user.creditor_id or 0)
    elif user.role == Role.TEAM_LEAD:
        members = User.objects.filter(team_id=user.team_id or 0, team__isnull=False).values("pk")
        mine = Q(assignee_id=user.pk) | Q(assignee_id__in=members)
        house = house.filter(mine | Q(team_id=user.team_id) | Q(assignee_id__isnull=True))
    elif holds_only(user):
        house = house.filter(assignee_id=user.pk)
    return house.values("case_id")


def holds_only(user: User) -> bool:
    """Whether the user's role sees just the cases that the user holds."""
    return user.role not in WHOLE_HOUSE and user.role not in (Role.CLIENT, Role.TEAM_LEAD)


def held_summaries(user: User) -> tuple[str, tuple[Any, ...]]:
    """For SQL: the summary rows of the cases of somebody who `holds_only`, and its parameters. OFFSET keeps them together: they
    are read at once from an index (summary_held) and joined as a whole."""
    held = "(SELECT * FROM casebook_casesummary WHERE organisation_id = %s AND assignee_id = %s OFFSET 0)"
    return held, (user.organisation_id, user.pk)


def visible_placements(user: User) -> QuerySet[Placement]:
    """Placements of the user's organisation; a client sees their own."""
    if not user.is_active or user.organisation_id is None:
        return Placement.objects.none()
    placements = Placement.objects.filter(organisation_id=user.organisation_id)
    return (
        placements.filter(creditor_id=user.creditor_id or 0)
        if user.role == Role.CLIENT
        else placements
    )
