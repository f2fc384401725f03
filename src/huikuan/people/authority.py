"""Who may hand out a role, and so change an account: every verb that changes the staff asks here.

Whoever could give a role that goes beyond their own could make an account for themselves that may
everything. So a role is given only by somebody who has all that it gives, or whose role says that
it may hand this on (`gives` in roles.toml): an administrator makes collectors and is none.

The program's own user is bound by none of this. It acts for whoever has the machine itself, which
is how the first manager of a book is made and how a house comes back that has locked itself out.
Its acts say so in the journal (`NOTE_OF_PROGRAM`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from huikuan.people import roles
from huikuan.people.models import Role, Team, User
from huikuan.people.rights import Wall
from huikuan.people.service import SERVICE_ROLE, is_service_user

#: What the act of the program's own user says where no role of that user would have been enough.
NOTE_OF_PROGRAM = "beyond any role: by the command line of the machine"

#: Wall → the walls that show no more cases than it does.
COVERS: dict[str, frozenset[str]] = {
    Wall.OWN: frozenset({Wall.OWN}),
    Wall.TEAM: frozenset({Wall.OWN, Wall.TEAM}),
    Wall.CREDITOR: frozenset({Wall.CREDITOR}),
    Wall.HOUSE: frozenset({Wall.OWN, Wall.TEAM, Wall.CREDITOR, Wall.HOUSE}),
}


@dataclass(frozen=True, slots=True)
class Beyond:
    """In what a role goes beyond somebody. `reason`: `rank`, `rights` or `wall`, a code.

    `rights`: those that this person can neither use nor hand on, in the order of the alphabet.
    """

    role: Role
    reason: str
    rights: tuple[str, ...] = ()


def rights_to_give(holders: Iterable[Role]) -> frozenset[str]:
    """The rights that somebody with these roles may put into the hands of others."""
    found: set[str] = set()
    for role in holders:
        found.update(role.rights)
        found.update(role.gives)
    return frozenset(found)


def beyond(role: Role, actor: User) -> Beyond | None:
    """Why the actor may not give this role, or make one like it; None where nothing is against it.

    The row need not be saved: a role that somebody is about to make is asked in the same way.
    """
    if is_service_user(actor):
        return None
    return _beyond_roles(role, actor.held_roles)


def needs_the_program(given: Iterable[Role]) -> bool:
    """Whether the program gives what its own role could not: the journal then says so."""
    own = (roles.unsaved(SERVICE_ROLE),)
    return any(_beyond_roles(role, own) is not None for role in given)


def _beyond_roles(role: Role, holders: Collection[Role]) -> Beyond | None:
    """The first of rank, rights and wall in which the role goes beyond these together."""
    highest = max((holder.rank for holder in holders), default=0)
    if role.rank > highest:
        return Beyond(role, "rank")

    handed_on = {*role.rights, *role.gives}
    lacking = handed_on - rights_to_give(holders)
    if lacking:
        return Beyond(role, "rights", tuple(sorted(lacking)))

    covered = [COVERS[holder.wall] for holder in holders]
    if not any(role.wall in walls for walls in covered):
        return Beyond(role, "wall")
    return None


def above(user: User, actor: User) -> Beyond | None:
    """The role of the user by which the account is not the actor's to change; else None.

    A password is a role in another's hand, so whoever may not give a role may not open, close or
    move an account that has it.
    """
    if user.pk == actor.pk:
        return None
    for role in user.held_roles:
        found = beyond(role, actor)
        if found is not None:
            return found
    return None


def is_own(user: User, actor: User) -> bool:
    """Whether somebody changes what they themselves may and see: a colleague does that."""
    return user.pk == actor.pk


def may_place_in(team: Team | None, actor: User) -> bool:
    """Whether the actor may put somebody into this team: any, or only the own one."""
    if is_service_user(actor) or actor.sees_house:
        return True
    return team is not None and team.pk == actor.team_id
