"""The form of a mapping: which fields of a case come from which columns of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from huikuan.lib.yamlfile import Node

#: Fields of a row that a mapping may fill, and what they hold.
FIELDS: dict[str, str] = {
    "product": "text",
    "person.number": "text",
    "person.name": "name",
    "person.id": "id",
    "person.credit_code": "credit_code",
    "person.born_on": "date",
    "person.sex": "sex",
    "person.region": "region",
    "account.number": "account",
    "case.placed_on": "date",
    "case.return_on": "date",
    "case.told_on": "date",
    "case.hand": "count",
    "case.settles_by_receipts": "bool",
    "case.statement_cycle": "bool",
    "item.number": "text",
    "item.due_on": "date",
    "item.valid_on": "date",
    "item.confirmed_on": "date",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: a column of the file, or a constant.

    `codes` translates their words into ours; `default` is our word for an empty cell.
    `optional`: the cell may be empty; `absent`: the whole column may be missing.
    """

    place: Node
    column: str | None = None
    value: str | None = None
    form: str = "auto"
    codes: dict[str, str] = field(default_factory=dict)
    default: str | None = None
    optional: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class MonthsLate:
    """A due date from "months late" on a statement day: that many months before it.

    `otherwise_on` when nothing is late.
    """

    months: Source
    statement_on: dt.date
    otherwise_on: dt.date


@dataclass(frozen=True, slots=True)
class ChargeSource:
    """A charge of an item: its kind, and the column of its amount."""

    kind: str
    amount: Source
    basis: str


@dataclass(frozen=True, slots=True)
class PaymentSource:
    """A payment where `on` has a day. Without `amount` it pays the item's whole amount."""

    on: Source
    amount: Source | None
    source: str


@dataclass(frozen=True, slots=True)
class DisputeSource:
    """A dispute of the row's item where `when` becomes true."""

    when: Source
    start: Source
    end: Source | None
    reason: str


@dataclass(frozen=True, slots=True)
class PointSource:
    """A number or an address: whose it is, and where it was learned."""

    value: Source
    kind: str
    whose: Source
    place: str
    source: str
    holder: Source | None
    relation: Source | None


@dataclass(frozen=True, slots=True)
class CreditorEntry:
    """The creditor whose files the mapping reads."""

    code: str
    name: str
    kind: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class PackLine:
    """From this day the creditor's products follow the pack; `place` is where it is said."""

    pack: str
    from_on: dt.date
    place: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one creditor's file becomes cases, as a whole."""

    name: str
    file: str
    label: dict[str, str]
    creditor: CreditorEntry
    currency: str
    debtor: str
    account_kind: str
    packs: tuple[PackLine, ...]
    header_row: int
    sheet: str | None
    fields: dict[str, Source]
    months_late: MonthsLate | None
    charges: tuple[ChargeSource, ...]
    payments: tuple[PaymentSource, ...]
    disputes: tuple[DisputeSource, ...]
    points: tuple[PointSource, ...]
    details: tuple[Source, ...]
    ignore: tuple[str, ...]

    def sources(self) -> Iterator[Source]:
        """Every source of the mapping."""
        yield from self.fields.values()
        if self.months_late:
            yield self.months_late.months

        for charge in self.charges:
            yield charge.amount
        for payment in self.payments:
            yield from (s for s in (payment.on, payment.amount) if s)
        for dispute in self.disputes:
            yield from (s for s in (dispute.when, dispute.start, dispute.end) if s)
        for point in self.points:
            yield from (s for s in (point.value, point.whose, point.holder, point.relation) if s)
        yield from self.details

    def products(self) -> list[str]:
        """The products that the mapping names; an empty one, for all, where the file names them."""
        source = self.fields["product"]
        if source.column is None:
            return [source.value or ""]

        named = set(source.codes.values())
        if source.default:
            named.add(source.default)
        return sorted(named) or [""]

    def columns(self) -> dict[str, Source]:
        """Every column that the file must or may have, with the first source that names it."""
        found: dict[str, Source] = {}
        for source in self.sources():
            if source.column is not None and (source.column not in found or not source.absent):
                found[source.column] = source
        return found

    def digits(self) -> frozenset[str]:
        """Columns of numbers that name something: never to be read as a spreadsheet number."""
        keys = ("person.number", "person.id", "person.credit_code", "account.number", "item.number")
        named = {self.fields[key].column for key in keys if key in self.fields}
        named |= {point.value.column for point in self.points}
        return frozenset(column for column in named if column)
