"""The complainant is told a definite time of reply, and keeps to be told where it moves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Complaint, ComplaintEvent
from huikuan.complaints.legal import beyond, is_bound_by_law
from huikuan.complaints.procedure import figure, levels
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    event,
    level_role,
    line_problems,
    opened,
    owner_of,
    people_of_role,
    settle,
    tell,
)
from huikuan.engine.parameters import REPLY_CHANGES, REPLY_WITHIN
from huikuan.lib.problems import Problem
from huikuan.people.models import User

ONE_DAY = dt.timedelta(days=1)
TOLD = (Kind.PROMISED, Kind.PROMISED_AGAIN)


@transaction.atomic
def promise(
    number: str,
    *,
    until: dt.datetime,
    way: str,
    actor: User,
    at: dt.datetime,
    reason: str = "",
) -> Done:
    """Records the moment of reply that was told to the complainant; its deadline runs from now.

    A later one needs a reason, and whoever stands above hears of it. Told anew after it ran out it
    is a word of its own, with a deadline of its own; a second time there is none.
    """
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    before = list(complaint.events.filter(kind__in=TOLD).order_by("happened_at", "pk"))
    newest = before[-1] if before else None
    if begun.facts.complaint_replied_on is not None:
        return Done(complaint, problems=(problem("complaint.again"),))
    if begun.facts.complainant_unreachable:
        return Done(complaint, problems=(problem("complaint.unreachable"),))
    if newest is not None and newest.until_at == until:
        return Done(complaint, problems=(problem("complaint.again"),))
    wrong = _wrong_moment(complaint, until, at)
    if newest is not None and newest.until_at is not None and until > newest.until_at:
        wrong += _wrong_change(complaint, before, reason, actor, at)
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    act = journal.begin(actor, "complaints.promise", at=at, reason=reason)
    said = {
        "until_at": until,
        "until_on": day_of(complaint.organisation, until),
        "way": way,
        "text": reason.strip(),
    }
    told = event(complaint, _kind(newest, at), act, at, **said)
    settle(complaint, act, at)
    if newest is not None:
        tell(complaint, _above(complaint, actor, at), "moved", at)
    return Done(complaint, told)


def _kind(newest: ComplaintEvent | None, at: dt.datetime) -> str:
    """A first word, or one that moves it in time; else a word of its own."""
    if newest is None:
        return Kind.PROMISED
    if newest.kind == Kind.PROMISED_AGAIN or _ran_out(newest, at):
        return Kind.PROMISED_AGAIN
    return Kind.PROMISED


def _ran_out(told: ComplaintEvent, at: dt.datetime) -> bool:
    assert told.until_at is not None  # every event of this kind has its moment
    return told.until_at < at


def _wrong_moment(complaint: Complaint, until: dt.datetime, at: dt.datetime) -> list[Problem]:
    """Not past, and not after the end of the legal time; where none runs, within the days of the
    procedure.
    """
    if until <= at:
        return [problem("complaint.past", column="until")]

    if is_bound_by_law(complaint, at):
        too_late = beyond(complaint, until, at)
        return [] if too_late is None else [too_late]

    today = day_of(complaint.organisation, at)
    within = figure(complaint.organisation, today, REPLY_WITHIN)
    if within is not None and day_of(complaint.organisation, until) > today + within * ONE_DAY:
        return [problem("complaint.too_far", column="until", days=within)]
    return []


def _wrong_change(
    complaint: Complaint,
    before: list[ComplaintEvent],
    reason: str,
    actor: User,
    at: dt.datetime,
) -> list[Problem]:
    """A later time: with a reason, not without end, and once anew after it ran out."""
    wrong = line_problems(reason, "reason")
    newest = before[-1]
    if newest.kind == Kind.PROMISED_AGAIN and _ran_out(newest, at):
        return [problem("complaint.promise_over", column="until")]

    most = figure(complaint.organisation, day_of(complaint.organisation, at), REPLY_CHANGES)
    owner = owner_of(complaint)
    is_above = owner is not None and actor.rank > owner.rank
    if most is not None and len(before) > most and not is_above:
        wrong.append(problem("complaint.changes", column="until", most=most))
    return wrong


def _above(complaint: Complaint, actor: User, at: dt.datetime) -> list[User]:
    """Who hears of a later time: the role of its level, or of the first one; never the actor."""
    owners = levels(complaint, day_of(complaint.organisation, at))
    role = level_role(complaint)
    if not role and owners:
        role = owners[0]
    if not role:
        return []

    return [user for user in people_of_role(complaint, role) if user.pk != actor.pk]
