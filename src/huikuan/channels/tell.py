"""Who is told that a batch has arrived: whoever answers for the deadlines that it began."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Clock, Notice, Placement
from huikuan.people.models import User


def tell_arrived(placement: Placement, at: dt.datetime) -> None:
    """A notice to everybody of the roles that answer for the batch now; no program."""
    running = Clock.objects.filter(
        subject_kind="placement", subject_id=placement.pk, met_at=None, void_at=None
    )

    roles = sorted(set(running.values_list("role", flat=True)))
    people = User.objects.of_role(*roles).filter(
        organisation_id=placement.organisation_id, is_active=True
    )

    params = {
        "placement": placement.pk,
        "number": placement.number,
        "creditor": placement.creditor.name,
    }
    Notice.objects.bulk_create(
        Notice(user=user, kind=Notice.Kind.ARRIVED, params=params, at=at)
        for user in people.exclude(username__startswith="service.")
    )
