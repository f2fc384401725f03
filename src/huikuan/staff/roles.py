"""Roles of a house's own, beside those that ship."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from huikuan.lib.problems import Problem, did_you_mean
from huikuan.people import roles
from huikuan.people.models import Organisation, Role, User
from huikuan.people.rights import LOOKING, Right, Wall
from huikuan.staff.access import (
    begin,
    code_problems,
    giving_problems,
    has_error,
    may_change,
    text_problems,
)
from huikuan.staff.sentences import problem

LONGEST_TITLE = 40
LONGEST_TITLE_EN = 60
#: The highest rank that the table holds.
HIGHEST_RANK = 32_767


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role that a house wants. `title_en` is the Chinese title where none is given.

    `gives`: rights that whoever has it may hand on without having them.
    """

    code: str
    title_zh: str
    title_en: str = ""
    wall: str = Wall.OWN
    rights: tuple[str, ...] = ()
    rank: int = 0
    gives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """The role, or why it was not made."""

    role: Role | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def add(wanted: NewRole, *, actor: User, at: dt.datetime) -> Made:
    """A role of the actor's house. Its code is free among the shipped ones too: packs name it."""
    problems = check(wanted, actor)
    if has_error(problems):
        return Made(None, tuple(problems))

    role = _row(wanted, actor)
    role.save()
    begin(actor, "staff.role", at=at, reason=f"{wanted.code}: made", given=[role])
    return Made(role, tuple(problems))


def _row(wanted: NewRole, actor: User) -> Role:
    """The role as its row will be, not saved yet."""
    return Role(
        organisation_id=actor.organisation_id,
        code=wanted.code,
        title_zh=wanted.title_zh,
        title_en=wanted.title_en or wanted.title_zh,
        wall=wanted.wall,
        rights=sorted(set(wanted.rights)),
        gives=sorted(set(wanted.gives)),
        rank=wanted.rank,
    )


def check(wanted: NewRole, actor: User) -> list[Problem]:
    """Everything that is wrong with the role; last, whether it goes beyond who makes it."""
    problems = word_problems(wanted)
    if not may_change(actor):
        problems.append(problem("staff.right"))
    if has_error(problems):
        return problems
    return problems + giving_problems([_row(wanted, actor)], actor)


def word_problems(wanted: NewRole) -> list[Problem]:
    """What is wrong with the words and numbers of the role, whoever makes it."""
    problems = code_problems(wanted.code) + text_problems(wanted.title_zh, "title", LONGEST_TITLE)
    if len(wanted.title_en) > LONGEST_TITLE_EN:
        problems.append(problem("staff.long", column="title_en", most=LONGEST_TITLE_EN))
    if not 0 <= wanted.rank <= HIGHEST_RANK:
        most = HIGHEST_RANK
        problems.append(problem("role.rank", column="rank", value=wanted.rank, most=most))
    if wanted.wall not in Wall.values:
        known = ", ".join(Wall.values)
        problems.append(problem("role.wall", column="wall", value=wanted.wall, known=known))
    if wanted.code in roles.known_codes():
        problems.append(problem("role.exists", column="code", code=wanted.code))

    known = ", ".join(Right.values)
    for right in (*wanted.rights, *wanted.gives):
        if right not in Right.values:
            problems.append(problem("role.right", column="rights", value=right, known=known))
    if _changes_without_write(wanted):
        problems.append(problem("role.needs_write", column="rights"))
    return problems


def _changes_without_write(wanted: NewRole) -> bool:
    """Whether the role names rights that its users could not use: without WRITE nobody changes."""
    changing = set(Right.values) - LOOKING
    return Right.WRITE not in wanted.rights and bool(changing & set(wanted.rights))


def find(house: Organisation, words: Iterable[str]) -> tuple[list[Role], list[Problem]]:
    """Roles by code or title in either language, and a problem for each word that is none."""
    offered: dict[str, Role] = {}
    for role in roles.of_house(house):
        for word in (role.code, role.title_zh, role.title_en):
            offered[word.lower()] = role

    chosen: list[Role] = []
    problems: list[Problem] = []
    for word in words:
        found = offered.get(word.strip().lower())
        if found is None:
            problems.append(_unknown(word, offered))
        elif found not in chosen:
            chosen.append(found)
    return chosen, problems


def _unknown(word: str, offered: Collection[str]) -> Problem:
    near = did_you_mean(word.strip().lower(), offered)
    if near:
        return problem("role.unknown_near", column="roles", value=word, near=near)
    return problem("role.unknown", column="roles", value=word)
