"""Which pack a creditor's product follows: said by a mapping or by the office, from a day, by an
act.

A correction reaches the cases that are already there: bindings are of creditor and product, never
of a case. What was thought before stays readable (`casebook.spells`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from huikuan.casebook import packs, spells
from huikuan.casebook.models import Act, PackBinding

_LOCK = 7_305_007
Source = PackBinding.Source


class Line(NamedTuple):
    """From this day the pack is followed."""

    pack: str
    from_on: dt.date


def believed(known_at: dt.datetime | None = None) -> QuerySet[PackBinding]:
    """Every binding with past and coming days, as it is known now or was at `known_at`."""
    rows = spells.known(PackBinding.objects.select_related("creditor", "act__actor"), known_at)
    return rows.order_by("creditor__code", "product", "from_on", "pack")


def set_packs(
    creditor_id: int,
    product: str,
    named: Iterable[str],
    *,
    from_on: dt.date,
    act: Act,
    until_on: dt.date | None = None,
    source: str = Source.OFFICE,
) -> list[PackBinding]:
    """From this day (until that one) the product follows these packs and no others.

    An empty product speaks of every product without a binding of its own; no packs end what held.
    """
    _lock()
    rows = PackBinding.objects.filter(creditor_id=creditor_id, product=product)
    spells.make_room(rows, from_on, until_on, act=act, at=act.at)

    made = [
        PackBinding.objects.create(
            creditor_id=creditor_id,
            product=product,
            pack=pack,
            from_on=from_on,
            until_on=until_on,
            act=act,
            recorded_at=act.at,
            source=source,
        )
        for pack in dict.fromkeys(named)
    ]
    packs.changed()
    return made


def say_by_mapping(creditor_id: int, product: str, lines: Iterable[Line], *, act: Act) -> bool:
    """Binds as a mapping says, unless the last mapping that spoke of the product said the same.

    So a correction by the office stands although the same mapping brings the next file.
    Whether anything was written.
    """
    said = sorted(set(lines), key=lambda line: (line.from_on, line.pack))
    if said == _last_said(creditor_id, product):
        return False

    days = sorted({line.from_on for line in said})
    ends: list[dt.date | None] = [*days[1:], None]
    for from_on, until_on in zip(days, ends, strict=True):
        set_packs(
            creditor_id,
            product,
            [line.pack for line in said if line.from_on == from_on],
            from_on=from_on,
            until_on=until_on,
            act=act,
            source=Source.MAPPING,
        )
    return True


def _last_said(creditor_id: int, product: str) -> list[Line]:
    """The lines of the mapping that spoke last of the product."""
    rows = PackBinding.objects.filter(
        creditor_id=creditor_id, product=product, source=Source.MAPPING, rest_of=None
    )
    newest = rows.order_by("-pk").first()
    if newest is None:
        return []

    same = rows.filter(act=newest.act)
    found = {Line(row.pack, row.from_on) for row in same}
    return sorted(found, key=lambda line: (line.from_on, line.pack))


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
