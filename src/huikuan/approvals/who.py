"""Whose answer a request waits for: one condition, for pages, verbs, notices and lists alike."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, ApprovalAnswer
from huikuan.lib.problems import Problem
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
    of_station = Q(role__in=user.role_codes) | Q(right__in=_rights_of(user))
    return of_station | _from_above(user) | Q(stand_in__in=user.role_codes)


def answerable(user: User, on: dt.date) -> Q:
    """Requests that wait for this user's answer on a local day.

    Never what the user asked for, nor what the user has answered at an earlier station: nobody
    checks themselves, and the same person never decides twice. Nor where the user has an interest
    of their own, which the room of the kind says. What no room carries out waits.
    """
    if not may_act(user):
        return NOTHING
    instead = _from_above(user) | Q(pk__in=_standing_in(user, on))
    able = _of_station(user) | (instead & ~_wanted_later(user))
    carried_out = Q(kind__in=tuple(rooms.requests()))
    return able & carried_out & ~_taken_part(user) & ~_with_interest(user)


def _with_interest(user: User) -> Q:
    """Requests of which a room says that the user has an interest of their own in them."""
    found = NOTHING
    for kind in rooms.requests().values():
        if kind.interested is not None:
            found |= Q(kind=kind.kind) & kind.interested(user)
    return found


def _of_station(user: User) -> Q:
    """Requests that stand at a station of the user's own roles, or rights.

    Whoever has the right, and a role that a later station names, keeps the answer for that one.
    """
    of_right = Q(right__in=_rights_of(user)) & ~Q(to_come__has_any_keys=list(user.role_codes))
    return Q(role__in=user.role_codes) | of_right


def _rights_of(user: User) -> list[str]:
    return [right.value for right in Right if user.may(right)]


def _taken_part(user: User) -> Q:
    """Requests which the user asked for, or answered at an earlier station."""
    answered = ApprovalAnswer.objects.filter(approval=OuterRef("pk"), act__actor=user)
    return Q(act__actor=user) | Q(Exists(answered))


def _wanted_later(user: User) -> Q:
    """Requests that come to a station of the user's own after the one where they stand.

    Whoever answers for somebody else keeps their own answer: else a manager who answers for the
    team lead would be missing where the manager's answer is wanted.
    """
    own = [*user.role_codes, *(right_to_come(right) for right in _rights_of(user))]
    return Q(to_come__has_any_keys=own)


def right_to_come(right: str) -> str:
    """A right among `Approval.to_come`, where roles stand by their codes."""
    return f"right:{right}"


def _from_above(user: User) -> Q:
    """Stations that the user covers by rank alone."""
    return Q(role__in=roles_approved_by(user).exclude(code__in=user.role_codes))


def _standing_in(user: User, on: dt.date) -> list[int]:
    """Requests for which the user may stand in: nobody of the station itself could answer them.

    Somebody of the station could who is at work on the day, sees the case, and took no part yet.
    """
    requests = Approval.objects.filter(
        organisation_id=user.organisation_id or 0,
        status=Approval.Status.WAITING,
        stand_in__in=user.role_codes,
    )
    waiting = {request.pk: request for request in requests}
    if not waiting:
        return []

    colleagues = User.objects.with_roles().at_work(on)
    for colleague in colleagues.filter(organisation_id=user.organisation_id).exclude(pk=user.pk):
        near = [key for key, request in waiting.items() if _stands_at(colleague, request)]
        if not near or not may_act(colleague):
            continue
        able = Approval.objects.filter(_of_station(colleague), ~_taken_part(colleague), pk__in=near)
        able = able.filter(case__in=visible_cases(colleague).values("pk"))
        for key in able.values_list("pk", flat=True):
            del waiting[key]
    return list(waiting)


def _stands_at(user: User, request: Approval) -> bool:
    """Whether a role or a right of the user is what the station wants."""
    if request.right:
        return user.may(Right(request.right))
    return request.role in user.role_codes


def may_answer(approval: Approval, user: User, on: dt.date) -> bool:
    """Whether the request waits for this user; sight of its case is another question."""
    return Approval.objects.filter(answerable(user, on), pk=approval.pk).exists()


def stands_in(approval: Approval, user: User) -> bool:
    """Whether somebody who may answer does so only because everybody of the station is away."""
    by_themselves = _of_station(user) | _from_above(user)
    return not Approval.objects.filter(by_themselves, pk=approval.pk).exists()


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


def hindrance(approval: Approval, user: User, grant: bool) -> Problem | None:
    """Why the room of the request keeps this user from answering it; None where nothing does."""
    kind = rooms.requests().get(approval.kind)
    if kind is None or kind.hindrance is None:
        return None
    return kind.hindrance(approval, user, grant)


def _is_decider(approval: Approval, user: User, on: dt.date) -> bool:
    """What can be told from the roles is asked first: a house has many who never decide."""
    if not may_act(user) or not is_near(approval, user):
        return False
    waits = Approval.objects.filter(answerable(user, on), pk=approval.pk)
    return waits.filter(case__in=visible_cases(user).values("pk")).exists()


def is_near(approval: Approval, user: User) -> bool:
    """Whether the user could have to do with the station at all, as far as roles tell."""
    if approval.stand_in in user.role_codes or _stands_at(user, approval):
        return True
    return user.rank > 0 and not approval.right


def needed(approval: Approval) -> str:
    """What the station wants, in words: a right, or a role."""
    if approval.right:
        return str(Right(approval.right).label)
    return roles.titles(approval.organisation_id)[approval.role]
