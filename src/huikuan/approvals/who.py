"""Whose answer a request waits for: one condition, for pages, verbs, notices and lists alike."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, ApprovalAnswer
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_act, roles_approved_by
from huikuan.people.rights import Right
from huikuan.web import rooms

NOTHING = Q(pk__in=())


def concerns(user: User) -> Q:
    """Requests at a station of the user's roles or rights, or for which the user may stand in."""
    if not may_act(user):
        return NOTHING
    own = Q(role__in=user.role_codes) | Q(right__in=_rights_of(user))
    return own | _from_above(user) | Q(stand_in__in=user.role_codes)


def answerable(user: User, on: dt.date) -> Q:
    """Requests that wait for this user's answer on a local day.

    Never what the user asked for, nor what the user has answered at an earlier station: nobody
    checks themselves, and the same person never decides twice. What no room carries out waits.
    """
    if not may_act(user):
        return NOTHING
    answered = ApprovalAnswer.objects.filter(approval=OuterRef("pk"), act__actor=user)
    stands_in = Q(stand_in__in=user.role_codes) & ~Q(Exists(_at_work(on)))
    may = Q(role__in=user.role_codes) | Q(right__in=_rights_of(user))
    able = may | _from_above(user) | stands_in
    carried_out = Q(kind__in=tuple(rooms.requests()))
    return able & carried_out & ~Q(act__actor=user) & ~Q(Exists(answered))


def _rights_of(user: User) -> list[str]:
    return [right.value for right in Right if user.may(right)]


def _from_above(user: User) -> Q:
    """Stations that the user covers by rank alone.

    Whoever has a station of their own in the chain keeps their answer for it: else a manager who
    answers for the team lead would be missing where the manager's own answer is wanted.
    """
    covered = Q(role__in=roles_approved_by(user)) & ~Q(role__in=user.role_codes)
    for code in user.role_codes:
        covered &= ~Q(chain__by__contains=[{"role": code}])
    return covered


def _at_work(on: dt.date) -> QuerySet[User]:
    """Somebody of the station's role who is there on the day and did not ask for it themselves."""
    people = User.objects.at_work(on).filter(
        organisation_id=OuterRef("organisation_id"), roles__code=OuterRef("role")
    )
    return people.exclude(pk=OuterRef("act__actor_id"))


def may_answer(approval: Approval, user: User, on: dt.date) -> bool:
    """Whether the request waits for this user; sight of its case is another question."""
    return Approval.objects.filter(answerable(user, on), pk=approval.pk).exists()


def stands_in(approval: Approval, user: User) -> bool:
    """Whether somebody who may answer does so only because everybody of the station is away."""
    if approval.role in user.role_codes or not approval.stand_in:
        return False
    covers = Approval.objects.filter(_from_above(user), pk=approval.pk).exists()
    return approval.stand_in in user.role_codes and not covers


def deciders(approval: Approval, at: dt.datetime) -> list[User]:
    """Everybody whose answer it waits for, of its house and with sight of the case."""
    colleagues = (
        User.objects.with_roles()
        .filter(organisation_id=approval.organisation_id, is_active=True)
        .exclude(pk=approval.act.actor_id)
        .order_by("pk")
    )
    on = day_of(approval.organisation, at)
    return [user for user in colleagues if _is_decider(approval, user, on)]


def _is_decider(approval: Approval, user: User, on: dt.date) -> bool:
    """What can be told from the roles is asked first: a house has many who never decide."""
    if not may_act(user) or not is_near(approval, user):
        return False
    waits = Approval.objects.filter(answerable(user, on), pk=approval.pk)
    return waits.filter(case__in=visible_cases(user).values("pk")).exists()


def is_near(approval: Approval, user: User) -> bool:
    """Whether the user could have to do with the station at all, as far as roles tell."""
    if approval.right:
        return user.may(Right(approval.right))
    return user.rank > 0 or bool({approval.role, approval.stand_in} & set(user.role_codes))


def needed(approval: Approval) -> str:
    """What the station wants, in words: a right, or a role."""
    if approval.right:
        return str(Right(approval.right).label)
    return roles.titles(approval.organisation_id)[approval.role]
