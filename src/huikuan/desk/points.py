"""Contact points as the case page shows them: each with what may be done with it now, and why not."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from huikuan.casebook.models import Case, ContactPoint, PointStatus
from huikuan.gate.ask import Spoken
from huikuan.gate.options import Option, options
from huikuan.people.models import User
from huikuan.planning.worklist import Row

CALL = "call"


@dataclass(frozen=True)
class Refused:
    """Channels that one rule closes now, and from when it opens them (None: not known)."""

    rule: Spoken
    channels: tuple[str, ...]
    earliest_at: dt.datetime | None


@dataclass(frozen=True)
class Shown:
    """One contact point: its last status (None: nothing was ever said), the channels that are open, those that are closed."""

    point: ContactPoint
    status: PointStatus | None
    allowed: tuple[Option, ...]
    refused: tuple[Refused, ...]

    @property
    def status_title(self) -> str:
        """What is known of its use, in words that fit its kind; empty where nothing is."""
        if self.status is None:
            return ""
        return self.status.title_for(self.point.kind)

    @property
    def may_call(self) -> bool:
        return any(option.channel == CALL for option in self.allowed)

    @property
    def may_otherwise(self) -> bool:
        return any(option.channel != CALL for option in self.allowed)

    @property
    def warnings(self) -> list[Spoken]:
        """What the rules advise, each once."""
        return list(
            {spoken.code: spoken for option in self.allowed for spoken in option.warnings}.values()
        )


def points(case: Case, user: User, at: dt.datetime) -> list[Shown]:
    """The debtor's own points first, as they were given."""
    found = options(case, user, at)
    order = {option.point.pk: option.point for option in found}
    newest = (
        PointStatus.objects.filter(point_id__in=order)
        .order_by("point_id", "-valid_on", "-pk")
        .distinct("point_id")
    )
    statuses = {status.point_id: status for status in newest}
    shown = [
        _shown(point, statuses.get(pk), [o for o in found if o.point.pk == pk])
        for pk, point in order.items()
    ]
    return sorted(shown, key=lambda one: one.point.whose != ContactPoint.Whose.DEBTOR)


def first_call(shown: Iterable[Shown]) -> ContactPoint | None:
    """The first number that may be called now, the debtor's own before the others."""
    return next((one.point for one in shown if one.may_call), None)


def call_refused(shown: Iterable[Shown]) -> Refused | None:
    """Why nobody may be called now: of what closes the numbers, what opens first; None: no number."""
    refused = [one for each in shown for one in each.refused if CALL in one.channels]
    dated = [(one.earliest_at, one) for one in refused if one.earliest_at is not None]
    if dated:
        _earliest_at, opens_first = min(dated, key=operator.itemgetter(0))
        return opens_first
    return next(iter(refused), None)


def _shown(point: ContactPoint, status: PointStatus | None, options: list[Option]) -> Shown:
    closed: dict[tuple[str, dt.datetime | None], Refused] = {}
    for option in options:
        if option.rule is not None:
            key = (option.rule.code, option.earliest_at)
            before = closed[key].channels if key in closed else ()
            closed[key] = Refused(option.rule, (*before, option.channel), option.earliest_at)
    return Shown(point, status, tuple(o for o in options if o.allowed), tuple(closed.values()))


_PHONES = """
SELECT DISTINCT ON (w.person_id, w.target) w.person_id, w.target, p.id
FROM unnest(%s::bigint[], %s::text[]) w(person_id, target)
JOIN casebook_contactpoint p ON p.person_id = w.person_id AND p.kind IN ('mobile', 'phone') AND w.target = CASE
    WHEN p.whose IN ('debtor', 'guarantor', 'co_debtor') THEN p.whose ELSE 'third_party' END
LEFT JOIN LATERAL (
    SELECT s.status FROM casebook_pointstatus s WHERE s.point_id = p.id
    ORDER BY (s.status = 'refused') DESC, s.valid_on DESC, s.id DESC LIMIT 1) s ON true
WHERE coalesce(s.status, 'valid') = 'valid'
ORDER BY w.person_id, w.target, p.kind, p.id
"""


def first_phones(rows: Iterable[Row]) -> dict[int, int]:
    """Task of a row → the number to be called first: usable, of the addressee, a mobile before a landline.

    Only for calls that the day allows. Whether it may be called now, the gate says when the call page opens.
    """
    calls = [row for row in rows if row.action == CALL and not row.verdict]
    if not calls:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _PHONES, [[row.person_id for row in calls], [row.addressee for row in calls]]
        )
        found = {(person, target): point for person, target, point in cursor.fetchall()}
    numbers = ((row.task_id, found.get((row.person_id, row.addressee))) for row in calls)
    return {task: point for task, point in numbers if point is not None}
