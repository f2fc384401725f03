"""Which penalties and missed deadlines a user sees here."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from huikuan.casebook.models import Breach, Penalty
from huikuan.clocks.access import visible_clocks
from huikuan.people.models import User
from huikuan.people.rights import Right


def visible_penalties(user: User) -> QuerySet[Penalty]:
    """Those of the house for who proposes or decides them; else the user's own."""
    if not user.is_active or not user.walls:
        return Penalty.objects.none()
    seen = Penalty.objects.filter(organisation_id=user.organisation_id or 0)
    if not user.may(Right.PROPOSE_PENALTIES, Right.DECIDE_PENALTIES):
        seen = seen.filter(user=user)
    return seen.select_related("breach__clock", "user", "act__actor")


def open_breaches(user: User) -> QuerySet[Breach]:
    """Missed deadlines that stand, with a penalty in the procedure, and for which none is
    proposed or in effect.
    """
    if not user.may(Right.PROPOSE_PENALTIES):
        return Breach.objects.none()

    # One that was dropped leaves the deadline missed: perhaps somebody else was on duty.
    proposed = Penalty.objects.filter(breach=OuterRef("pk"))
    proposed = proposed.exclude(status=Penalty.Status.REFUSED)
    standing = Breach.objects.filter(
        ~Exists(proposed),
        clock__in=visible_clocks(user, void_too=True),
        lifted_at=None,
        explained_at=None,
        penalty__isnull=False,
    )
    return standing.select_related("clock").order_by("-due_at", "-pk")
