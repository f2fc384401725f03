"""Who is told of a penalty: whoever is named, of the proposal and of the decision; who decides."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Notice, Penalty
from huikuan.people.models import User
from huikuan.people.rights import Right


def tell_named(penalty: Penalty, at: dt.datetime) -> None:
    """The written notice to whoever is named."""
    _tell(penalty, [penalty.user], at)


def tell_deciders(penalty: Penalty, at: dt.datetime) -> None:
    """A notice to those who may decide: an appeal waits. Not to who proposed it or is named."""
    people = User.objects.who_may(Right.DECIDE_PENALTIES).filter(
        organisation_id=penalty.organisation_id, is_active=True
    )
    others = people.exclude(pk__in=[penalty.user_id, penalty.act.actor_id])
    _tell(penalty, list(others.exclude(username__startswith="service.")), at)


def _tell(penalty: Penalty, people: list[User], at: dt.datetime) -> None:
    params = {
        "penalty": penalty.pk,
        "kind": penalty.kind,
        "status": penalty.status,
        "who": str(penalty.user),
    }
    Notice.objects.bulk_create(
        Notice(user=user, kind=Notice.Kind.PENALTY, params=params, at=at) for user in people
    )
