"""Whose figures a user sees: own, team's, creditor's or house's. The only entry to the reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huikuan.people.models import User


@dataclass(frozen=True)
class Scope:
    """`users`: only what these did or hold (None: all); `creditor`: only this one (None: all).

    Reports name no case, so they are walled by organisation, user and creditor, not by case.
    """

    organisation: int
    users: tuple[int, ...] | None
    creditor: int | None
    people: tuple[User, ...]

    @property
    def names_people(self) -> bool:
        """A client sees figures, not who worked."""
        return self.creditor is None

    def parameters(self) -> dict[str, Any]:
        users = None if self.users is None else list(self.users)
        return {"org": self.organisation, "users": users, "creditor": self.creditor}


def scope_of(user: User) -> Scope:
    """One query: the people of the organisation that the user may see by name."""
    house = user.organisation_id or 0
    if not user.is_active or not house:
        return Scope(0, (), 0, ())
    if user.is_client:
        return Scope(house, None, user.creditor_id or 0, ())
    people = tuple(_people(user).select_related("team").order_by("team__name", "pk"))
    if user.sees_house:
        return Scope(house, None, None, people)
    return Scope(house, tuple(person.pk for person in people), None, people)


def _people(user: User) -> QuerySet[User]:
    found = User.objects.with_roles().filter(organisation_id=user.organisation_id or 0)
    if user.sees_house:
        return found
    if user.leads_team and user.team_id:
        return found.filter(team_id=user.team_id)
    return found.filter(pk=user.pk)
