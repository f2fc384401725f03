"""Daily targets 目标 of collectors (P11): who leads the team sets them, from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import connection, transaction

from huikuan.allocation.access import may_allocate
from huikuan.casebook import journal
from huikuan.casebook.models import Target
from huikuan.people.models import User

#: Collector and kind → amount: a count, or minor units for `recovered`; 0: no target from that day.
Wanted = Mapping[tuple[User, str], int]
#: The targets in force on each of `days`: of each person and kind the newest that had begun by
#: then. Reports ask it too. `{whose}` says of whom; an amount of 0 is no target.
IN_FORCE = """
SELECT d.day, g.user_id, g.kind, g.amount
FROM unnest(%(days)s::date[]) AS d(day)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (x.user_id, x.kind) x.user_id, x.kind, x.amount FROM casebook_target x
    WHERE x.from_on <= d.day AND {whose}
    ORDER BY x.user_id, x.kind, x.from_on DESC
) g
"""


class NotYours(Exception):
    """you may set targets for your own team only"""


@transaction.atomic
def set_targets(wanted: Wanted, from_on: dt.date, actor: User, at: dt.datetime) -> int:
    """Writes what differs from the targets in force on `from_on`; gives how many. Raises NotYours.

    Setting the same again changes nothing; setting another amount for the same day replaces it.
    """
    if not all(
        may_allocate(actor, user.team) and user.organisation_id == actor.organisation_id
        for user, _kind in wanted
    ):
        raise NotYours
    # in one order for everybody, so that two leads who save at once do not wait for each other in a ring
    User.objects.select_for_update().filter(pk__in={user.pk for user, _kind in wanted}).order_by(
        "pk"
    ).values("pk").count()
    before = in_force([user for user, _kind in wanted], from_on)
    changed = {
        key: amount
        for key, amount in wanted.items()
        if before.get((key[0].pk, key[1]), 0) != amount
    }
    if not changed:
        return 0
    act = journal.begin(actor, "allocation.targets", at=at, reason=from_on.isoformat())
    Target.objects.bulk_create(
        (
            Target(
                organisation_id=act.organisation_id,
                act=act,
                user=user,
                kind=kind,
                amount=amount,
                from_on=from_on,
            )
            for (user, kind), amount in changed.items()
        ),
        update_conflicts=True,
        unique_fields=["user", "kind", "from_on"],
        update_fields=["amount", "act"],
    )
    return len(changed)


def in_force(users: list[User], on: dt.date) -> dict[tuple[int, str], int]:
    """User id and kind → the newest target that has begun by the day."""
    text = IN_FORCE.format(whose="x.user_id = ANY(%(users)s)")
    with connection.cursor() as cursor:
        cursor.execute(text, {"days": [on], "users": [user.pk for user in users]})
        return {(user, kind): amount for _day, user, kind, amount in cursor.fetchall()}
