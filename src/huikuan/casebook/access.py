"""The only entry to cases for screens, commands, exports and the API: what may this user see?"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from huikuan.casebook.models import Case, CaseSummary, Placement
from huikuan.people.models import User
from huikuan.people.rights import Wall


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases that the walls of the user's roles show: of several roles what any of them shows.

    Nothing for a user without an organisation or role, or not active.
    """
    if not _sees_anything(user):
        return Case.objects.none()
    house = Case.objects.filter(organisation_id=user.organisation_id or 0)
    if user.sees_house:
        return house
    return house.filter(_within_walls(user, summary="summary__"))


def visible_ids(user: User) -> QuerySet[Any, Any]:
    """Ids of `visible_cases`, read from the summary rows alone.

    To count thousands of cases, none is looked up itself.
    """
    if not _sees_anything(user):
        return CaseSummary.objects.none().values("case_id")
    house = CaseSummary.objects.filter(organisation_id=user.organisation_id or 0)
    if not user.sees_house:
        house = house.filter(_within_walls(user, summary=""))
    return house.values("case_id")


def _sees_anything(user: User) -> bool:
    return user.is_active and user.organisation_id is not None and bool(user.walls)


def _within_walls(user: User, *, summary: str) -> Q:
    """What the user's walls show within the house, where some show less than the house.

    `summary` leads from the rows that are asked to the summary: nothing from the summary itself.
    """
    shown = [_WITHIN[wall](user, summary) for wall in sorted(user.walls)]
    return reduce(or_, shown)


def _own(user: User, summary: str) -> Q:
    return Q(**{f"{summary}assignee_id": user.pk})


def _team(user: User, summary: str) -> Q:
    """A lead's view: own cases, those of the team and its members, and those that nobody holds.

    A lead without a team sees the first and the last of these, not what belongs to no team.
    """
    nobodys = Q(**{f"{summary}assignee_id__isnull": True})
    shown = _own(user, summary) | nobodys
    if user.team_id is None:
        return shown

    members = User.objects.filter(team_id=user.team_id).values("pk")
    return (
        shown
        | Q(**{f"{summary}assignee_id__in": members})
        | Q(**{f"{summary}team_id": user.team_id})
    )


def _creditor(user: User, _summary: str) -> Q:
    # Cases and summaries both carry the creditor; 0 is nobody's.
    return Q(creditor_id=user.creditor_id or 0)


_WITHIN: dict[str, Callable[[User, str], Q]] = {
    Wall.OWN: _own,
    Wall.TEAM: _team,
    Wall.CREDITOR: _creditor,
}


def holds_only(user: User) -> bool:
    """Whether the user sees just the cases that the user holds."""
    return user.walls == {Wall.OWN}


def held_summaries(user: User) -> tuple[str, tuple[Any, ...]]:
    """For SQL: the summary rows of the cases of somebody who `holds_only`, and its parameters.

    OFFSET keeps them together: read at once from an index (summary_held), joined as a whole.
    """
    held = (
        "(SELECT * FROM casebook_casesummary"
        " WHERE organisation_id = %s AND assignee_id = %s OFFSET 0)"
    )
    return held, (user.organisation_id, user.pk)


def visible_placements(user: User) -> QuerySet[Placement]:
    """Placements of the user's organisation; a client sees their own."""
    if not _sees_anything(user):
        return Placement.objects.none()
    placements = Placement.objects.filter(organisation_id=user.organisation_id or 0)
    if user.is_client:
        return placements.filter(creditor_id=user.creditor_id or 0)
    return placements
