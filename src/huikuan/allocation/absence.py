"""An absent collector's cases: absence on record, a proposal that gives them to others, one that gives back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huikuan.allocation.propose import propose
from huikuan.casebook import journal
from huikuan.casebook.models import AllocationRun
from huikuan.people.models import Organisation, User


class WrongDays(Exception):
    """the last day of an absence cannot lie before its first"""


@transaction.atomic
def set_absence(
    user: User, first: dt.date | None, last: dt.date | None, actor: User, at: dt.datetime
) -> None:
    """Records when a collector is away, both days included; `first` none: is here again. Raises WrongDays."""
    if first and last and last < first:
        raise WrongDays
    if user.organisation_id != actor.organisation_id:
        raise ValueError("another organisation")
    journal.begin(
        actor, "allocation.absence", at=at, reason=f"user {user.pk}: {first or '-'} {last or '-'}"
    )
    user.absent_from, user.absent_until = first, last if first else None
    user.save(update_fields=["absent_from", "absent_until"])


def propose_absence(user: User, on: dt.date, actor: User, at: dt.datetime) -> AllocationRun:
    """Gives what `user` holds to others of the team. Raises as propose()."""
    return propose(
        _house(user), on, team=user.team, actor=actor, at=at, cause="absence", person=user
    )


def propose_return(user: User, on: dt.date, actor: User, at: dt.datetime) -> AllocationRun:
    """Gives back what was given away in `user`'s absence and still lies where it was given. Raises as propose()."""
    return propose(
        _house(user), on, team=user.team, actor=actor, at=at, cause="return", person=user
    )


def _house(user: User) -> Organisation:
    if user.organisation is None:
        raise ValueError("a user without an organisation")
    return user.organisation
