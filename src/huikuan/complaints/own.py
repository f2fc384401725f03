"""Somebody without an interest of their own owns the complaint, and it may go to the next level."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Complaint
from huikuan.complaints.find import interest_of
from huikuan.complaints.procedure import levels
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    event,
    level_role,
    line_problems,
    may_do,
    opened,
    owner_of,
    people_of_role,
    settle,
    tell,
    title_of,
)
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right


@transaction.atomic
def own(number: str, username: str, *, actor: User, at: dt.datetime, reason: str = "") -> Done:
    """Names the owner. Who is complained about, their lead, and who held the case are refused."""
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    owner = handler(username, complaint)
    if owner is None:
        return Done(complaint, problems=(problem("complaint.owner_unknown", column="owner"),))
    wrong = no_owner(owner, complaint)
    if wrong is not None:
        return Done(complaint, problems=(wrong,))
    before = owner_of(complaint)
    is_named_anew = begun.facts.owner_below_level
    if before == owner and not is_named_anew:
        return Done(complaint, problems=(problem("complaint.again"),))
    taken = _takes_over(before, complaint, reason, actor) if before != owner else []
    if taken:
        return Done(complaint, problems=tuple(taken))

    act = journal.begin(actor, "complaints.own", at=at, reason=reason)
    named = event(complaint, Kind.OWNED, act, at, user=owner, text=reason.strip())
    settle(complaint, act, at)
    tell(complaint, [owner], "owner", at)
    if before is not None and before not in (owner, actor):
        tell(complaint, [before], "taken", at)
    return Done(complaint, named)


def _takes_over(
    before: User | None, complaint: Complaint, reason: str, actor: User
) -> list[Problem]:
    """Why the complaint is not taken from its owner like this.

    The owner gives it away, or somebody above them does, with a reason. Who can own it no more is
    replaced by anybody who handles complaints.
    """
    if before is None or no_owner(before, complaint) is not None:
        return []
    if actor != before and actor.rank <= before.rank:
        return [problem("complaint.not_owner", name=str(before))]
    return line_problems(reason, "reason")


def handler(username: str, complaint: Complaint) -> User | None:
    """Somebody of the house who handles complaints."""
    mine = User.objects.filter(organisation_id=complaint.organisation_id, is_active=True)
    user = mine.filter(username=username).first()
    if user is None or not user.may(Right.HANDLE_COMPLAINTS):
        return None
    return user


def no_owner(user: User, complaint: Complaint) -> Problem | None:
    """Why this user cannot own it: an interest of their own, or a level that others own."""
    interest = interest_of(user, complaint)
    if interest:
        return problem("complaint.owner_interest", column="owner", name=str(user), why=interest)

    role = level_role(complaint)
    if role and not may_do(role, user):
        return problem("complaint.level_owner", column="owner", role=title_of(role, complaint))
    return None


@transaction.atomic
def escalate(number: str, *, reason: str, level: int, actor: User, at: dt.datetime) -> Done:
    """Takes the complaint to the next level, whose owner the procedure names. From a level on those
    who own it take it further.

    `level`: the one that is meant, as the page shows it, so that two who press at once go one level
    up. The people of its role are told; one of them becomes the owner.
    """
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    summary = begun.facts
    if level <= summary.complaint_level:
        return Done(complaint, problems=(problem("complaint.again"),))
    present = level_role(complaint)
    if present and not may_do(present, actor):
        title = title_of(present, complaint)
        return Done(complaint, problems=(problem("complaint.level_role", role=title),))
    wrong = line_problems(reason, "reason")
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    owners = levels(complaint, day_of(complaint.organisation, at))
    following = summary.complaint_level + 1
    if level != following or following > len(owners):
        return Done(complaint, problems=(problem("complaint.no_level"),))

    act = journal.begin(actor, "complaints.escalate", at=at, reason=reason)
    role = owners[following - 1]
    said = {"level": following, "role": role, "text": reason.strip()}
    escalated = event(complaint, Kind.ESCALATED, act, at, **said)
    settle(complaint, act, at)
    tell(complaint, people_of_role(complaint, role), "level", at)
    return Done(complaint, escalated)
