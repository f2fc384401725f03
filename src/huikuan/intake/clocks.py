"""The watch over the clocks: what was not met in time is recorded once, and the people concerned are told."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from huikuan.casebook.models import Breach, Clock, Notice
from huikuan.people.models import User
from huikuan.people.rights import Right


@transaction.atomic
def record_breaches(at: dt.datetime) -> int:
    """Records a Breach for each clock that ran out by `at`, still running or met too late. Gives the
    number of new ones. Judges nobody: reasons, appeal and penalty are other people's acts."""
    late = Q(met_at__isnull=True, due_at__lt=at) | Q(met_at__gt=F("due_at"))
    clocks = list(
        Clock.objects.filter(late, breach__isnull=True)
        .select_related("placement")
        .select_for_update(of=("self",))
    )
    Breach.objects.bulk_create([Breach(clock=clock, recorded_at=at) for clock in clocks])
    notices = []
    for clock in clocks:
        params = {
            "clock": clock.kind,
            "placement": clock.placement_id,
            "number": clock.placement.number if clock.placement else "",
        }
        answers_for_it = User.objects.of_role(clock.role) | User.objects.who_may(
            Right.HEAR_OF_CASES
        )
        told = answers_for_it.filter(organisation_id=clock.organisation_id, is_active=True).exclude(
            username__startswith="service."
        )
        notices += [
            Notice(user=user, kind=Notice.Kind.BREACH, params=params, at=at) for user in told
        ]
    Notice.objects.bulk_create(notices)
    return len(clocks)
