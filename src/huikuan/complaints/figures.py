"""Complaints counted: by cause, client and collector, beside the time before; repeated causes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from huikuan.casebook.models import Breach, Complaint, ComplaintEvent, ComplaintPoint
from huikuan.complaints.find import visible_complaints
from huikuan.complaints.listed import ALL
from huikuan.complaints.procedure import figure
from huikuan.engine.parameters import REPEAT_COUNT, REPEAT_DAYS
from huikuan.people.models import Creditor, User

ONE_DAY = dt.timedelta(days=1)
#: The spans that the page offers, in days; a month where nobody chooses another.
SPANS = (7, 30, 90, 365)
USUAL = SPANS[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: a cause, client or collector, its number in the days and in as many before them.

    `query`: what the list is asked for to show the complaints behind the number; empty: no list.
    """

    title: str
    number: int
    before: int
    query: str = ""

    @property
    def change(self) -> int:
        return self.number - self.before


@dataclass(frozen=True, slots=True)
class CauseFigure(Figure):
    """The points of one cause: how they were decided, and how many are of a complaint that missed
    a deadline of its own.
    """

    upheld: int = 0
    partly: int = 0
    unfounded: int = 0
    late: int = 0


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
    causes: list[CauseFigure]
    unaccepted: Figure
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
    span = {"state": ALL, "first": first, "last": on}
    waiting = {"summary__complaint_accepted_on": None}
    # Which collectors and which other clients the house has is no matter of a client.
    by_client: list[Figure] = []
    by_collector: list[Figure] = []
    if not user.is_client:
        by_client = _lines(now, before, "creditor", _client, span, "client")
        by_collector = _lines(
            now.exclude(about_user=None),
            before.exclude(about_user=None),
            "about_user",
            _collector,
            span,
            "about",
        )
    return Figures(
        first,
        on,
        Figure(_("all"), now.count(), before.count(), urlencode(span)),
        _causes(now, before, span),
        Figure(
            _("not accepted yet"),
            now.filter(**waiting).count(),
            before.filter(**waiting).count(),
            urlencode(span | {"state": "received"}),
        ),
        by_client,
        by_collector,
        _repeated(seen, on, repeat_days, repeat_count, names_collectors=not user.is_client),
        repeat_days,
        repeat_count,
    )


Span = dict[str, object]
#: Columns by which lines are counted → where the list's filter finds the same.
_CODES = {"creditor": "creditor__code", "about_user": "about_user__username"}


def _causes(now: QuerySet[Complaint], before: QuerySet[Complaint], span: Span) -> list[CauseFigure]:
    """A line for each cause, those with the most points in front."""
    points = _points_of(now)
    results = _counted(
        ComplaintEvent.objects.filter(kind=ComplaintEvent.Kind.DECIDED, point__in=points),
        "point__cause",
        "result",
    )
    missed = Breach.objects.filter(clock__subject_kind="complaint", lifted_at=None)
    late = points.filter(complaint__in=missed.values("clock__subject_id"))
    late_of = _counted(late, "cause")
    of_now = _counted(points, "cause")
    of_before = _counted(_points_of(before), "cause")
    titles = _titles(_points_of(now | before))

    lines = []
    for (cause,) in dict.fromkeys([*of_now, *of_before]):
        given = {result: results.get((cause, result), 0) for result in ComplaintEvent.Result.values}
        line = CauseFigure(
            titles[str(cause)],
            of_now.get((cause,), 0),
            of_before.get((cause,), 0),
            urlencode(span | {"cause": cause}),
            **given,
            late=late_of.get((cause,), 0),
        )
        lines.append(line)
    return sorted(lines, key=_most_first)


def _points_of(complaints: QuerySet[Complaint]) -> QuerySet[ComplaintPoint]:
    points = ComplaintPoint.objects.filter(complaint__in=complaints.values("pk"))
    return points.order_by()


def _titles(points: QuerySet[ComplaintPoint]) -> dict[str, str]:
    """Cause → its words, as the newest point was given them."""
    newest = points.order_by("pk")
    return {point.cause: point.get_cause_display() for point in newest.only("cause", "cause_title")}


def _counted(rows: QuerySet[Any], *columns: str) -> dict[tuple[object, ...], int]:
    """Values of these columns → how many rows have them."""
    counted = rows.order_by().values_list(*columns).annotate(number=Count("pk"))
    return {tuple(values): number for *values, number in counted}


def _lines(
    now: QuerySet[Complaint],
    before: QuerySet[Complaint],
    column: str,
    title: Callable[[object], str],
    span: Span,
    filter_name: str,
) -> list[Figure]:
    """A line for each client or collector, those with the most in front."""
    by = (column, _CODES[column])
    of_now = _counted(now, *by)
    of_before = _counted(before, *by)

    lines = []
    for key, code in dict.fromkeys([*of_now, *of_before]):
        query = urlencode(span | {filter_name: code}) if code else ""
        number = of_now.get((key, code), 0)
        lines.append(Figure(title(key), number, of_before.get((key, code), 0), query))
    return sorted(lines, key=_most_first)


def _most_first(line: Figure) -> tuple[int, int, str]:
    return -line.number, -line.before, line.title


def _client(key: object) -> str:
    if not key:
        return _("client not known")
    return Creditor.objects.get(pk=str(key)).name


def _collector(key: object) -> str:
    return str(User.objects.get(pk=str(key)))


def _repeated(
    seen: QuerySet[Complaint], on: dt.date, days: int, least: int, *, names_collectors: bool
) -> list[Repeated]:
    """Causes that came so often about one client or one collector within the procedure's days."""
    if not days or not least:
        return []

    recent = seen.filter(valid_on__range=(on - (days - 1) * ONE_DAY, on)).values("pk")
    points = ComplaintPoint.objects.filter(complaint__in=recent).order_by()
    titles = _titles(points)
    found = []
    named: list[tuple[str, Callable[[object], str]]] = [("complaint__creditor_id", _client)]
    if names_collectors:
        named.append(("complaint__about_user_id", _collector))
    for column, title in named:
        known = points.exclude(**{column: None})
        rows = known.values_list("cause", column).annotate(
            number=Count("complaint_id", distinct=True)
        )
        found += [
            Repeated(titles[cause], title(whose), number)
            for cause, whose, number in rows
            if number >= least
        ]
    return sorted(found, key=lambda each: (-each.number, each.cause, each.whose))
