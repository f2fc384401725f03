"""Notices of the clocks: what was missed, and what was missed and may now be lifted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from huikuan.casebook.models import Breach, Clock, Notice
from huikuan.clocks.access import may_see, visible_clocks
from huikuan.clocks.lift import may_lift
from huikuan.clocks.names import names_of
from huikuan.people.models import User
from huikuan.people.rights import Right


def tell_missed(clocks: Iterable[Clock], at: dt.datetime) -> None:
    """A notice to those who answer for each clock, and to those who hear of missed deadlines."""
    listed = list(clocks)
    names = names_of(listed)
    notices = []

    for clock in listed:
        concerned = User.objects.of_role(clock.role) | User.objects.who_may(Right.HEAR_OF_CASES)
        notices += [
            Notice(user=user, kind=Notice.Kind.BREACH, params=_params(clock, names), at=at)
            for user in _people_of(clock.organisation_id, concerned)
            if may_see(user, clock)
        ]
    Notice.objects.bulk_create(notices)


def tell_explained(breaches: Iterable[Breach], at: dt.datetime) -> None:
    """A notice to everybody who may lift one of these breaches, which were just explained.

    Whoever entered what explains it, or answered for the clock, may not lift it and hears nothing.
    """
    listed = list(breaches)
    clocks = [breach.clock for breach in listed]
    names = names_of(clocks)
    notices = []

    for house in sorted({clock.organisation_id for clock in clocks}):
        for user in _people_of(house, User.objects.who_may(Right.LIFT_BREACHES)):
            visible = visible_clocks(user, void_too=True).filter(pk__in=[one.pk for one in clocks])
            seen = set(visible.values_list("pk", flat=True))
            notices += [
                Notice(
                    user=user,
                    kind=Notice.Kind.EXPLAINED,
                    params=_params(breach.clock, names),
                    at=at,
                )
                for breach in listed
                if breach.clock_id in seen and may_lift(breach, user)
            ]
    Notice.objects.bulk_create(notices)


def _people_of(house: int, concerned: Any) -> Any:
    """Those of them who work in this house now; no program."""
    people = concerned.filter(organisation_id=house, is_active=True)
    return people.exclude(username__startswith="service.")


def _params(clock: Clock, names: dict[int, str]) -> dict[str, Any]:
    """What a notice says of a clock."""
    return {
        "clock": clock.pk,
        "title": clock.title,
        "subject": clock.subject_kind,
        "number": names[clock.pk],
    }
