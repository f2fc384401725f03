"""Whose figures a user sees: own, team's, creditor's or house's. The only entry to the reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huikuan.people.models import User
from huikuan.people.rights import Right, Wall


@dataclass(frozen=True)
class Scope:
    """`users`: only what these did or hold (None: all); `creditor`: only this one (None: all).

    `roles`: whose tasks are counted; None are the roles that hold cases. `house_roles`: further
    roles whose tasks are counted in every case of the house, whoever holds it.

    Reports name no case, so they are walled by organisation, user and creditor, not by case.
    """

    organisation: int
    users: tuple[int, ...] | None
    creditor: int | None
    people: tuple[User, ...]
    roles: tuple[str, ...] | None = None
    house_roles: tuple[str, ...] = ()

    @property
    def names_people(self) -> bool:
        """A client sees figures, not who worked."""
        return self.creditor is None

    @property
    def of_one(self) -> bool:
        """Whether it is about one person, so that counting anew costs little."""
        return self.users is not None and len(self.users) == 1

    @property
    def whose(self) -> str | Promise:
        """Whose figures they are, in words, for the page that shows them."""
        if self.creditor is not None:
            return _("figures of your own cases as creditor")
        if self.users is None:
            return _("figures of the whole house")
        if self.of_one:
            return _("your own figures")
        return _("figures of the team")

    def as_named(self) -> dict[str, Any]:
        """All that is counted by, as JSON holds it. The names of people are left out."""
        named = asdict(replace(self, people=()))
        del named["people"]
        return named

    @classmethod
    def named(cls, given: dict[str, Any]) -> Scope:
        """The scope that `as_named` gave, without its people."""
        return cls(
            organisation=given["organisation"],
            users=_tuple(given["users"]),
            creditor=given["creditor"],
            people=(),
            roles=_tuple(given["roles"]),
            house_roles=tuple(given["house_roles"]),
        )

    def parameters(self) -> dict[str, Any]:
        users = None if self.users is None else list(self.users)
        return {"org": self.organisation, "users": users, "creditor": self.creditor}


def scope_of(user: User) -> Scope:
    """What the reports show a user. One query: the people whom the user may see by name."""
    house = user.organisation_id or 0
    if not user.is_active or not house:
        return Scope(0, (), 0, ())
    if user.is_client:
        return Scope(house, None, user.creditor_id or 0, ())

    people = tuple(_people(user).select_related("team").order_by("team__name", "pk"))
    if user.sees_house:
        return Scope(house, None, None, people)
    users = tuple(person.pk for person in people)
    return Scope(house, users, None, people, roles=_own_roles(user))


def day_scope(user: User) -> Scope:
    """What my day and the end of the day are about.

    Who holds cases sees the own day, also with a further role that shows the whole house: there
    the tasks of the further role count wherever the list shows them. Everybody else sees what the
    reports show them; who works by roles, with the tasks of these roles.
    """
    house = user.organisation_id or 0
    if not user.is_active or not house or user.leads_team or user.is_client:
        return scope_of(user)

    holds = user.may(Right.HOLD_CASES)
    if user.sees_house and not holds:
        roles = user.role_codes if user.may(Right.OWN_TASKS) else None
        return Scope(house, None, None, (), roles=roles)

    scope = Scope(house, (user.pk,), None, (user,), roles=_own_roles(user))
    if not user.sees_house:
        return scope
    return replace(
        scope,
        roles=tuple(role.code for role in user.held_roles if role.wall == Wall.OWN),
        house_roles=tuple(role.code for role in user.held_roles if role.wall != Wall.OWN),
    )


def _own_roles(user: User) -> tuple[str, ...] | None:
    """The roles of somebody who sees only what they hold, and works by roles."""
    if user.walls == {Wall.OWN} and user.may(Right.OWN_TASKS):
        return user.role_codes
    return None


def _people(user: User) -> QuerySet[User]:
    found = User.objects.with_roles().filter(organisation_id=user.organisation_id or 0)
    if user.sees_house:
        return found
    if user.leads_team and user.team_id:
        return found.filter(team_id=user.team_id)
    return found.filter(pk=user.pk)


def _tuple(given: list[Any] | None) -> tuple[Any, ...] | None:
    """JSON makes a list of what was a tuple."""
    if given is None:
        return None
    return tuple(given)
