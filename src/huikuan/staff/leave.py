"""Leaving: the act that ends an account gives back what its user holds, so that no case is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from huikuan.casebook import facts, journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Assignment, Case, CaseSummary
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.staff import users
from huikuan.staff.access import account_problems, begin, has_error, lock, may_change
from huikuan.staff.sentences import problem

#: Why an assignment ended: a word of the history, shown on the timeline.
REASON = "left"


@dataclass(frozen=True, slots=True)
class Ended:
    """Who left and how many open cases came back; or why nothing was done."""

    user: User | None
    cases: int = 0
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def end(username: str, *, actor: User, at: dt.datetime, reason: str = "") -> Ended:
    """Ends an account; its open cases become nobody's of the same team at once.

    Their tasks stay: the lead sees them, and the next proposal gives them to others. What was
    done stays under the user's name. A second time gives back what came to the user since.
    """
    user, problems = _leaving(username, actor)
    if user is None or user.organisation is None or has_error(problems):
        return Ended(user, problems=tuple(problems))

    said = reason or f"user {user.pk}"
    act = begin(actor, "staff.leave", at=at, reason=said, given=user.held_roles)
    cases = _held(user)
    _give_back(cases, user, act, at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    return Ended(user, len(cases), tuple(problems))


def _leaving(username: str, actor: User) -> tuple[User | None, list[Problem]]:
    """The user, the staff locked; or why it cannot be ended."""
    if not may_change(actor) or actor.organisation is None:
        return None, [problem("staff.right")]
    lock(actor.organisation.pk)
    user, problems = users.find(actor.organisation, username)
    if user is None:
        return None, problems

    problems += account_problems(user, actor, own="user.self")
    if user.pk != actor.pk and users.is_last(user):
        problems.append(problem("user.last", name=username))
    if not user.is_active:
        problems.append(problem("user.ended", name=username))
    return user, problems


def _held(user: User) -> list[Case]:
    """The open cases of the user, their summary rows locked."""
    rows = (
        CaseSummary.objects.select_for_update()
        .filter(organisation_id=user.organisation_id or 0, assignee_id=user.pk, is_open=True)
        .order_by("case_id")
    )
    ids = list(rows.values_list("case_id", flat=True))
    return list(Case.objects.filter(pk__in=ids).order_by("pk"))


def _give_back(cases: list[Case], user: User, act: Act, at: dt.datetime) -> None:
    """Ends the assignment of each case and makes its facts anew."""
    if not cases or user.organisation is None:
        return

    on = day_of(user.organisation, at)
    Assignment.objects.bulk_create(
        Assignment(
            **journal.columns(case, act, on=on, at=at),
            case=case,
            user=None,
            team=user.team,
            reason=REASON,
        )
        for case in cases
    )
    facts.refresh([case.pk for case in cases])


def held_by_left() -> Q:
    """Of cases: open ones whose holder has left. They count as held by nobody."""
    left = User.objects.filter(is_active=False).values("pk")
    return Q(summary__is_open=True, summary__assignee_id__in=left)


def left_behind(organisation_id: int) -> QuerySet[User]:
    """Who of the house has left and still holds open cases."""
    holders = CaseSummary.objects.filter(organisation_id=organisation_id, is_open=True)
    return User.objects.filter(
        organisation_id=organisation_id,
        is_active=False,
        pk__in=holders.exclude(assignee_id=None).values("assignee_id"),
    ).order_by("username")
