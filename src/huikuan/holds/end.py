"""A hold is over: from a day on the work goes on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.disputed import undecided_points
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Hold
from huikuan.holds.place import Placed, refresh
from huikuan.holds.sentences import problem
from huikuan.people.models import User
from huikuan.people.rights import Right


@transaction.atomic
def end(hold_id: int, *, on: dt.date, reason: str, actor: User, at: dt.datetime) -> Placed:
    """Ends a hold; `on` is the first day on which it holds no more, at the latest today. A second end changes nothing."""
    hold = find_hold(hold_id, actor)
    if hold is None or not actor.may_write:
        return Placed(None, (problem("hold.read_only" if hold else "hold.unknown"),))
    if not actor.may(Right.DECIDE_HOLDS):
        return Placed(None, (problem("hold.role"),))
    lock_debtor(hold.case)
    hold.refresh_from_db(fields=["ended_on"])
    if hold.ended_on is not None:
        return Placed(None, (problem("hold.ended", on=hold.ended_on),))
    point = undecided_points(hold).select_related("complaint").first()
    if point is not None:
        return Placed(None, (problem("hold.disputed", number=point.complaint.number),))

    problems = []
    if not hold.valid_on <= on <= day_of(hold.case.organisation, at):
        problems.append(problem("hold.end_day", column="on", since=hold.valid_on))
    if not reason.strip():
        problems.append(problem("hold.reason", column="reason"))
    if problems:
        return Placed(None, tuple(problems))
    act = journal.begin(actor, "holds.end", at=at, reason=reason)
    hold.ended_on, hold.ended_at = on, at
    hold.save(update_fields=["ended_on", "ended_at"])
    refresh(hold, act, at)
    return Placed(hold)


def find_hold(hold_id: int, user: User) -> Hold | None:
    """The hold, if the user sees its case."""
    holds = Hold.objects.select_related("case__organisation", "item", "account", "act__actor")
    return holds.filter(pk=hold_id, case__in=visible_cases(user).values("pk")).first()
