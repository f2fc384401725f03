"""Complaints counted: by cause, client and collector, beside the time before; repeated causes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from huikuan.casebook.models import Complaint, ComplaintPoint
from huikuan.complaints.find import visible_complaints
from huikuan.complaints.procedure import figure
from huikuan.engine.parameters import REPEAT_COUNT, REPEAT_DAYS
from huikuan.people.models import User

ONE_DAY = dt.timedelta(days=1)
#: The spans that the page offers, in days; a month where nobody chooses another.
SPANS = (7, 30, 90, 365)
USUAL = SPANS[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: a cause, client or collector, its number in the days and in as many before them."""

    title: str
    number: int
    before: int

    @property
    def change(self) -> int:
        return self.number - self.before


@dataclass(frozen=True, slots=True)
class Repeated:
    """A cause that came again and again: about one client, or one collector."""

    cause: str
    whose: str
    number: int


@dataclass(frozen=True)
class Figures:
    """The figures of the days from `first` to `last`."""

    first: dt.date
    last: dt.date
    total: Figure
    causes: list[Figure]
    clients: list[Figure]
    collectors: list[Figure]
    repeated: list[Repeated]
    repeat_days: int
    repeat_count: int


def figures(user: User, on: dt.date, days: int = USUAL) -> Figures:
    """Complaints received in the last `days` days, the day included, and in as many before.

    A complaint counts once; of the causes each point counts. What the user does not see, does not
    count for them.
    """
    first = on - (days - 1) * ONE_DAY
    seen = visible_complaints(user)
    now = seen.filter(valid_on__range=(first, on))
    before = seen.filter(valid_on__range=(first - days * ONE_DAY, first - ONE_DAY))

    house = user.organisation
    assert house is not None
    repeat_days = figure(house, on, REPEAT_DAYS) or 0
    repeat_count = figure(house, on, REPEAT_COUNT) or 0
    # Which collectors and which other clients the house has is no matter of a client.
    by_client: list[Figure] = []
    by_collector: list[Figure] = []
    if not user.is_client:
        by_client = _lines(_by(now, "creditor__name"), _by(before, "creditor__name"), _client)
        by_collector = _lines(_collectors(now), _collectors(before), _collector)
    return Figures(
        first,
        on,
        Figure(_("all"), now.count(), before.count()),
        _lines(_causes(now), _causes(before), _cause),
        by_client,
        by_collector,
        _repeated(seen, on, repeat_days, repeat_count, names_collectors=not user.is_client),
        repeat_days,
        repeat_count,
    )


Counted = dict[object, int]


def _by(complaints: QuerySet[Complaint], column: str) -> Counted:
    rows = complaints.order_by().values_list(column).annotate(number=Count("pk"))
    return dict(rows)


def _collectors(complaints: QuerySet[Complaint]) -> Counted:
    return _by(complaints.exclude(about_user=None), "about_user_id")


def _causes(complaints: QuerySet[Complaint]) -> Counted:
    points = ComplaintPoint.objects.filter(complaint__in=complaints.values("pk"))
    return dict(points.order_by().values_list("cause").annotate(number=Count("pk")))


def _cause(key: object) -> str:
    return str(ComplaintPoint.Cause(str(key)).label)


def _client(key: object) -> str:
    return str(key) if key else _("client not known")


def _collector(key: object) -> str:
    return str(User.objects.get(pk=key))


def _lines(now: Counted, before: Counted, title: Callable[[object], str]) -> list[Figure]:
    """A line for each, those with the most in front."""
    keys = dict.fromkeys([*now, *before])
    lines = [Figure(title(key), now.get(key, 0), before.get(key, 0)) for key in keys]
    return sorted(lines, key=lambda line: (-line.number, -line.before, line.title))


def _repeated(
    seen: QuerySet[Complaint], on: dt.date, days: int, least: int, *, names_collectors: bool
) -> list[Repeated]:
    """Causes that came so often about one client or one collector within the procedure's days."""
    if not days or not least:
        return []

    recent = seen.filter(valid_on__range=(on - (days - 1) * ONE_DAY, on)).values("pk")
    points = ComplaintPoint.objects.filter(complaint__in=recent).order_by()
    found = []
    named: list[tuple[str, Callable[[object], str]]] = [("complaint__creditor__name", _client)]
    if names_collectors:
        named.append(("complaint__about_user_id", _collector))
    for column, title in named:
        known = points.exclude(**{column: None})
        rows = known.values_list("cause", column).annotate(
            number=Count("complaint_id", distinct=True)
        )
        found += [
            Repeated(_cause(cause), title(whose), number)
            for cause, whose, number in rows
            if number >= least
        ]
    return sorted(found, key=lambda each: (-each.number, each.cause, each.whose))
