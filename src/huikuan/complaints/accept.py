"""A complaint is accepted 受理: with its points, and what they dispute rests at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Case, Complaint, ComplaintPoint, Hold
from huikuan.complaints.causes import causes_of
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    columns,
    event,
    line_problems,
    lock_case,
    opened,
    settle,
    text_problems,
)
from huikuan.engine.lists import Entry
from huikuan.holds.entry import HoldEntry, first_placed, target
from huikuan.holds.place import standing
from huikuan.holds.place import write as write_hold
from huikuan.lib.problems import Problem
from huikuan.people.models import User

#: What a point may dispute: nothing of ours, the whole case, or one item or account of it.
DISPUTES = ("", Hold.Scope.CASE, Hold.Scope.ITEM, Hold.Scope.ACCOUNT)


@dataclass(frozen=True, slots=True)
class Point:
    """One complaint point. `disputes`: what rests because of it; `key`: id of item or account."""

    cause: str
    detail: str
    aim: str
    disputes: str = ""
    key: int | None = None


@transaction.atomic
def accept(number: str, points: Sequence[Point], *, actor: User, at: dt.datetime) -> Done:
    """Accepts a complaint with at least one point in full. A second time changes nothing.

    What a point disputes is on hold from now on, of the kind `complaint`: provisionally, until the
    point is decided. Letters that preserve limitation, answers, and payments go on.
    """
    lock_case(number, actor)
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)
    if begun.facts.complaint_accepted_on is not None:
        return Done(complaint, problems=(problem("complaint.accepted"),))

    causes = causes_of(complaint.organisation, day_of(complaint.organisation, at))
    problems = _problems(points, complaint, causes)
    if problems:
        return Done(complaint, problems=tuple(problems))

    act = journal.begin(actor, "complaints.accept", at=at)
    titles = {cause.code: dict(cause.title) for cause in causes}
    for place, point in enumerate(points, start=1):
        _write(complaint, place, point, titles[point.cause], act, at)
    accepted = event(complaint, Kind.ACCEPTED, act, at)
    settle(complaint, act, at)
    return Done(complaint, accepted)


def _problems(
    points: Sequence[Point], complaint: Complaint, causes: Sequence[Entry]
) -> list[Problem]:
    """Everything that is wrong with the points; nothing is accepted without one."""
    if not points:
        return [problem("complaint.no_point", column="detail_1")]

    codes = [cause.code for cause in causes]
    if not codes:
        return [problem("complaint.no_causes", column="cause_1")]

    found = []
    for place, point in enumerate(points, start=1):
        found += text_problems(point.detail, f"detail_{place}")
        found += line_problems(point.aim, f"aim_{place}")
        if not point.cause.strip():
            found.append(problem("complaint.empty", column=f"cause_{place}"))
        elif point.cause not in codes:
            known = ", ".join(codes)
            wrong = problem(
                "complaint.cause", column=f"cause_{place}", code=point.cause, known=known
            )
            found.append(wrong)
        if not _can_rest(point, complaint.case):
            found.append(problem("complaint.disputed", column=f"disputes_{place}"))
    return found


def _can_rest(point: Point, case: Case | None) -> bool:
    if not point.disputes:
        return True
    if case is None or point.disputes not in DISPUTES:
        return False
    return not list(target(_entry(point, dt.date.min, ""), case))


def _entry(point: Point, on: dt.date, reason: str) -> HoldEntry:
    """The hold that the point asks for."""
    item_id = point.key if point.disputes == Hold.Scope.ITEM else None
    account_id = point.key if point.disputes == Hold.Scope.ACCOUNT else None
    return HoldEntry(Hold.Kind.COMPLAINT, point.disputes, on, reason, item_id, account_id)


def reason_of(complaint: Complaint, place: int) -> str:
    """Why something rests, as the page of the case and the list of holds say it.

    The number alone: whoever holds the case, their lead and the client read no word of whoever
    complained.
    """
    text = _("complaint {complaint}, point {number}")
    return text.format(complaint=complaint.number, number=place)


def rest(complaint: Complaint, place: int, point: Point, act: Act, at: dt.datetime) -> Hold | None:
    """The hold of what a point disputes: a new one, or the one that stands; None: it disputes
    nothing of ours.
    """
    case = complaint.case
    if not point.disputes or case is None:
        return None
    on = max(day_of(complaint.organisation, at), first_placed(case, point.disputes))
    entry = _entry(point, on, reason_of(complaint, place))
    return standing(entry, case) or write_hold(entry, case, act, at)


def _write(
    complaint: Complaint,
    place: int,
    point: Point,
    title: dict[str, str],
    act: Act,
    at: dt.datetime,
) -> ComplaintPoint:
    """The point, with the hold of what it disputes."""
    hold = rest(complaint, place, point, act, at)

    return ComplaintPoint.objects.create(
        **columns(complaint, act, at=at),
        number=place,
        cause=point.cause,
        cause_title=title,
        detail=point.detail.strip(),
        aim=point.aim.strip(),
        disputes=point.disputes,
        hold=hold,
    )
