"""Teams: made and renamed. A team is never deleted, since assignments of the past name it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.people.models import Organisation, Team, User
from huikuan.staff.access import code_problems, may_change, text_problems
from huikuan.staff.sentences import problem

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Teamed:
    """The team as it stands now, or why nothing was done."""

    team: Team | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def add(code: str, name: str, *, actor: User, at: dt.datetime) -> Teamed:
    """A new team of the actor's house."""
    problems = [*_right(actor), *code_problems(code), *text_problems(name, "name", LONGEST_NAME)]
    before = Team.objects.filter(organisation_id=actor.organisation_id or 0, code=code).first()
    if before is not None:
        problems.append(problem("team.exists", code=code, name=before.name))
    if problems:
        return Teamed(None, tuple(problems))

    team = Team.objects.create(organisation_id=actor.organisation_id or 0, code=code, name=name)
    journal.begin(actor, "staff.team", at=at, reason=f"{code}: made")
    return Teamed(team)


@transaction.atomic
def rename(code: str, name: str, *, actor: User, at: dt.datetime) -> Teamed:
    """Another name for a team; its code stays."""
    problems = [*_right(actor), *text_problems(name, "name", LONGEST_NAME)]
    team = None
    if actor.organisation is not None:
        team, unknown = find(actor.organisation, code)
        problems += unknown
    if problems or team is None:
        return Teamed(team, tuple(problems))

    team.name = name
    team.save(update_fields=["name"])
    journal.begin(actor, "staff.team", at=at, reason=f"{code}: renamed")
    return Teamed(team)


def find(house: Organisation, text: str) -> tuple[Team | None, list[Problem]]:
    """The team with this code or name, or a problem that names a near one."""
    teams = list(Team.objects.filter(organisation=house).order_by("code"))
    for team in teams:
        if text in (team.code, team.name):
            return team, []

    near = did_you_mean(text, [word for team in teams for word in (team.code, team.name)])
    if near:
        return None, [problem("team.unknown_near", column="team", value=text, near=near)]
    known = ", ".join(team.code for team in teams) or "-"
    return None, [problem("team.unknown", column="team", value=text, known=known)]


def _right(actor: User) -> list[Problem]:
    if may_change(actor):
        return []
    return [problem("staff.right")]
