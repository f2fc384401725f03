"""Which roles there are: those that ship, and those that a house made."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from huikuan.people.models import Organisation, Role, User
from huikuan.people.rights import Right

FILE = Path(__file__).with_name("roles.toml")
HOME = "worklist"


class UnknownRole(ValueError):
    """There is no such role in this house."""


@functools.cache
def shipped_columns() -> dict[str, dict[str, Any]]:
    """The roles that ship, in the order of the file: code → columns of the row."""
    with FILE.open("rb") as file:
        written = tomllib.load(file)

    columns = {}
    for code, role in written.items():
        columns[code] = {
            "title_zh": role["title"]["zh-Hans"],
            "title_en": role["title"]["en"],
            "wall": role["wall"],
            "rank": role.get("rank", 0),
            "home": role.get("home", HOME),
            "rights": sorted(role["rights"]),
            "gives": sorted(role.get("gives", ())),
        }
    return columns


def shipped_codes() -> tuple[str, ...]:
    """Codes of the roles that ship, in the order of the file. Asks no database."""
    return tuple(shipped_columns())


def unsaved(code: str) -> Role:
    """A shipped role as the file has it, without its row. Raises KeyError for another code."""
    return Role(code=code, **shipped_columns()[code])


def behind() -> bool:
    """Whether the rows of the shipped roles say anything else than the file."""
    names = next(iter(shipped_columns().values()))
    rows = Role.objects.filter(organisation=None).values("code", *names)
    standing = {row.pop("code"): row for row in rows}
    return any(standing.get(code) != columns for code, columns in shipped_columns().items())


def install(role_model: Any = Role) -> None:
    """Brings the rows of the shipped roles to what the file says; called by `migrate`.

    A right that a new version brings is held by nobody until the rows of the book have it.
    The table of an earlier migration lacks columns of today's file: those are left out there.
    """
    known = {column.name for column in role_model._meta.get_fields()}
    for code, columns in shipped_columns().items():
        values = {name: value for name, value in columns.items() if name in known}
        role_model.objects.update_or_create(organisation=None, code=code, defaults=values)


def of_house(organisation: Organisation | int | None) -> QuerySet[Role]:
    """The roles that a house can give: the shipped ones and its own."""
    return Role.objects.filter(Q(organisation=None) | Q(organisation=organisation))


class Titles(dict[str, str]):
    """Code → title in the language of the moment. Asks the book only for an own role."""

    def __init__(self, organisation: Organisation | int | None) -> None:
        super().__init__({code: unsaved(code).title for code in shipped_codes()})
        self.organisation = organisation

    def __missing__(self, code: str) -> str:
        for role in Role.objects.filter(organisation=self.organisation):
            self[role.code] = role.title
        return self.setdefault(code, code)


def titles(organisation: Organisation | int | None) -> Titles:
    """The titles of the house's roles; for one that it does not have, its code."""
    return Titles(organisation)


def known_codes() -> set[str]:
    """Every role that a pack may name: the shipped ones and those of any house of the book."""
    return {*shipped_codes(), *Role.objects.values_list("code", flat=True)}


def able_codes(codes: Iterable[str], *rights: Right) -> tuple[str, ...]:
    """Those of these roles that have all of these rights.

    Asks the book only where an own role is among them.
    """
    shipped = {code: columns["rights"] for code, columns in shipped_columns().items()}
    own = [code for code in codes if code not in shipped]
    able = {code for code, given in shipped.items() if set(rights) <= set(given)}
    if own:
        wanted = [right.value for right in rights]
        rows = Role.objects.filter(code__in=own, rights__contains=wanted)
        able.update(rows.values_list("code", flat=True))
    return tuple(code for code in codes if code in able)


def codes_with(right: Right) -> set[str]:
    """Codes of the roles that give this right, of whatever house."""
    found = Role.objects.filter(rights__contains=[right.value])
    return set(found.values_list("code", flat=True))


def ranks(organisation: Organisation | int | None) -> dict[str, int]:
    """Code → rank of every role of the house."""
    return dict(of_house(organisation).values_list("code", "rank"))


def find(codes: Iterable[str], organisation: Organisation | int | None) -> list[Role]:
    """The rows of these codes, in the order given. Raises UnknownRole with the first missing one.

    A book whose shipped rows are gone (a table that was emptied) gets them again.
    """
    wanted = list(dict.fromkeys(str(code) for code in codes))
    rows = _by_code(wanted, organisation)
    if set(wanted) - set(rows) & set(shipped_codes()):
        install()
        rows = _by_code(wanted, organisation)

    for code in wanted:
        if code not in rows:
            raise UnknownRole(code)
    return [rows[code] for code in wanted]


def _by_code(codes: Collection[str], organisation: Organisation | int | None) -> dict[str, Role]:
    return {role.code: role for role in of_house(organisation).filter(code__in=codes)}


def create_user(
    username: str,
    email: str | None = None,
    password: str | None = None,
    *,
    roles: Iterable[str] = (),
    **columns: Any,
) -> User:
    """A user with these roles (codes). Raises UnknownRole; ValueError when they do not fit."""
    user: User = User.objects.create_user(username, email, password, **columns)
    give(user, roles)
    return user


def give(user: User, codes: Iterable[str]) -> None:
    """Sets the user's roles. Raises UnknownRole, or ValueError with a reason of `misfit`."""
    chosen = find(codes, user.organisation_id)
    reason = misfit(chosen, creditor=user.creditor_id)
    if reason:
        raise ValueError(reason)
    user.roles.set(chosen)
    user.forget_roles()


def misfit(roles: Collection[Role], *, creditor: int | None) -> str:
    """Why these roles do not go together for one user, as a code of sentences; else empty.

    Who looks in from outside (wall: creditor) has no role of the house beside it: together they
    would see the whole house. Without a creditor such a role sees nothing, which nobody means.
    """
    outside = [role for role in roles if role.looks_in_from_outside]
    if outside and len(outside) < len(roles):
        return "role.outside"
    if outside and creditor is None:
        return "role.no_creditor"
    return ""
