"""The ageing as one sheet: a row for each line, an amount for each bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from huikuan.reports.ageing import BUCKETS, GROUPING_TITLES, Ageing, Line
from huikuan.web.export import Column

#: What a line without a name is called, where nobody holds no case.
NAMELESS = "—"


def nameless(grouping: str) -> str:
    """What a line without a name is called."""
    if grouping == "collector":
        return _("nobody held the case")
    return NAMELESS


def heads() -> list[str]:
    """The titles of the amounts: each bucket, what of it is overdue, all of it."""
    buckets = [_(bucket.title) for bucket in BUCKETS]
    return [*buckets, _("overdue amount"), _("open amount")]


def amounts(line: Line) -> list[int]:
    """The amounts of a line in the order of `heads`, in minor units."""
    return [*line.minor.values(), line.overdue_minor, line.open_minor]


def columns(told: Ageing) -> list[Column]:
    """Which line, how many items, then the amounts, once for each currency there is."""
    known = [
        Column(GROUPING_TITLES[told.grouping], width=24),
        Column(_("Currency"), width=8),
        Column(_("open items"), "number"),
    ]
    for currency in _currencies(told):
        known += [Column(f"{head} {currency}", "money", currency=currency) for head in heads()]
    return known


def rows(told: Ageing) -> Iterator[list[Any]]:
    """Every line, then the total of each currency."""
    currencies = _currencies(told)
    for line in told.lines:
        yield [line.name or nameless(told.grouping), *_values(line, currencies)]
    for line in told.totals:
        yield [_("total"), *_values(line, currencies)]


def _currencies(told: Ageing) -> list[str]:
    return [line.currency for line in told.totals] or ["CNY"]


def _values(line: Line, currencies: list[str]) -> Iterator[Any]:
    """The cells after the name; those of another currency stay empty."""
    yield line.currency
    yield line.items
    for currency in currencies:
        if currency == line.currency:
            yield from amounts(line)
        else:
            yield from [None] * len(heads())
