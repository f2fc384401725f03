"""Whose figures a user sees: own, team's, creditor's or house's. The only entry to the reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huikuan.people.models import User
from huikuan.planning.whose import members, own_roles, whose_tasks


@dataclass(frozen=True)
class Scope:
    """`users`: only what these did or hold (None: all); `creditor`: only this one (None: all).

    `roles`: whose tasks are counted; None are the roles that hold cases. `house_roles`: further
    roles whose tasks are counted in every case of the house, whoever holds it. `doers`: what only
    these did counts as done, where the tasks are everybody's (None: as `users`).

    Reports name no case, so they are walled by organisation, user and creditor, not by case.
    """

    organisation: int
    users: tuple[int, ...] | None
    creditor: int | None
    people: tuple[User, ...]
    roles: tuple[str, ...] | None = None
    house_roles: tuple[str, ...] = ()
    doers: tuple[int, ...] | None = None

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
        if self.users is None and self.doers is None:
            return _("figures of the whole house")
        if self.of_one or self.doers is not None:
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
            doers=_tuple(given.get("doers")),
        )

    def parameters(self) -> dict[str, Any]:
        users = None if self.users is None else list(self.users)
        doers = users if self.doers is None else list(self.doers)
        return {
            "org": self.organisation,
            "users": users,
            "doers": doers,
            "creditor": self.creditor,
        }


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
    return Scope(house, users, None, people, roles=own_roles(user))


def day_scope(user: User) -> Scope:
    """What my day and the end of the day are about: the tasks of the list, and what was done by
    those whose they are.
    """
    house = user.organisation_id or 0
    if not user.is_active or not house or user.leads_team or user.is_client:
        return scope_of(user)

    whose = whose_tasks(user)
    if whose.users is None and whose.roles is not None:
        # Finance, say: the tasks of the role in every case, and what this one person did of them.
        return Scope(house, None, None, (user,), whose.roles, whose.house_roles, doers=(user.pk,))
    people = (user,) if whose.users else ()
    return Scope(house, whose.users, None, people, whose.roles, whose.house_roles)


def _people(user: User) -> QuerySet[User]:
    found = User.objects.with_roles().filter(organisation_id=user.organisation_id or 0)
    if user.sees_house:
        return found
    if user.leads_team:
        return found.filter(pk__in=members(user))
    return found.filter(pk=user.pk)


def _tuple(given: list[Any] | None) -> tuple[Any, ...] | None:
    """JSON makes a list of what was a tuple."""
    if given is None:
        return None
    return tuple(given)
