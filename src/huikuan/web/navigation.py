"""The side bar as data. The door (desk) installs the entries once; pages ask which of them a user may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise

from huikuan.people.models import User
from huikuan.people.rights import Right


@cache
def _address(url_name: str, urlconf: str) -> str:
    """The same for the life of a process; a page asks for twenty of them, twice each."""
    return reverse(url_name, urlconf)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar. `rights`: one of them opens it (empty: everyone). `icon`: of icons.svg.

    `key`: one or two letters, pressed after g.

    `prefix`: paths below which the line is marked as current, when that is more than the address of `url_name`.
    `press`: a key that opens it from every page that does not use the key itself. `count`: the rows whose number stands
    beside it for this user, None for none: `numbers` counts those of all entries in one query.
    `order`: its place among those that rooms declare, from the smallest on.
    """

    label: str | Promise
    url_name: str
    rights: Collection[Right] = ()
    key: str = ""
    icon: str = "file-text"
    group: str | Promise = ""
    prefix: str = ""
    press: str = ""
    count: Callable[[Any], QuerySet[Any] | Sequence[QuerySet[Any]] | None] | None = None
    order: int = 0

    @property
    def url(self) -> str:
        return _address(self.url_name, settings.ROOT_URLCONF)

    def is_current(self, path: str) -> bool:
        """Whether a page at `path` belongs to this entry. The start page is current only at its own address."""
        root = self.prefix or self.url
        return path == root if root == "/" else path.startswith(root)


_entries: tuple[Entry, ...] = ()
KEYS = re.compile(r"[a-z]{1,2}")


def install(entries: Iterable[Entry]) -> None:
    """Replace the side bar. ValueError when two entries could not be told apart by their keys."""
    global _entries
    chosen = tuple(entries)
    _refuse_clashes([entry.key for entry in chosen if entry.key])
    _entries = chosen


def _refuse_clashes(keys: list[str]) -> None:
    """One letter or two; and `w` beside `wb` would open its page before the b is pressed."""
    wrong = sorted(key for key in keys if not KEYS.fullmatch(key))
    if wrong:
        raise ValueError(f"keys in the side bar are one or two letters: {', '.join(wrong)}")

    for number, key in enumerate(keys):
        for other in keys[number + 1 :]:
            if key.startswith(other) or other.startswith(key):
                raise ValueError(f"keys that clash in the side bar: {key}, {other}")


def entries_for(user: Any) -> list[Entry]:
    """What this user may open, in order. Nothing before sign-in."""
    if not getattr(user, "is_authenticated", False):
        return []
    return [entry for entry in _entries if not entry.rights or user.may(*entry.rights)]


def numbers(entries: Iterable[Entry], user: Any) -> dict[str, int]:
    """Name of the address → the number beside the entry; one query for all of them."""
    counted = {entry.url_name: entry.count(user) for entry in entries if entry.count is not None}
    rows = {name: found for name, found in counted.items() if found is not None}
    if not rows:
        return {}

    columns = [_number_of_all(found) for found in rows.values()]
    answer = User.objects.filter(pk=user.pk).values_list(*columns).get()
    return dict(zip(rows, answer, strict=True))


def _number_of_all(found: QuerySet[Any] | Sequence[QuerySet[Any]]) -> Any:
    """How many rows there are in all of them together, as one column."""
    listed = [found] if isinstance(found, QuerySet) else found
    columns: list[Any] = [Coalesce(Subquery(_number(each)), 0) for each in listed]
    return sum(columns[1:], start=columns[0])


def _number(found: QuerySet[Any]) -> QuerySet[Any]:
    """How many rows there are, as one row of one column."""
    grouped = found.order_by().annotate(all_of_them=Value(1)).values("all_of_them")
    return grouped.annotate(number=Count("pk")).values("number")


def current_entry(entries: Iterable[Entry], path: str) -> Entry | None:
    """The entry that a page belongs to: the one with the longest address that fits."""
    fitting = [entry for entry in entries if entry.is_current(path)]
    return max(fitting, key=lambda entry: len(entry.prefix or entry.url), default=None)
