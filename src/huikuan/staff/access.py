"""Who changes the staff, and what a text must look like to be a code, a name, a number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable

from huikuan.casebook import journal
from huikuan.casebook.models import Act
from huikuan.lib.problems import Problem
from huikuan.people import authority
from huikuan.people.authority import Beyond
from huikuan.people.models import Organisation, Role, Team, User
from huikuan.people.rights import Right
from huikuan.people.service import is_service_user
from huikuan.staff.sentences import problem

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}[0-9]")
#: What a column of whole numbers holds.
LARGEST_COUNT = 2_147_483_647


def lock(house_id: int) -> Organisation:
    """Holds changes of a staff until the end of the transaction: one comes after the other.

    So of two managers who take each other's role at once the second is the last one. The weaker
    lock lets others write rows of the house meanwhile, who may hold cases that we wait for.
    """
    return Organisation.objects.select_for_update(no_key=True).get(pk=house_id)


def may_change(actor: User) -> bool:
    """Whether the actor changes house, teams, users and roles of the own organisation."""
    return actor.is_active and actor.organisation_id is not None and actor.may(Right.MANAGE_USERS)


def may_set_up(actor: User) -> bool:
    """Whether the actor changes what the own house is called and which numbers it gives."""
    return actor.is_active and actor.organisation_id is not None and actor.may(Right.SET_UP_HOUSE)


def giving_problems(given: Iterable[Role], actor: User) -> list[Problem]:
    """The roles that the actor may not put into another's hands, each with why."""
    asked = [authority.beyond(role, actor) for role in given]
    return [_beyond(one) for one in asked if one is not None]


def account_problems(user: User, actor: User, *, own: str = "") -> list[Problem]:
    """Why the actor may not change this account.

    `own`: the code of what is said to somebody who changes their own; empty where they may.
    """
    if own and authority.is_own(user, actor):
        return [problem(own)]
    found = authority.above(user, actor)
    if found is not None:
        return [problem("user.above", name=user.username, role=found.role.title)]
    if authority.is_own(user, actor):
        return []
    return team_problems(user.team, actor)


def team_problems(team: Team | None, actor: User) -> list[Problem]:
    """Whether the team is not the actor's to fill, nor its people the actor's to change."""
    if authority.may_place_in(team, actor):
        return []
    return [problem("user.other_team", column="team")]


def begin(
    actor: User, verb: str, *, at: dt.datetime, reason: str, given: Collection[Role] = ()
) -> Act:
    """The act of a change of the staff. What the program did beyond any role is said in it.

    `given`: the roles that are handed out, or that the changed account has.
    """
    said = reason
    if is_service_user(actor) and authority.needs_the_program(given):
        said = f"{reason}; {authority.NOTE_OF_PROGRAM}"
    return journal.begin(actor, verb, at=at, reason=said)


def _beyond(found: Beyond) -> Problem:
    """Why a role may not be given, in a sentence."""
    rights = ", ".join(str(Right(right).label) for right in found.rights)
    return problem(
        f"role.above_{found.reason}", column="roles", role=found.role.title, rights=rights
    )


def has_error(problems: Iterable[Problem]) -> bool:
    """Whether anything stands in the way; warnings do not."""
    return any(found.severity == "error" for found in problems)


def code_problems(code: str, column: str = "code") -> list[Problem]:
    """What is wrong with the code of a team or role."""
    if CODE.fullmatch(code):
        return []
    return [problem("staff.code", column=column, value=code)]


def text_problems(text: str, column: str, most: int) -> list[Problem]:
    """What is wrong with a name that must be there and fit its column."""
    if not text.strip():
        return [problem("staff.empty", column=column)]
    if len(text) > most:
        return [problem("staff.long", column=column, most=most)]
    return []
