"""Users: made, given roles and a team, given a password. Who leaves is `leave.end`."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from huikuan.lib.problems import Problem, did_you_mean
from huikuan.people import roles
from huikuan.people.models import Creditor, Organisation, Role, Team, User
from huikuan.people.rights import Right
from huikuan.people.service import SERVICE
from huikuan.staff import roles as role_verbs
from huikuan.staff import teams
from huikuan.staff.access import (
    LARGEST_COUNT,
    account_problems,
    begin,
    giving_problems,
    has_error,
    lock,
    may_change,
    team_problems,
    text_problems,
)
from huikuan.staff.sentences import problem

LONGEST_USERNAME = 150
LONGEST_NAME = 60
CAPACITY = 200
#: Random bytes of a password that we make: 12 characters, 72 bits.
PASSWORD_BYTES = 9


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody new. Roles, team and creditor are codes or names, as people write them."""

    username: str
    display_name: str = ""
    roles: tuple[str, ...] = ()
    team: str = ""
    creditor: str = ""
    capacity: int = CAPACITY
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitting:
    """A new user with the rows that the words stand for."""

    wanted: NewUser
    roles: tuple[Role, ...]
    team: Team | None
    creditor: Creditor | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The user as it stands now and, where one was made, the password to hand over once."""

    user: User | None
    password: str = ""
    problems: tuple[Problem, ...] = field(default=())


def new_password() -> str:
    """A password to be handed over once."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


@transaction.atomic
def add(wanted: NewUser, *, actor: User, at: dt.datetime, password: str = "") -> Kept:
    """A new user of the actor's house. Without a password one is made and given back, once."""
    if not may_change(actor) or actor.organisation is None:
        return Kept(None, problems=(problem("staff.right"),))
    fitting, problems = fit(wanted, actor.organisation)
    problems += taken(wanted.username, actor.organisation)
    problems += reach_problems(fitting, actor)
    if password:
        problems += password_problems(password, wanted.username)
    if fitting is None or has_error(problems):
        return Kept(None, problems=tuple(problems))

    made = password or new_password()
    user = write(fitting, actor.organisation, made)
    begin(actor, "staff.user", at=at, reason=f"user {user.pk}: made", given=fitting.roles)
    return Kept(user, _once(made, password), tuple(problems))


def reach_problems(fitting: Fitting | None, actor: User) -> list[Problem]:
    """Why this actor may not make a user that fits: its roles, or its team."""
    if fitting is None:
        return []
    return giving_problems(fitting.roles, actor) + team_problems(fitting.team, actor)


def write(fitting: Fitting, house: Organisation, password: str) -> User:
    """The row of a user that fits, with its roles."""
    wanted = fitting.wanted

    user = User(
        username=wanted.username,
        display_name=wanted.display_name or wanted.username,
        organisation=house,
        team=fitting.team,
        creditor=fitting.creditor,
        capacity=wanted.capacity,
        skills=list(wanted.skills),
    )
    user.set_password(password)

    user.save()
    user.roles.set(fitting.roles)
    return user


def fit(wanted: NewUser, house: Organisation) -> tuple[Fitting | None, list[Problem]]:
    """The rows that the words of a new user stand for, and everything that is wrong with them."""
    problems = name_problems(wanted.username)
    if len(wanted.display_name) > LONGEST_NAME:
        problems.append(problem("staff.long", column="display_name", most=LONGEST_NAME))
    if not 0 <= wanted.capacity <= LARGEST_COUNT:
        problems.append(problem("user.number", column="capacity", value=wanted.capacity))

    team = None
    if wanted.team:
        team, unknown = teams.find(house, wanted.team)
        problems += unknown
    creditor = None
    if wanted.creditor:
        creditor, unknown = find_creditor(house, wanted.creditor)
        problems += unknown

    chosen, unknown = role_verbs.find(house, wanted.roles)
    problems += unknown
    if not wanted.roles:
        problems.append(problem("role.none", column="roles"))
    if not unknown:
        problems += role_problems(chosen, creditor, team, wanted.username)

    if has_error(problems):
        return None, problems
    return Fitting(wanted, tuple(chosen), team, creditor), problems


def name_problems(username: str) -> list[Problem]:
    """What is wrong with a user name."""
    problems = text_problems(username, "username", LONGEST_USERNAME)
    if problems:
        return problems
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        return [problem("user.name", column="username", value=username)]
    if username.startswith(SERVICE):
        return [problem("user.service", column="username", name=username)]
    return []


def taken(username: str, house: Organisation) -> list[Problem]:
    """Whether somebody has this user name, here or in another house."""
    before = User.objects.filter(username=username).first()
    if before is None:
        return []
    if before.organisation_id == house.pk:
        return [problem("user.exists", column="username", name=username)]
    return [problem("user.elsewhere", column="username", name=username)]


def role_problems(
    chosen: Sequence[Role], creditor: Creditor | None, team: Team | None, username: str
) -> list[Problem]:
    """Whether these roles go together, and with this creditor and team."""
    creditor_id = None
    if creditor is not None:
        creditor_id = creditor.pk
    misfit = roles.misfit(chosen, creditor=creditor_id)
    if misfit:
        return [problem(misfit, column="roles")]

    leads = any(role.leads_team for role in chosen)
    if leads and team is None:
        return [problem("role.no_team", column="team", name=username)]
    return []


def find_creditor(house: Organisation, text: str) -> tuple[Creditor | None, list[Problem]]:
    """The creditor with this code or name."""
    creditors = list(Creditor.objects.filter(organisation=house).order_by("code"))
    for creditor in creditors:
        if text in (creditor.code, creditor.name):
            return creditor, []
    known = ", ".join(creditor.code for creditor in creditors) or "-"
    return None, [problem("creditor.unknown", column="creditor", value=text, known=known)]


def find(house: Organisation, username: str) -> tuple[User | None, list[Problem]]:
    """The user of the house, or a problem that names a near one. Program users are not found."""
    people = User.objects.filter(organisation=house).exclude(username__startswith=SERVICE)
    user = people.filter(username=username).select_related("team", "creditor").first()
    if user is not None:
        return user, []

    near = did_you_mean(username, people.values_list("username", flat=True))
    if near:
        return None, [problem("user.unknown_near", name=username, near=near)]
    return None, [problem("user.unknown", name=username)]


@transaction.atomic
def set_roles(username: str, words: Iterable[str], *, actor: User, at: dt.datetime) -> Kept:
    """Gives a user exactly these roles. Nobody gives or takes what goes beyond their own reach."""
    user, problems = _changeable(username, actor, own="user.own_roles")
    if user is None or user.organisation is None:
        return Kept(None, problems=tuple(problems))

    before = user.held_roles
    chosen, unknown = role_verbs.find(user.organisation, words)
    problems += unknown + giving_problems(chosen, actor)
    if not chosen and not unknown:
        problems.append(problem("role.none", column="roles"))
    problems += role_problems(chosen, user.creditor, user.team, username)
    loses = not any(Right.MANAGE_USERS in role.rights for role in chosen)
    if loses and is_last(user):
        problems.append(problem("user.last", name=username))
    if has_error(problems):
        return Kept(user, problems=tuple(problems))

    user.roles.set(chosen)
    user.forget_roles()
    codes = ", ".join(role.code for role in chosen)
    handed = {*before, *chosen}
    begin(actor, "staff.roles", at=at, reason=f"user {user.pk}: {codes}", given=handed)
    return Kept(user, problems=tuple(problems))


@transaction.atomic
def set_team(username: str, team_text: str, *, actor: User, at: dt.datetime) -> Kept:
    """Moves a user to a team; an empty text: out of any. Held cases stay with the user."""
    user, problems = _changeable(username, actor, own="user.own_team")
    if user is None or user.organisation is None:
        return Kept(None, problems=tuple(problems))

    team = None
    if team_text:
        team, unknown = teams.find(user.organisation, team_text)
        problems += unknown
    problems += team_problems(team, actor)
    problems += role_problems(user.held_roles, user.creditor, team, username)
    if has_error(problems):
        return Kept(user, problems=tuple(problems))

    user.team = team
    user.save(update_fields=["team"])
    said = f"user {user.pk}: {team_text or '-'}"
    begin(actor, "staff.team_of", at=at, reason=said, given=user.held_roles)
    return Kept(user, problems=tuple(problems))


@transaction.atomic
def set_password(username: str, *, actor: User, at: dt.datetime, password: str = "") -> Kept:
    """Another password; without one, one is made. Sessions of the old one end.

    It opens whatever the user's roles open, so it is set by somebody who could give them.
    """
    user, problems = _changeable(username, actor)
    if user is None:
        return Kept(None, problems=tuple(problems))
    if password:
        problems += password_problems(password, username)
    if has_error(problems):
        return Kept(user, problems=tuple(problems))

    made = password or new_password()
    user.set_password(made)
    user.save(update_fields=["password"])
    begin(actor, "staff.password", at=at, reason=f"user {user.pk}", given=user.held_roles)
    return Kept(user, _once(made, password), tuple(problems))


def _once(made: str, given: str) -> str:
    """The password to hand over: nothing where the user chose it."""
    if given:
        return ""
    return made


def password_problems(password: str, username: str) -> list[Problem]:
    """What the rules for passwords say against it."""
    try:
        validate_password(password, User(username=username))
    except ValidationError as error:
        return [problem("user.password", column="password", why=" ".join(error.messages))]
    return []


def is_last(user: User) -> bool:
    """Whether nobody else of the house may change the staff, so that nobody could undo this."""
    if not user.is_active or not user.may(Right.MANAGE_USERS):
        return False
    others = User.objects.who_may(Right.MANAGE_USERS).filter(
        organisation_id=user.organisation_id, is_active=True
    )
    return not others.exclude(pk=user.pk).exclude(username__startswith=SERVICE).exists()


def _changeable(username: str, actor: User, *, own: str = "") -> tuple[User | None, list[Problem]]:
    """The user that is meant, the staff locked, with everything that stands against a change.

    `own`: what is said to whoever means themselves; empty where they may.
    """
    if not may_change(actor) or actor.organisation is None:
        return None, [problem("staff.right")]
    lock(actor.organisation.pk)

    user, problems = find(actor.organisation, username)
    if user is None:
        return None, problems
    return user, problems + account_problems(user, actor, own=own)
