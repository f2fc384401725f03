"""Pages of a list: by number where it is short, by key where it may be long (page 1,000 then costs as page 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

SIZE = 50
_SALT = "huikuan.web.paging"


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows between two places of an ordered list. `after`, `before`: tokens of the address; empty at the ends."""

    rows: list[Any] = field(default_factory=list)
    after: str = ""
    before: str = ""

    @property
    def has_other(self) -> bool:
        return bool(self.after or self.before)


def numbered(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = SIZE
) -> Page[Any]:
    """The page that `?page=` names; the nearest one there is when it names none."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def keyset(
    request: HttpRequest, rows: QuerySet[Any], order: Sequence[str], size: int = SIZE
) -> Slice:
    """The rows after `?after=` or before `?before=` in this order.

    `order` names columns that are never null and hold nothing personal (they go into the address, signed); the last one
    must be unique. A token that is not ours, or of another order, starts the list again.
    """
    after = _read(request.GET.get("after"), order)
    before = None if after else _read(request.GET.get("before"), order)
    direction = [_turned(name) for name in order] if before else list(order)
    place = after or before
    found = list(_beyond(rows, direction, place).order_by(*direction)[: size + 1])
    more, found = len(found) > size, found[:size]
    if before:
        found.reverse()
    if not found:
        return Slice()
    forward = more if not before else True
    backward = more if before else bool(after)
    return Slice(
        found,
        _token(found[-1], order) if forward else "",
        _token(found[0], order) if backward else "",
    )


def _beyond(
    rows: QuerySet[Any], order: Sequence[str], place: Sequence[Any] | None
) -> QuerySet[Any]:
    if place is None:
        return rows
    beyond, same = Q(), Q()
    for name, value in zip(order, place, strict=True):
        column, sign = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{column}__{sign}": value})
        same &= Q(**{column: value})
    return rows.filter(beyond)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _token(row: Any, order: Sequence[str]) -> str:
    values = [_value(row, name.removeprefix("-")) for name in order]
    return signing.dumps([",".join(order), *values], salt=_SALT, compress=True)


def _value(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        value = row[path]
    else:
        value = row
        for part in path.split("__"):
            value = getattr(value, part)
    return value if isinstance(value, (int, str)) else str(value)


def _read(token: str | None, order: Sequence[str]) -> list[Any] | None:
    if not token:
        return None
    try:
        of_order, *values = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return values if of_order == ",".join(order) and len(values) == len(order) else None
