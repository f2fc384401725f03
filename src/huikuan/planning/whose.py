"""Whose tasks somebody's day is about: said once, for the list and for the figures above it."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.casebook.access import holds_only
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.rights import Right, Wall

#: Choices of the list beside the code of a role: the own roles' tasks, and everybody's.
MINE = "mine"
ALL = "all"


@dataclass(frozen=True)
class Whose:
    """The tasks that count: of some roles, in the cases that some people hold.

    `users`: who holds the cases; None: whoever does, or nobody. `roles`: codes; None: the roles
    that hold cases. `house_roles`: further roles, whose tasks count whoever holds the case.
    """

    users: tuple[int, ...] | None
    roles: tuple[str, ...] | None = None
    house_roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """The tasks of a list, among those of the cases that the user sees.

    `roles`: None for every role's. `users`: as in `Whose`; `house_roles` are among the roles.
    """

    roles: tuple[str, ...] | None = None
    users: tuple[int, ...] | None = None
    house_roles: tuple[str, ...] = ()


def whose_tasks(user: User) -> Whose:
    """The tasks that my day counts and lists.

    A lead's are those of the team. Who holds cases has the own ones, also with a further role that
    shows the whole house: its tasks count wherever they are. Everybody else has those of the house;
    who works by roles, the tasks of these roles.
    """
    if user.is_client:
        return Whose(None)
    if user.leads_team:
        return Whose(members(user))
    if user.sees_house and not user.may(Right.HOLD_CASES):
        own = user.role_codes if user.may(Right.OWN_TASKS) else None
        return Whose(None, own)
    if not user.sees_house:
        return Whose((user.pk,), own_roles(user))

    held, elsewhere = _by_wall(user)
    return Whose((user.pk,), held, elsewhere)


def members(user: User) -> tuple[int, ...]:
    """Ids of those whose work a lead sees: the team's people; without a team the lead alone."""
    if user.team_id is None:
        return (user.pk,)
    people = User.objects.filter(organisation_id=user.organisation_id, team_id=user.team_id)
    return tuple(people.order_by("pk").values_list("pk", flat=True))


def own_roles(user: User) -> tuple[str, ...] | None:
    """The roles of somebody who sees only what they hold, and works by roles; else None."""
    if holds_only(user) and user.may(Right.OWN_TASKS):
        return user.role_codes
    return None


def is_own(user: User) -> bool:
    """Whether the list begins with the tasks of the user's own roles, and with no others."""
    return user.may(Right.OWN_TASKS) and not user.leads_team


def listed(user: User, role: str, *, of_one_act: bool = False) -> Listed:
    """What the list shows where this role is chosen; without a choice, what my day counts.

    `of_one_act`: the list is narrowed to one channel or step. Then the tasks of the user's own
    roles are among it too: who asks what is to be locked means also what they lock themselves.
    """
    if role == ALL:
        return Listed()
    if role == MINE:
        return _mine(user)
    if role:
        return Listed((role,))

    whose = whose_tasks(user)
    counted = whose.roles
    if counted is None:
        counted = tuple(sorted(roles.codes_with(Right.HOLD_CASES)))
    # The walls leave nothing else to somebody who sees only what they hold.
    users = None if holds_only(user) else whose.users
    house_roles = whose.house_roles
    if of_one_act and not is_own(user):
        house_roles = (*house_roles, *user.role_codes)
    return Listed((*counted, *house_roles), users, house_roles)


def _mine(user: User) -> Listed:
    """The tasks of the user's own roles, each within its wall."""
    held, elsewhere = _by_wall(user)
    if not held or holds_only(user):
        return Listed(user.role_codes)
    return Listed(user.role_codes, (user.pk,), elsewhere)


def _by_wall(user: User) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The user's roles whose tasks are theirs in the cases they hold, and those of any case."""
    held = tuple(role.code for role in user.held_roles if role.wall == Wall.OWN)
    elsewhere = tuple(role.code for role in user.held_roles if role.wall != Wall.OWN)
    return held, elsewhere
