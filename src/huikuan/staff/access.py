"""Who changes the staff, and what a text must look like to be a code, a name, a number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from huikuan.lib.problems import Problem
from huikuan.people.models import Organisation, User
from huikuan.people.rights import Right
from huikuan.staff.sentences import problem

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}[0-9]")
#: Program users begin with this; nobody signs in as one.
SERVICE = "service."


def lock(house_id: int) -> Organisation:
    """Holds changes of a staff until the end of the transaction: one comes after the other.

    So of two managers who take each other's role at once the second is the last one. The weaker
    lock lets others write rows of the house meanwhile, who may hold cases that we wait for.
    """
    return Organisation.objects.select_for_update(no_key=True).get(pk=house_id)


def may_change(actor: User) -> bool:
    """Whether the actor changes house, teams, users and roles of the own organisation."""
    return actor.is_active and actor.organisation_id is not None and actor.may(Right.MANAGE_USERS)


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
