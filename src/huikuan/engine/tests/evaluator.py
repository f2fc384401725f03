"""A second reading of the condition language and of cadences, in plain Python and one row at a time.

Written from what the language says of itself, not from the compiler: a playbook is read with PyYAML, a condition is walked
as Python's own syntax tree, an unknown is None. Whoever finds the same tasks in SQL has compiled rightly.
"""

from __future__ import annotations

import ast
import calendar
import datetime as dt
import functools
import operator as operators
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from huikuan.engine.fact import Fact
from huikuan.engine.vocabulary import Vocabulary
from huikuan.engine.words import CONTACT_ACTIONS

#: (case, subject, step, anchor, due)
Found = tuple[int, int, str, dt.date, dt.date]
Row = Mapping[str, Any]
ONE = dt.timedelta(1)


@dataclass
class World:
    """The day, which days are worked, and what the words mean."""

    on: dt.date
    vocabulary: Vocabulary
    parameters: Mapping[str, Any] = field(default_factory=dict)
    is_working_day: Callable[[dt.date], bool] = lambda day: day.weekday() < 5

    def of_the_day(self, name: str) -> dt.date | None:
        return self._days.get(name)

    @functools.cached_property
    def _days(self) -> dict[str, dt.date]:
        return {"on": self.on}

    def months_past(self, day: dt.date) -> int:
        """Whole calendar months that are over: a month ends with its corresponding day, or the last day of a shorter month."""
        count = 0
        while _months_later(day, count + 1) < self.on:
            count += 1
        return count

    def working_days_past(self, day: dt.date) -> int:
        return sum(self.is_working_day(day + ONE * n) for n in range(1, (self.on - day).days + 1))


def _months_later(day: dt.date, count: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _nth_day(day: dt.date, number: int) -> dt.date:
    """The day of that number in the month, or the month's last."""
    return day.replace(day=min(number, calendar.monthrange(day.year, day.month)[1]))


_OF_MONTHS: dict[str, Callable[[dt.date, int], dt.date]] = {
    "nth_day": _nth_day,
    "add_months": _months_later,
}


@functools.cache
def _tree(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


@functools.cache
def _names(tree: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


def evaluate(text: str, row: Row, world: World) -> Any:
    """The value of a condition for a row of stored facts; None: it is not known."""
    return _Reading(row, world).value(_tree(text))


@dataclass
class _Reading:
    row: Row
    world: World

    def value(self, tree: ast.expr) -> Any:
        return getattr(self, type(tree).__name__.lower())(tree)

    def constant(self, tree: ast.Constant) -> Any:
        return tree.value

    def name(self, tree: ast.Name) -> Any:
        if tree.id in ("true", "false"):
            return tree.id == "true"
        if tree.id in self.world.parameters:
            return self.world.parameters[tree.id]
        if (day := self.world.of_the_day(tree.id)) is not None:
            return day
        fact = self.world.vocabulary.get(tree.id)
        assert fact is not None, tree.id
        return self.value(_tree(fact.expr)) if fact.expr else self.row[fact.name]

    def boolop(self, tree: ast.BoolOp) -> bool | None:
        """One part that decides is enough, whatever is unknown beside it."""
        decides = isinstance(tree.op, ast.Or)
        found = [self.value(part) for part in tree.values]
        return decides if decides in found else None if None in found else not decides

    def unaryop(self, tree: ast.UnaryOp) -> Any:
        value = self.value(tree.operand)
        if value is None:
            return None
        return not value if isinstance(tree.op, ast.Not) else -value

    def binop(self, tree: ast.BinOp) -> Any:
        left, right = self.value(tree.left), self.value(tree.right)
        if left is None or right is None:
            return None
        if isinstance(tree.op, ast.Mult):
            return left * right
        if isinstance(left, dt.date) and isinstance(right, dt.date):
            return (left - right).days
        if isinstance(left, dt.date):
            right *= ONE
        return left + right if isinstance(tree.op, ast.Add) else left - right

    def ifexp(self, tree: ast.IfExp) -> Any:
        """Only a condition that holds chooses the first value."""
        return self.value(tree.body if self.value(tree.test) is True else tree.orelse)

    def call(self, tree: ast.Call) -> Any:
        name = ast.unparse(tree.func)
        if name == "count_over":
            return self.count_over(tree)
        value = self.value(tree.args[0])
        if name == "known":
            return value is not None
        if value is not None and name in ("nth_day", "add_months"):
            return _OF_MONTHS[name](value, self.value(tree.args[1]))
        return None if value is None else getattr(self.world, name)(value)

    def count_over(self, tree: ast.Call) -> int:
        """Of the first n facts of the series those that are known and over the limit."""
        assert isinstance(tree.args[0], ast.Name)
        series = tree.args[0].id
        limit = self.value(tree.args[2])
        places = [self.row[f"{series}_{n + 1}"] for n in range(self.value(tree.args[1]))]
        return sum(limit is not None and day is not None and day > limit for day in places)

    def compare(self, tree: ast.Compare) -> bool | None:
        results, left = [], tree.left
        for operator, right in zip(tree.ops, tree.comparators, strict=True):
            results.append(self._pair(left, operator, right))
            left = right
        return False if False in results else None if None in results else True

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool | None:
        one, money = self.value(left), self.is_money(left)
        if isinstance(operator, (ast.In, ast.NotIn)):
            options = [self.value(option) * (100 if money else 1) for option in right.elts]  # type: ignore[attr-defined]
            return None if one is None else (one in options) is isinstance(operator, ast.In)
        two = self.value(right)
        if one is None or two is None:
            return None
        # money is kept in minor units, a bare number beside it is in major ones
        if money and not self.is_money(right):
            two *= 100
        if self.is_money(right) and not money:
            one *= 100
        return _COMPARISONS[type(operator)](one, two)

    def is_money(self, tree: ast.expr) -> bool:
        facts = (self.world.vocabulary.get(name) for name in _names(tree))
        return any(fact is not None and fact.type == "money" for fact in facts)


_COMPARISONS: dict[type, Any] = {
    ast.Eq: operators.eq, ast.NotEq: operators.ne, ast.Lt: operators.lt, ast.LtE: operators.le, ast.Gt: operators.gt,
    ast.GtE: operators.ge,
}  # fmt: skip


def tasks(
    playbook: str,
    cases: Mapping[int, Row],
    others: Mapping[str, Mapping[int, Row]],
    world: World,
) -> Iterator[Found]:
    """Everything a playbook (its YAML text) demands. `others`: rows of the subjects of a case, which hold `case_id`; a step
    about one of them also knows the facts of its case.
    """
    book = yaml.safe_load(playbook)
    guards = book.get("guards", {})
    world = World(world.on, world.vocabulary, book.get("parameters", {}), world.is_working_day)
    for step in book["steps"]:
        per = step.get("per", "case")
        named = [name for name in _guards(step, per) if name in guards]
        conditions = [*(guards[name] for name in named), str(step["when"])]
        for case, subject, row in _rows(per, cases, others):
            if all(evaluate(text, row, world) is True for text in conditions):
                for anchor in _occurrences(step.get("cadence"), row, world):
                    yield case, subject, step["id"], anchor, anchor + ONE * step.get("due", 0)


def _rows(
    per: str, cases: Mapping[int, Row], others: Mapping[str, Mapping[int, Row]]
) -> Iterator[tuple[int, int, Row]]:
    """(case, subject, facts) of everything that a step may be about."""
    if per == "case":
        for case, row in cases.items():
            yield case, case, row
        return

    for subject, row in others[per].items():
        case = row["case_id"]
        yield case, subject, {**cases[case], **row}


def _guards(step: Mapping[str, Any], per: str) -> Iterator[str]:
    """What every step asks, what steps about its subject ask, and both again of what asks for payment."""
    dunning = step.get("dunning", step["action"] in CONTACT_ACTIONS)
    yield "always"
    if per != "case":
        yield per
    if dunning:
        yield "dunning"
    if dunning and per != "case":
        yield f"{per}_dunning"


def _occurrences(cadence: Mapping[str, Any] | None, row: Row, world: World) -> list[dt.date]:
    """The day from which the step counts the occurrence in force, or nothing."""
    cadence = cadence or {"from": "placed_on", "occurs": [{"day": 0}]}
    base = evaluate(str(cadence["from"]), row, world)
    if base is None:
        return []
    age = (world.on - base).days
    segments = sorted(cadence["occurs"], key=lambda segment: segment["day"])
    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        last = segment.get("until", following["day"] - 1 if following else age)
        if not segment["day"] <= age <= last:
            continue
        if segment.get("working_days"):
            day = world.on
            while not world.is_working_day(day):
                day -= ONE
            return [day]
        if not segment.get("every"):
            return [base + ONE * segment["day"]]
        return [world.on - ONE * ((age - segment["day"]) % segment["every"])]
    return []


def invent(facts: list[Fact], on: dt.date, chance: random.Random) -> dict[str, Any]:
    """A row of facts around the day; any of them may be unknown."""
    row = {fact.name: _invent(fact, on, chance) for fact in facts}
    if "reached_on" in row and chance.random() < 0.3:
        row["reached_on"] = row["first_reached_on"]
    if "statement_month" in row:
        for name in _STATEMENT_DAYS[chance.randint(0, len(_STATEMENT_DAYS)) :]:
            row[name] = None
    return row


#: How far a statement came, so that those of every state are invented.
_STATEMENT_DAYS = (
    "statement_submitted_on",
    "statement_checked_on",
    "statement_sent_on",
    "statement_confirmed_on",
    "invoice_data_on",
    "invoice_sent_on",
)


#: What is mostly so, so that steps fire at all: chances in a hundred of unknown, of true.
_MOSTLY = {
    "is_open": (3, 90), "held_from": (85, 0), "minor_until": (85, 0), "item_held": (10, 10), "item_confirmed_on": (15, 0),
    "has_phone": (5, 80),
}  # fmt: skip


def _invent(fact: Fact, on: dt.date, chance: random.Random) -> Any:
    unknown, true = _MOSTLY.get(fact.name, (25, 50))
    if chance.randrange(100) < unknown:
        return None
    if fact.type == "bool":
        return chance.randrange(100) < true
    if fact.type == "text":
        return chance.choice(tuple(fact.options) or ("a", "b", ""))
    if fact.type == "date":
        return on + ONE * chance.randint(*chance.choice(((-3, 3), (-30, 8), (-120, 40), (-900, 0))))
    if fact.name.startswith("statement_day_"):
        return chance.randint(1, 45)
    unit = chance.choice((1, 1, 100, 2_500_000)) if fact.type == "money" else 1
    return unit * chance.choice((0, 1, 2, 3, chance.randint(-5, 10)))
