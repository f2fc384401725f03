"""What holds from a day until a day, as it was known from a moment until a moment.

Nothing is changed or deleted: `make_room` marks bindings as replaced and writes again what stays
of them, so that a question about an earlier day, or about what was known at an earlier moment,
keeps its answer.
"""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db.models import Q, QuerySet

from huikuan.casebook.models import Act, PackBinding
from huikuan.casebook.models.packs import Spell

Row = TypeVar("Row", bound=Spell)


def known(rows: QuerySet[Row], known_at: dt.datetime | None) -> QuerySet[Row]:
    """The rows that are believed now, or that were believed at `known_at`."""
    if known_at is None:
        return rows.filter(replaced_at__isnull=True)

    recorded = Q(recorded_at__isnull=True) | Q(recorded_at__lte=known_at)
    still_believed = Q(replaced_at__isnull=True) | Q(replaced_at__gt=known_at)
    return rows.filter(recorded, still_believed)


def on_day(rows: QuerySet[Row], on: dt.date) -> QuerySet[Row]:
    """The rows that hold on the day."""
    goes_on = Q(until_on__isnull=True) | Q(until_on__gt=on)
    return rows.filter(goes_on, from_on__lte=on)


def overlapping(rows: QuerySet[Row], from_on: dt.date, until_on: dt.date | None) -> QuerySet[Row]:
    """The rows that hold on any day from `from_on` until `until_on` (None: for good)."""
    found = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=from_on))
    if until_on is not None:
        found = found.filter(from_on__lt=until_on)
    return found


def make_room(
    rows: QuerySet[PackBinding],
    from_on: dt.date,
    until_on: dt.date | None,
    *,
    act: Act | None,
    at: dt.datetime,
) -> list[PackBinding]:
    """Replaces what is believed for these days; returns the rows that had to give way.

    What such a row says of days before and after is written again, as a rest of it. The caller
    holds a lock: two of them at once would each keep the other's days.
    """
    giving_way = list(overlapping(known(rows, None), from_on, until_on).select_for_update())
    for row in giving_way:
        row.replaced_at = at
        row.replaced_by = act
        row.save(update_fields=["replaced_at", "replaced_by"])

        if row.from_on < from_on:
            _write_again(row, row.from_on, from_on, act=act, at=at)
        if until_on is not None and (row.until_on is None or row.until_on > until_on):
            _write_again(row, until_on, row.until_on, act=act, at=at)
    return giving_way


def _write_again(
    row: PackBinding,
    from_on: dt.date,
    until_on: dt.date | None,
    *,
    act: Act | None,
    at: dt.datetime,
) -> PackBinding:
    """A row for other days of what a row says: a rest of it."""
    copied = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }

    days = {"from_on": from_on, "until_on": until_on}
    origin = {
        "act_id": act and act.pk,
        "recorded_at": at,
        "rest_of_id": copied["rest_of_id"] or row.pk,
    }
    not_replaced = {"replaced_at": None, "replaced_by_id": None}
    return PackBinding.objects.create(**copied | days | origin | not_replaced)


def as_dict(row: Spell) -> dict[str, object]:
    """Its days, and who said it, when and why: for `--json`."""
    said: dict[str, object] = {
        "from_on": row.from_on.isoformat(),
        "until_on": row.until_on and row.until_on.isoformat(),
        "by": None,
        "reason": None,
        "recorded_at": row.recorded_at and row.recorded_at.isoformat(),
    }

    if row.act is not None:
        said["by"] = row.act.actor.username
        said["reason"] = row.act.reason
    return said
