"""What rests because a complaint disputes it: until the point is decided, and no other way."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from huikuan.casebook.models import ComplaintEvent, ComplaintPoint, Hold


def undecided_points(hold: Hold) -> QuerySet[ComplaintPoint]:
    """The complaint points that rest on this hold and are not decided yet.

    While there is one the hold ends by no other act: not by whoever set it, nor by the lead of the
    collector complained about.
    """
    return _undecided().filter(hold=hold)


def rests_on_a_complaint(key: str = "pk") -> Exists:
    """The same as a column of holds, for lists. `key`: the column that names the hold."""
    return Exists(_undecided().filter(hold_id=OuterRef(key)))


def _undecided() -> QuerySet[ComplaintPoint]:
    return ComplaintPoint.objects.exclude(events__kind=ComplaintEvent.Kind.DECIDED)
