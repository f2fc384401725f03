"""Ageing 账龄: what was open on a day, by how long it was past due then.

The figures come from the dated facts of the ledger (charges, allocations, reversals), not from
the summaries of today, so that a past day is told as it was. What is recorded later about the day
counts, as in the other reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from huikuan.casebook.models import Person
from huikuan.lib.names import listed_name
from huikuan.people.models import Creditor, User
from huikuan.reports.scope import Scope, scope_of
from huikuan.web.templatetags.huikuan_facts import product_name

#: What the lines may be of, the usual one first, and what they are called.
GROUPING_TITLES = {
    "creditor": gettext_lazy("Creditor"),
    "customer": gettext_lazy("Customer"),
    "collector": gettext_lazy("Collector"),
    "product": gettext_lazy("Product"),
}
GROUPINGS = tuple(GROUPING_TITLES)
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One span of age. `begins`: first day past due; None for what was not due."""

    code: str
    title: str
    begins: int | None


#: The one table of the spans: statement, page, sheet and command read it.
BUCKETS = (
    Bucket("not_due", _("not due"), None),
    Bucket("days_1_30", _("1–30 days"), 1),
    Bucket("days_31_60", _("31–60 days"), 31),
    Bucket("days_61_90", _("61–90 days"), 61),
    Bucket("days_91_180", _("91–180 days"), 91),
    Bucket("days_181_365", _("181–365 days"), 181),
    Bucket("over_a_year", _("over a year"), 366),
)


@dataclass(frozen=True, slots=True)
class Open:
    """So much was open in one bucket, of so many items. `user` None: nobody held the cases;
    `customer` None: nobody asked for customers.
    """

    creditor: int
    user: int | None
    product: str
    customer: int | None
    currency: str
    bucket: str
    items: int
    minor: int


@dataclass
class Line:
    """Amounts in minor units by bucket, of one creditor, customer, collector or product in one
    currency.

    `code` and `name` are empty where nobody held the cases, and in a total.
    """

    code: str
    name: str
    currency: str
    items: int = 0
    minor: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_codes(), 0))

    @property
    def open_minor(self) -> int:
        """All buckets together."""
        return sum(self.minor.values())

    @property
    def overdue_minor(self) -> int:
        """All but what was not due."""
        return self.open_minor - self.minor[BUCKETS[0].code]

    def add(self, part: Open) -> None:
        """One more bucket of the same currency."""
        self.items += part.items
        self.minor[part.bucket] += part.minor


@dataclass(frozen=True)
class Ageing:
    """`totals`: one line for each currency; amounts of two currencies are never added up."""

    on: dt.date
    grouping: str
    lines: tuple[Line, ...]
    totals: tuple[Line, ...]


def groupings_of(user: User) -> tuple[str, ...]:
    """What the user may have the lines of: a client does not see who worked."""
    if scope_of(user).names_people:
        return GROUPINGS
    return tuple(grouping for grouping in GROUPINGS if grouping != "collector")


def ageing(
    user: User, on: dt.date, *, creditor: Creditor | None = None, grouping: str = GROUPINGS[0]
) -> Ageing:
    """What was open at the end of the day `on`, as far as the user may see it.

    `creditor` narrows it down further. A client who asks for collectors is told creditors.
    """
    scope = scope_of(user)
    if grouping == "collector" and not scope.names_people:
        grouping = GROUPINGS[0]

    found = _read(scope, on, creditor, grouping)
    names = _names(scope, grouping, found)
    lines = _lines(found, lambda part: names.get(_key(part, grouping), _named(part, grouping)))
    totals = _lines(found, lambda _part: ("", ""))

    # Whoever has a name stands before what belongs to nobody.
    lines.sort(key=lambda line: (not line.name, line.name, line.code, line.currency))
    if grouping == CUSTOMER:
        # They are many: the first to be looked at is the one with most overdue.
        lines.sort(key=lambda line: (line.currency, -line.overdue_minor, -line.open_minor))
    totals.sort(key=lambda line: line.currency)
    return Ageing(on, grouping, tuple(lines), tuple(totals))


def _read(scope: Scope, on: dt.date, creditor: Creditor | None, grouping: str) -> list[Open]:
    """One query: the open amounts by creditor, collector, product, currency and bucket, and by
    customer where these are asked for.
    """
    begins = [bucket.begins for bucket in BUCKETS if bucket.begins is not None]
    chosen = None if creditor is None else creditor.pk
    parameters = scope.parameters() | {"on": on, "begins": begins, "chosen": chosen}
    parameters["customers"] = grouping == CUSTOMER

    with connection.cursor() as cursor:
        cursor.execute(_statement(), parameters)
        columns = ("creditor", "user", "product", "customer", "currency", "place", "items", "minor")
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    found = []
    for row in rows:
        bucket = BUCKETS[row.pop("place")].code
        found.append(Open(**row | {"bucket": bucket, "minor": int(row["minor"])}))
    return found


@cache
def _statement() -> str:
    return Path(__file__).with_name("ageing.sql").read_text(encoding="utf-8")


def _codes() -> tuple[str, ...]:
    return tuple(bucket.code for bucket in BUCKETS)


def _key(part: Open, grouping: str) -> int:
    """The row that a line is of; 0 for nobody, and for a product, which is no row."""
    if grouping == "creditor":
        return part.creditor
    if grouping == "collector":
        return part.user or 0
    if grouping == CUSTOMER:
        return part.customer or 0
    return 0


def _named(part: Open, grouping: str) -> tuple[str, str]:
    """Code and name of what is no row: a product says itself, nobody says nothing."""
    if grouping == "product":
        return part.product, product_name(part.product)
    return "", ""


def _names(scope: Scope, grouping: str, found: Iterable[Open]) -> Mapping[int, tuple[str, str]]:
    """Code and name by row; a customer as in every list."""
    if grouping == CUSTOMER:
        customers = Person.objects.filter(pk__in={part.customer for part in found})
        return {each.pk: (each.number, listed_name(each.name, each.kind)) for each in customers}
    if grouping == "creditor":
        creditors = Creditor.objects.filter(organisation_id=scope.organisation)
        return {creditor.pk: (creditor.code, creditor.name) for creditor in creditors}
    if grouping == "collector":
        return {person.pk: (person.username, str(person)) for person in scope.people}
    return {}


def _lines(found: Iterable[Open], name: Callable[[Open], tuple[str, str]]) -> list[Line]:
    """The parts of one name and one currency in one line each."""
    lines: dict[tuple[str, str], Line] = {}
    for part in found:
        code, title = name(part)
        line = lines.setdefault((code, part.currency), Line(code, title, part.currency))
        line.add(part)
    return list(lines.values())


def as_json(told: Ageing) -> dict[str, object]:
    """The keys that docs/cli.md promises; buckets by their code, amounts in minor units."""
    return {
        "on": told.on.isoformat(),
        "by": told.grouping,
        "lines": [_line_as_json(line) for line in told.lines],
        "totals": [_line_as_json(line) for line in told.totals],
    }


def _line_as_json(line: Line) -> dict[str, object]:
    return {
        "code": line.code or None,
        "name": line.name or None,
        "currency": line.currency,
        "items": line.items,
        "buckets_minor": line.minor,
        "overdue_minor": line.overdue_minor,
        "open_minor": line.open_minor,
    }
