"""Which clocks a user sees: those of the user's roles, or all of them, within the user's walls."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huikuan.casebook.access import visible_cases, visible_ids
from huikuan.casebook.models import Clock
from huikuan.people.models import Organisation, User
from huikuan.people.rights import Right
from huikuan.web import rooms


def clocks_of_house(organisation: Organisation, *, void_too: bool = False) -> QuerySet[Clock]:
    """Every clock of a house that counts, whoever it belongs to."""
    of_house = Clock.objects.filter(organisation=organisation)
    return of_house if void_too else of_house.filter(void_at=None)


def visible_clocks(user: User, *, void_too: bool = False) -> QuerySet[Clock]:
    """Clocks of the user's house. Whoever may watch them sees those of every role, the others those
    of their own roles; of a case only what `visible_cases` shows, of a creditor's batch only what
    is that creditor's where the user is a client; of what a room keeps apart, such as complaints,
    what the room shows. `void_too`: also those whose start was taken back, for what they missed
    stays to be read.
    """
    if not user.is_active or user.organisation is None or not user.walls:
        return Clock.objects.none()

    seen = clocks_of_house(user.organisation, void_too=void_too)
    if not user.may(Right.WATCH_CLOCKS):
        seen = seen.filter(role__in=user.role_codes)
    if user.is_client:
        seen = seen.filter(creditor_id=user.creditor_id or 0)
    if not user.sees_house:
        seen = seen.filter(Q(case__isnull=True) | Q(case_id__in=visible_ids(user)))
    for of_room in rooms.deadlines():
        theirs = Q(subject_id__in=of_room.visible(user).order_by().values("pk"))
        seen = seen.filter(~Q(subject_kind=of_room.subject) | theirs)
    return seen


def interest_in(clock: Clock, user: User) -> str:
    """Why the user does nothing on the deadlines of this subject; empty: nothing is in the way."""
    of_room = rooms.deadlines_of(clock.subject_kind)
    return of_room.interest(clock.subject_id, user) if of_room is not None else ""


def may_see(user: User, clock: Clock) -> bool:
    """Whether the case of the clock, where it has one, is one that the user sees."""
    if clock.case_id is None:
        return not user.is_client
    return visible_cases(user).filter(pk=clock.case_id).exists()
