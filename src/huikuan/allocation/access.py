"""Who allocates: a lead for the team, management for every team. The only entry to proposals."""

from __future__ import annotations

from django.db.models import QuerySet

from huikuan.casebook.models import AllocationRun
from huikuan.people.models import Team, User
from huikuan.people.rights import Right


def visible_runs(user: User) -> QuerySet[AllocationRun]:
    """Proposals that the user may see and confirm; a lead's are those of the own team."""
    if not user.is_active or user.organisation_id is None or not user.may(Right.ALLOCATE):
        return AllocationRun.objects.none()
    runs = AllocationRun.objects.filter(organisation_id=user.organisation_id)
    if user.may_in_house(Right.ALLOCATE):
        return runs
    return runs.filter(team_id=user.team_id or 0)


def may_allocate(user: User, team: Team | None) -> bool:
    """Whether the user may propose and confirm for this team (none: the whole house)."""
    if not user.is_active or not user.may(Right.ALLOCATE) or user.organisation_id is None:
        return False
    if team is not None and team.organisation_id != user.organisation_id:
        return False
    return user.may_in_house(Right.ALLOCATE) or (team is not None and team.pk == user.team_id)


def teams(user: User) -> QuerySet[Team]:
    """The teams that the user may allocate to."""
    found = Team.objects.filter(organisation_id=user.organisation_id or 0).order_by("name")
    return found if user.may_in_house(Right.ALLOCATE) else found.filter(pk=user.team_id or 0)


def collectors(organisation_id: int, team: Team | None) -> QuerySet[User]:
    """Those who can hold cases: active users of the team, or of the house."""
    found = User.objects.who_may(Right.HOLD_CASES).filter(
        organisation_id=organisation_id, is_active=True
    )
    if team is not None:
        found = found.filter(team=team)
    return found.select_related("team").order_by("pk")
