"""Who is told of a batch: whoever answers for the deadlines of it that run."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Clock, Notice, Placement, PlacementHandler
from huikuan.people.models import User


def tell_of(
    placement: Placement, kind: Notice.Kind, at: dt.datetime, *, by: User | None = None
) -> None:
    """A notice to the people of the roles whose deadlines of the batch run now, and to whoever was
    named for it. Which roles those are, the procedure says. `by` needs to hear nothing; no program.
    """
    running = Clock.objects.filter(
        subject_kind="placement", subject_id=placement.pk, met_at=None, void_at=None
    )
    roles = sorted(set(running.values_list("role", flat=True)))
    named = PlacementHandler.objects.filter(placement=placement).values("user")

    at_work = User.objects.filter(organisation_id=placement.organisation_id, is_active=True)
    people = at_work.of_role(*roles) | at_work.filter(pk__in=named)
    listed = people.exclude(username__startswith="service.")
    if by is not None:
        listed = listed.exclude(pk=by.pk)

    params = {
        "placement": placement.pk,
        "number": placement.number,
        "creditor": placement.creditor.name,
    }
    Notice.objects.bulk_create(
        Notice(user=user, kind=kind, params=params, at=at) for user in listed
    )
