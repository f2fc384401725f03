"""Who is told of a look-up: those who work them, and whoever asked once it is answered."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import LookUp, Notice
from huikuan.people.models import User
from huikuan.people.rights import Right


def tell_workers(look_up: LookUp, at: dt.datetime) -> None:
    """A notice to everybody of the house who works look-ups; no program."""
    people = User.objects.who_may(Right.WORK_LOOK_UPS).filter(
        organisation_id=look_up.organisation_id, is_active=True
    )
    _tell(look_up, list(people.exclude(username__startswith="service.")), at)


def tell_asker(look_up: LookUp, at: dt.datetime) -> None:
    """A notice to whoever asked."""
    _tell(look_up, [look_up.act.actor], at)


def _tell(look_up: LookUp, people: list[User], at: dt.datetime) -> None:
    params = {
        "look_up": look_up.pk,
        "case": look_up.case.number,
        "status": look_up.status,
    }
    Notice.objects.bulk_create(
        Notice(user=user, kind=Notice.Kind.LOOK_UP, params=params, at=at) for user in people
    )
