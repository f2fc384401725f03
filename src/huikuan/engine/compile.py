"""From a typed condition to an Ibis expression over unbound tables, and from there to SQL text.

The day comes through the one-row table `run`, never as a literal: one text serves every day. Dates meet integers and
months through functions that Postgres has (date_mi, date_pli, date_pl_interval, interval_mul) and other engines get as
macros: Ibis' own date arithmetic returns timestamps and differs between engines.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from huikuan.engine import history, since
from huikuan.engine.nodes import AT_MOST, LOOK_BACK, READS_HISTORY, Node
from huikuan.engine.vocabulary import Vocabulary

#: Raised when an equal pack compiles to another text: stored text is kept by it.
VERSION = 10
IBIS_TYPES = {
    "bool": "boolean",
    "int": "int64",
    "decimal": "decimal(38, 12)",
    "date": "date",
    "money": "int64",
    "text": "string",
}
RUN_COLUMNS = {
    "on_day": "date",
    "month_first": "date",
    "statement_due_month": "date",
    "months_back": "array<date>",
    "working_days_back": "array<date>",
    "last_working_day": "date",
    "next_working_day": "date",
    "month_before": "date",
    "month_next": "date",
    "month_after": "date",
    "calendar_from": "date",
    "worked": "array<int32>",
    "working_days": "array<date>",
    "known_at": "timestamp('UTC')",
}
#: A year that every date of a book lies after, and whose January has 31 days.
FIRST_YEAR = 1900
LOOK_BACKS = {"months_past": "months_back", "working_days_past": "working_days_back"}


@ibis.udf.scalar.builtin(name="date_mi")
def days_between(later: dt.date, earlier: dt.date) -> int:  # type: ignore[empty-body]
    """Days from the earlier to the later date."""


@ibis.udf.scalar.builtin(name="date_pli")
def add_days(day: dt.date, days: int) -> dt.date:
    """The date so many days later."""


@ibis.udf.scalar.builtin(name="interval_mul")
def _times(span: dt.Interval("M"), count: float) -> dt.Interval("M"):  # type: ignore[valid-type]
    """So many times a span."""


@ibis.udf.scalar.builtin(name="date_pl_interval")
def _after(day: dt.date, span: dt.Interval("M")) -> dt.timestamp:  # type: ignore[valid-type]
    """The beginning of the day that lies a span later; the last day of a month that has no such day."""


def add_months(day: Any, months: Any) -> Any:
    """The corresponding day so many months later; the last day of a month that has none."""
    return _after(day, _times(ibis.interval(months=1), months)).cast("date")


def nth_day(day: Any, number: int) -> Any:
    """The day of this number in the month of `day`; its last day where the month is shorter.

    Counted from a January, which has every number: adding months to its day clamps as needed.
    """
    january = datetime.date(FIRST_YEAR, 1, number)
    return add_months(ibis.literal(january, "date"), _months_since(day))


def _months_since(day: Any) -> Any:
    """Months from the January of the first year to the month of the day."""
    return (day.year() - FIRST_YEAR) * 12 + (day.month() - 1)


def months_between(later: Any, earlier: Any) -> Any:
    """Months from the month of the earlier date to that of the later."""
    return _months_since(later) - _months_since(earlier)


def day_of_year(day: Any, years: int, month: int, number: int) -> Any:
    """The day of this number and month so many years after the year of `day`; the month's last day
    where it is shorter."""
    january = datetime.date(FIRST_YEAR, 1, number)
    months = (day.year() + (years - FIRST_YEAR)) * 12 + (month - 1)
    return add_months(ibis.literal(january, "date"), months)


@dataclass(frozen=True)
class Tables:
    """Where facts live: `columns` finds the column of a fact, `act` holds facts that are known when compiling."""

    vocabulary: Vocabulary
    joined: ir.Table
    act: Mapping[str, object | ir.Value]

    def fact(self, name: str) -> ir.Value:
        fact = self.vocabulary.get(name)
        assert fact is not None, name
        if fact.total is not None:
            return self.total(name, fact.always)
        if name in self.act:
            value = self.act[name]
            return (
                value if isinstance(value, ir.Value) else ibis.literal(value, IBIS_TYPES[fact.type])
            )
        return self.joined[fact.stored_as]

    def total(self, name: str, always: bool) -> ir.Value:
        """What a joined aggregate found; nothing at all is 0 where it is never unknown."""
        found = self.joined[total_column(name)]
        if name in self.vocabulary.given:
            found = ibis.coalesce(self.joined[given_column(name)], found)
        return ibis.coalesce(found, 0) if always else found


def total_column(name: str) -> str:
    """The column of an aggregate that engine/sources.py joins."""
    return f"n_{name}"


def given_column(name: str) -> str:
    """The column of a total that a specification states."""
    return f"given_{name}"


def value(node: Node, tables: Tables) -> Any:
    """The Ibis expression of a condition or value. Derived facts are inlined first."""
    return _value(since.resolved(node, tables.vocabulary), tables)


def _value(node: Node, tables: Tables) -> Any:
    if node.op == "const":
        return ibis.literal(node.value, IBIS_TYPES[node.type])
    if node.op == "fact":
        return tables.fact(str(node.value))
    if node.op == since.REACHED:
        return tables.total(since.label(node), False)
    if node.op == history.HELD:
        # From an unknown day on nobody knows how many.
        count = tables.total(history.label(node), True)
        return ibis.ifelse(_value(node.parts[0], tables).notnull(), count, ibis.null("int32"))
    if node.op == history.UNHELD:
        day = _value(node.parts[1], tables)
        return add_days(day, tables.total(history.label(node), True))
    if node.op in READS_HISTORY:
        return tables.total(history.label(node), node.type == "int")
    if node.op in LOOK_BACKS:
        raise ValueError(f"{node.op} must be compared with a number")
    if any(part.op in LOOK_BACKS for part in node.parts):
        return _look_back(node, tables)
    if node.op == "*":
        return _product(node, tables)
    return _OPERATIONS[node.op](node, [_value(part, tables) for part in node.parts])


def _add(node: Node, parts: list[Any]) -> Any:
    return add_days(*parts) if node.type == "date" else parts[0] + parts[1]


def _subtract(node: Node, parts: list[Any]) -> Any:
    if node.parts[0].type != "date":
        return parts[0] - parts[1]
    return days_between(*parts) if node.parts[1].type == "date" else add_days(parts[0], -parts[1])


def _product(node: Node, tables: Tables) -> Any:
    """A product. An amount times a rate is rounded to whole minor units, half away from 0, and once
    for the whole product: a rounded daily amount times the days would grow with the days."""
    factors = _factors(node)
    values = [_value(factor, tables) for factor in factors]
    whole = [value for factor, value in zip(factors, values, strict=True) if not _is_rate(factor)]
    rates = [value for factor, value in zip(factors, values, strict=True) if _is_rate(factor)]

    product = functools.reduce(operator.mul, whole)
    if not rates:
        return product
    exact = functools.reduce(operator.mul, rates, product.cast("decimal(38, 0)"))
    return exact.round().cast("int64")


def _factors(node: Node) -> list[Node]:
    """What is multiplied, from left to right."""
    if node.op != "*":
        return [node]
    return [factor for part in node.parts for factor in _factors(part)]


def _is_rate(node: Node) -> bool:
    return node.type == "decimal"


def _count_over(node: Node, parts: list[Any]) -> Any:
    """How many of the facts lie over the limit, which is the last part. Unknown ones do not."""
    *facts, limit = parts
    places = [ibis.ifelse(fact > limit, 1, 0) for fact in facts]
    return sum(places[1:], places[0])


def _at_most(node: Node, parts: list[Any]) -> Any:
    """Engines leave an unknown value out of `least`: the cap alone would then be the amount."""
    amount, most = parts
    return ibis.ifelse(amount.notnull() & most.notnull(), ibis.least(amount, most), ibis.null())


def _number(node: Node) -> int:
    """The number that a function of dates was given; the parser lets no other fact stand there."""
    return int(str(node.parts[1].value))


def _and(node: Node, parts: list[Any]) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = result & part
    return result


def _or(node: Node, parts: list[Any]) -> Any:
    result = parts[0]
    for part in parts[1:]:
        result = result | part
    return result


_OPERATIONS = {
    "and": _and,
    "or": _or,
    "not": lambda node, parts: ~parts[0],
    "in": lambda node, parts: parts[0].isin(parts[1:]),
    "if": lambda node, parts: ibis.ifelse(parts[0], parts[1], parts[2]),
    "known": lambda node, parts: parts[0].notnull(),
    "nth_day": lambda node, parts: nth_day(parts[0], _number(node)),
    "add_months": lambda node, parts: add_months(parts[0], _number(node)),
    "weekday": lambda node, parts: parts[0].day_of_week.index().cast("int32") + 1,
    "count_over": _count_over,
    "since": lambda node, parts: ibis.ifelse(parts[0], parts[1], ibis.null("date")),
    AT_MOST: _at_most,
    "least": lambda node, parts: ibis.least(*parts),
    "greatest": lambda node, parts: ibis.greatest(*parts),
    "==": lambda node, parts: parts[0] == parts[1],
    "!=": lambda node, parts: parts[0] != parts[1],
    "<": lambda node, parts: parts[0] < parts[1],
    "<=": lambda node, parts: parts[0] <= parts[1],
    ">": lambda node, parts: parts[0] > parts[1],
    ">=": lambda node, parts: parts[0] >= parts[1],
    "+": _add,
    "-": _subtract,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def _look_back(node: Node, tables: Tables) -> Any:
    """months_past(d) >= n is d <= the n-th entry of an array that the run computes: no date arithmetic per row.

    Entry n (from 0) is the latest day of which n whole months (working days) have passed on the day of the run.
    """
    left, right = node.parts
    op, call, number = (
        (node.op, left, right) if left.op in LOOK_BACKS else (_MIRRORED[node.op], right, left)
    )
    n = int(number.value)  # type: ignore[arg-type]
    entries = tables.joined[LOOK_BACKS[call.op]]
    day = _value(call.parts[0], tables)

    def at_least(count: int) -> Any:
        if count <= 0:
            # Never false: an unknown day stays unknown.
            return ibis.ifelse(day.notnull(), True, ibis.null("boolean"))
        if count > LOOK_BACK:
            raise ValueError(f"{call.op} looks back {LOOK_BACK} at the most")
        return day <= entries[count]

    return {
        ">=": lambda: at_least(n),
        ">": lambda: at_least(n + 1),
        "<": lambda: ~at_least(n),
        "<=": lambda: ~at_least(n + 1),
        "==": lambda: at_least(n) & ~at_least(n + 1),
        "!=": lambda: ~at_least(n) | at_least(n + 1),
    }[op]()


def to_sql(expression: ir.Table, dialect: str = "postgres") -> str:
    return str(ibis.to_sql(expression, dialect=dialect))
