"""Everything that happened to a case, newest first, a part at a time.

What happens is declared by the rooms (`web.room.Happening`). One query goes over all kinds of rows,
each asked only for as many as are shown.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import connection
from django.utils.translation import gettext as _

from huikuan.casebook.models import Case
from huikuan.people.models import User
from huikuan.web import rooms
from huikuan.web.room import Happening

SIZE = 50
#: The newest rows of one kind. The day comes first, then the moment, where there is one.
_OF_KIND = """
(SELECT '{kind}' AS kind, q.* FROM (
    {rows} WHERE x.case_id = %(case)s AND ({only})
    ORDER BY 1 DESC, 2 DESC NULLS LAST LIMIT %(size)s + %(first)s
) q)
"""
_TIMELINE = """
SELECT e.kind, e.day, e.at, e.what, coalesce(nullif(u.display_name, ''), u.username, '') AS actor
FROM (
    SELECT * FROM ({kinds}) s
    ORDER BY day DESC, at DESC NULLS LAST LIMIT %(size)s OFFSET %(first)s
) e
LEFT JOIN casebook_act a ON a.id = e.act_id
LEFT JOIN people_user u ON u.id = a.actor_id
ORDER BY e.day DESC, e.at DESC NULLS LAST
"""


@dataclass(frozen=True)
class Event:
    """One line of the history. `at`: the moment, or the day where no moment is shown."""

    at: dt.datetime | dt.date
    on: dt.date
    title: str
    text: str = ""
    icon: str = "info-circle"
    tone: str = "neutral"
    actor: str = ""
    badge: str = ""
    recording: str = ""
    is_void: bool = False


@dataclass(frozen=True)
class Part:
    """Some events and, when there are more, the number of the next one."""

    events: list[Event]
    following: int | None


def timeline(case: Case, user: User, first: int = 0, size: int = SIZE) -> Part:
    """The events from number `first` on, newest first, of the kinds that the user may see."""
    kinds = {
        kind: happening
        for kind, happening in rooms.happenings().items()
        if _is_seen(happening, user)
    }
    query = _TIMELINE.format(kinds="UNION ALL".join(_of_kind(one) for one in kinds.values()))
    # One more than is shown tells whether there are more.
    given = {"case": case.pk, "size": size + 1, "first": first, "zone": case.organisation.timezone}
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        rows = cursor.fetchall()

    events = [
        _event(kinds[kind], day, at, json.loads(what), actor, is_client=user.is_client)
        for kind, day, at, what, actor in rows[:size]
    ]
    if len(rows) > size:
        return Part(events, first + size)
    return Part([*events, _placed(case)], None)


def _is_seen(happening: Happening, user: User) -> bool:
    if user.is_client and not happening.for_client:
        return False
    return happening.right is None or user.may(happening.right)


def _of_kind(happening: Happening) -> str:
    only = happening.only or "true"
    return _OF_KIND.format(kind=happening.kind, rows=happening.rows, only=only)


def _event(
    happening: Happening,
    day: dt.date,
    at: dt.datetime | None,
    what: Mapping[str, object],
    actor: str,
    *,
    is_client: bool,
) -> Event:
    """A client reads what happened, not the house's own views of it."""
    told = dict(what)
    if is_client:
        told = {key: _read(happening, key, value) for key, value in what.items()}
        # The row of a consent is that of who gave it, which is none of the client's.
        actor = "" if what.get("agreed") else actor
    moment = at if happening.by_minute and at else day
    return Event(moment, day, actor=actor, **asdict(happening.shown(told)))


def _read(happening: Happening, key: str, value: object) -> object:
    """What a client reads of it; nothing where it is not on the list."""
    if key in happening.for_client:
        return value
    return "" if isinstance(value, str) else None


def _placed(case: Case) -> Event:
    """How the case came: the oldest line of all."""
    title = _("Placed")
    if case.placement:
        title = _("Placed, batch {number}").format(number=case.placement.number)
    return Event(case.placed_on, case.placed_on, title, icon="inbox", tone="info")
