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
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import yaml

from huikuan.engine.fact import ALWAYS, AS_IT_STANDS, ITSELF, Fact
from huikuan.engine.vocabulary import Vocabulary
from huikuan.engine.words import CONTACT_ACTIONS

#: (case, subject, step, anchor, due, deadline)
Found = tuple[int | None, int, str, dt.date, dt.date, dt.date | None]
Row = Mapping[str, Any]
ONE = dt.timedelta(1)


class Hold(NamedTuple):
    """scope: case, person, item or account; of: the item or account; past: first day without it."""

    case: int
    scope: str
    of: int | None
    first: dt.date
    past: dt.date | None


@dataclass
class World:
    """The day, which days are worked, and what the words mean."""

    on: dt.date
    vocabulary: Vocabulary
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: Text of a term, or what a total of the pack says: over, where, sum.
    terms: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    is_working_day: Callable[[dt.date], bool] = lambda day: day.weekday() < 5
    items: Mapping[int, Row] = field(default_factory=dict)
    #: (case, channel, whose, inbound, day)
    contacts: tuple[tuple[int, str, str | None, bool, dt.date], ...] = ()
    holds: tuple[Hold, ...] = ()
    #: case → person
    persons: Mapping[int, int] = field(default_factory=dict)
    #: What `days_on_hold` found, and up to which day.
    held_days: dict[Any, tuple[dt.date, frozenset[dt.date]]] = field(default_factory=dict)
    #: (subject, step, day)
    done: tuple[tuple[int, str, dt.date], ...] = ()
    #: Of a playbook: the subject of each of its steps.
    steps: Mapping[str, str] = field(default_factory=dict)
    #: Of a step with alternatives, the ids of all of them.
    together: Mapping[str, list[str]] = field(default_factory=dict)

    @functools.cached_property
    def items_of(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        for item in self.items.values():
            found.setdefault(item["case_id"], []).append(item)
        return found

    @functools.cached_property
    def contacts_of(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for case, *contact in self.contacts:
            found.setdefault(case, []).append(contact)
        return found

    @functools.cached_property
    def done_of(self) -> dict[tuple[int, str], list[dt.date]]:
        found: dict[tuple[int, str], list[dt.date]] = {}
        for subject, step, day in self.done:
            found.setdefault((subject, step), []).append(day)
        return found

    def is_held(self, row: Row, on: dt.date) -> bool:
        """By a hold of the case, of its person, or of the item that the row is and its account."""
        person = self.persons.get(row["case_id"])
        in_force = [
            hold
            for hold in self.holds_of.get(person, ())
            if hold.first <= on and (hold.past is None or on < hold.past)
        ]
        own = [hold for hold in in_force if hold.case == row["case_id"]]
        return any(hold.scope == "person" for hold in in_force) or any(
            hold.scope == "case" or row.get(f"{hold.scope}_id") == hold.of for hold in own
        )

    def days_on_hold(self, row: Row) -> frozenset[dt.date]:
        """Every day on which the row is held, up to the day; kept for worlds of earlier days."""
        key = (row["case_id"], row.get("item_id"), row.get("account_id"))
        until, days = self.held_days.get(key, (dt.date.min, frozenset()))
        if until >= self.on:
            return days

        holds = self.holds_of.get(self.persons.get(row["case_id"]), ())
        asked = {
            hold.first + ONE * number
            for hold in holds
            for number in range((min(hold.past or self.on, self.on) - hold.first).days + 1)
        }
        days = frozenset(day for day in asked if self.is_held(row, day))
        self.held_days[key] = (self.on, days)
        return days

    @functools.cached_property
    def holds_of(self) -> dict[int | None, list[Hold]]:
        """By person. A hold that begins after the day is not known on it."""
        found: dict[int | None, list[Hold]] = {}
        for hold in self.holds:
            if hold.first <= self.on:
                found.setdefault(self.persons[hold.case], []).append(hold)
        return found

    def of_the_day(self, name: str) -> dt.date | None:
        return self._days.get(name)

    @functools.cached_property
    def _days(self) -> dict[str, dt.date]:
        first = self.on.replace(day=1)
        return {
            "on": self.on, "month_first": first,
            "statement_due_month": (first - ONE).replace(day=1),
        }  # fmt: skip

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


#: A date that a condition names.
_DATE = r"(?<!['\w-])(\d{4}-\d\d-\d\d)(?!['\w-])"


@functools.cache
def _tree(text: str) -> ast.expr:
    return ast.parse(re.sub(_DATE, r"day('\1')", text.strip()), mode="eval").body


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
        return Decimal(str(tree.value)) if isinstance(tree.value, float) else tree.value

    def name(self, tree: ast.Name) -> Any:
        if tree.id in ("true", "false"):
            return tree.id == "true"
        if tree.id in self.world.parameters:
            return self.world.parameters[tree.id]
        if tree.id in self.world.terms:
            term = self.world.terms[tree.id]
            if isinstance(term, str):
                return self.value(_tree(term))
            assert term["over"] == "item"
            return self.total(term["where"], term.get("sum", ""))
        if (day := self.world.of_the_day(tree.id)) is not None:
            return day
        fact = self.world.vocabulary.get(tree.id)
        assert fact is not None, tree.id
        if fact.total is not None:
            assert fact.total.over == "item"
            return self.total(fact.total.where, fact.total.value)
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
        if isinstance(tree.op, ast.Mult):
            product = self.product(tree)
            if isinstance(product, Decimal) and self.is_money(tree):
                return int(product.quantize(Decimal(1), ROUND_HALF_UP))
            return product
        left, right = self.value(tree.left), self.value(tree.right)
        if left is None or right is None:
            return None
        if self.is_money(tree):
            left *= 1 if self.is_money(tree.left) else 100
            right *= 1 if self.is_money(tree.right) else 100
        if isinstance(left, dt.date) and isinstance(right, dt.date):
            return (left - right).days
        if isinstance(left, dt.date):
            right *= ONE
        return left + right if isinstance(tree.op, ast.Add) else left - right

    def product(self, tree: ast.expr) -> Any:
        """Exact: what is rounded is the whole product."""
        if not (isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult)):
            return self.value(tree)
        left, right = self.product(tree.left), self.product(tree.right)
        return None if left is None or right is None else left * right

    def ifexp(self, tree: ast.IfExp) -> Any:
        """Only a condition that holds chooses the first value."""
        return self.value(tree.body if self.value(tree.test) is True else tree.orelse)

    def total(self, where: str, summed: str) -> int:
        """Over the items of the case, one after the other, each with the facts of the case."""
        found = 0
        for item in self.world.items_of.get(self.row["case_id"], ()):
            row = {**self.row, **item}
            if evaluate(where, row, self.world) is True:
                value = evaluate(summed, row, self.world) if summed else 1
                found += value or 0
        return found

    def window(self, tree: ast.Call) -> int:
        channel = self.value(tree.args[0])
        (days,) = [self.value(keyword.value) for keyword in tree.keywords if keyword.arg == "days"]
        first = self.world.on - ONE * (days - 1)
        return sum(
            channel in ("any", used)
            and not inbound
            and whose in (None, "debtor", "guarantor", "co_debtor")
            and first <= day <= self.world.on
            for used, whose, inbound, day in self.world.contacts_of.get(self.row["case_id"], ())
        )

    def memory(self, name: str, tree: ast.Call) -> Any:
        step = self.value(tree.args[0])
        key = self.row[f"{self.world.steps[step]}_id"]
        days = [
            day
            for code in self.world.together.get(step, (step,))
            for day in self.world.done_of.get((key, code), ())
            if day <= self.world.on
        ]
        if name == "times_done":
            return len(days)
        return (max(days) if name == "last_done" else min(days)) if days else None

    def call(self, tree: ast.Call) -> Any:
        name = ast.unparse(tree.func)
        if name == "count":
            return self.window(tree)
        if name in ("times_done", "last_done", "first_done"):
            return self.memory(name, tree)
        if name == "count_over":
            return self.count_over(tree)
        if name == "since":
            return self.since(tree.args[0])
        if name == "days_held":
            return self.days_held(tree.args[0])
        value = self.value(tree.args[0])
        if name == "day":
            return dt.date.fromisoformat(str(value))
        if name == "weekday":
            return value and value.isoweekday()
        if name == "known":
            return value is not None
        if value is not None and name in ("nth_day", "add_months"):
            return _OF_MONTHS[name](value, self.value(tree.args[1]))
        return None if value is None else getattr(self.world, name)(value)

    def days_held(self, tree: ast.expr) -> int | None:
        """Day by day after the date."""
        base, on = self.value(tree), self.world.on
        if base is None:
            return None
        return sum(base < day <= on for day in self.world.days_on_hold(self.row))

    def since(self, tree: ast.expr) -> dt.date | None:
        """Back from the day, as long as it held by what was there then."""
        if self.value(tree) is not True:
            return None

        own = replace(self.world, done=tuple(self._own_done()), contacts=())
        rows = [self.row, *own.items_of.get(self.row["case_id"], ())]
        begun = [dict(_beginnings(row, own)) for row in rows]
        for number in range(1, FURTHEST):
            on = own.on - ONE * number
            row, *items = [_there(each, days, on) for each, days in zip(rows, begun, strict=True)]
            world = replace(own, on=on, items=dict(enumerate(items)))
            if _Reading(row, world).value(tree) is not True:
                return on + ONE
        raise AssertionError(f"{ast.unparse(tree)} holds for longer than anybody looks back")

    def _own_done(self) -> Iterator[tuple[int, str, dt.date]]:
        """What was done of this subject and its case, of the many that the book has."""
        keys = {value for name, value in self.row.items() if name.endswith("_id")}
        for step in self.world.steps:
            for key in keys:
                for day in self.world.done_of.get((key, step), ()):
                    yield key, step, day

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

    def awaited(self, tree: ast.expr) -> Iterator[Any]:
        """The days that a condition waits for in so many words."""
        if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
            for part in tree.values:
                yield from self.awaited(part)
        elif isinstance(tree, ast.Name) and (meant := self.meaning(tree.id)) is not None:
            yield from self.awaited(meant)
        elif isinstance(tree, ast.Call) and ast.unparse(tree.func) == "known":
            (asked,) = tree.args
            fact = self.world.vocabulary.get(ast.unparse(asked))
            if fact is not None and fact.since == ITSELF:
                yield self.value(asked)
        elif isinstance(tree, ast.Compare):
            yield from self._awaited_of(tree)

    def _awaited_of(self, tree: ast.Compare) -> Iterator[Any]:
        """`on >= d` waits for d, `on > d` for the day after it; d is a day of the row alone."""
        left = tree.left
        for operator, right in zip(tree.ops, tree.comparators, strict=True):
            for one, other, kinds in (
                (left, right, (ast.GtE, ast.Gt)),
                (right, left, (ast.LtE, ast.Lt)),
            ):
                if ast.unparse(one) != "on" or not isinstance(operator, kinds):
                    continue
                day = self.value(other) if self.is_of_row(other) else None
                later = ONE * isinstance(operator, (ast.Gt, ast.Lt))
                yield None if day is None else day + later
            left = right

    def is_of_row(self, tree: ast.expr) -> bool:
        """Whether nothing is counted, remembered or added up in it."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in _COUNTED:
                return False
            if not isinstance(node, ast.Name):
                continue
            fact = self.world.vocabulary.get(node.id)
            is_total = fact is not None and fact.total is not None
            if is_total or isinstance(self.world.terms.get(node.id), Mapping):
                return False
            meant = self.meaning(node.id)
            if meant is not None and not self.is_of_row(meant):
                return False
        return True

    def meaning(self, name: str) -> ast.expr | None:
        """What a term or a derived fact means."""
        term = self.world.terms.get(name)
        if isinstance(term, str):
            return _tree(term)
        fact = self.world.vocabulary.get(name)
        return _tree(fact.expr) if fact is not None and fact.expr else None

    def is_money(self, tree: ast.expr) -> bool:
        return any(self.names_money(name) for name in _names(tree))

    def names_money(self, name: str) -> bool:
        """Whether it is the name of an amount: a fact, or a total of the pack."""
        term = self.world.terms.get(name)
        if isinstance(term, Mapping):
            return "sum" in term and self.is_money(_tree(term["sum"]))
        fact = self.world.vocabulary.get(name)
        return fact is not None and fact.type == "money"


_COUNTED = ("count", "days_held", "times_done", "last_done", "first_done", "since")
#: Nothing of an invented book began earlier, so that a search ends.
FURTHEST = 1_000


def _there(row: Row, begun: Mapping[str, dt.date | None], on: dt.date) -> dict[str, Any]:
    """The facts of a row that were so on the day. `begun`: since when each of them is so."""
    later = [name for name, begins in begun.items() if begins is None or begins > on]
    return {**row, **dict.fromkeys(later)}


def _beginnings(row: Row, world: World) -> Iterator[tuple[str, dt.date | None]]:
    """By the day that each fact declares."""
    for name in row:
        fact = world.vocabulary.get(name)
        if fact is None or fact.since in ("", ALWAYS, AS_IT_STANDS):
            continue
        yield name, row[name] if fact.since == ITSELF else evaluate(fact.since, row, world)


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
    parameters = {
        name: Decimal(str(value)) if isinstance(value, float) else value
        for name, value in book.get("parameters", {}).items()
    }
    terms = {name: term.get("is", term) for name, term in book.get("terms", {}).items()}
    written = {step["id"]: step for step in _written_out(book["steps"])}
    steps = {code: step.get("per", "case") for code, step in written.items()}
    together = {step["first"]: step["group"] for step in written.values() if "first" in step}
    world = replace(world, parameters=parameters, terms=terms, steps=steps, together=together)
    for step in written.values():
        per = step.get("per", "case")
        conditions = [*_conditions(step, guards, written), *step.get("ways", ())]
        for case, subject, row in _rows(per, cases, others):
            if all(evaluate(text, row, world) is True for text in conditions):
                for anchor in _standing(step, written, row, world):
                    first_day = _first_day(step, _conditions(step, guards, written), row, world)
                    due, deadline = _due_and_deadline(anchor, step, first_day, world)
                    yield case, subject, step["id"], anchor, due, deadline


def _first_day(
    step: Mapping[str, Any], conditions: Iterable[str], row: Row, world: World
) -> dt.date | None:
    """When the item and its case came on the book, when what it waits for came, and what it names."""
    days = [row.get(name) for name in ("item_valid_on", "placed_on", "complaint_received_on")]
    for text in conditions:
        days += _Reading(row, world).awaited(_tree(text))
    if "not_before" in step:
        days.append(evaluate(str(step["not_before"]), row, world))
    return max((day for day in days if day is not None), default=None)


def _due_and_deadline(
    anchor: dt.date, step: Mapping[str, Any], came_on: dt.date | None, world: World
) -> tuple[dt.date, dt.date | None]:
    """Never before the first day on which it could be done."""
    due = _delayed(anchor, step.get("due", 0), world)
    deadline = _delayed(anchor, step.get("deadline"), world)
    if came_on is None or due >= came_on:
        return due, deadline
    if deadline is None:
        return came_on, None

    in_working_days = [isinstance(step.get(key), Mapping) for key in ("due", "deadline")]
    length: Any = 0
    if in_working_days[0] == in_working_days[1]:
        length = _length(step, world)
    return came_on, max(deadline, _delayed(came_on, length, world))


def _length(step: Mapping[str, Any], world: World) -> Any:
    """From the due day to the last day, written as either of them is."""
    due, deadline = step.get("due", 0), step["deadline"]
    if isinstance(deadline, Mapping):
        first = _figure(due["working_days"], world.parameters)
        return {"working_days": _figure(deadline["working_days"], world.parameters) - first}
    return _figure(deadline, world.parameters) - _figure(due, world.parameters)


def _written_out(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each step, and each of its alternatives as a step: its way, and none of those before it."""
    for step in steps:
        first = {key: value for key, value in step.items() if key not in ("otherwise", "possible")}
        if "otherwise" not in step:
            yield first
            continue

        each = [step, *({**first, **other} for other in step["otherwise"])]
        ways = [str(one.get("possible", _WAYS[one["action"]])) for one in each]
        group = [one["id"] for one in each]
        for number, one in enumerate(each):
            barred = [f"false if {way} else true" for way in ways[:number]]
            yield {**one, "ways": [ways[number], *barred], "first": step["id"], "group": group}


_WAYS = {
    "call": "has_phone", "sms": "has_phone", "email": "has_email", "letter": "has_address", "visit": "has_address",
}  # fmt: skip


def _conditions(
    step: Mapping[str, Any], guards: Mapping[str, Any], written: Mapping[str, Any]
) -> list[str]:
    """Everything but the ways; of a step that follows an undone one, what holds for that one too."""
    named = [name for name in _guards(step, step.get("per", "case")) if name in guards]
    amounts = [str(step["charge"][key]) for key in ("amount", "at_most") if "charge" in step]
    found = [*(guards[name] for name in named), str(step["when"])]
    found += [f"({amount}) > 0" for amount in amounts]
    if "charge" in step and step["charge"]["kind"] in ("interest", "penalty"):
        found.append(f"not consumer_debt or {WITHIN_THE_YEAR}")
    if "undone" in step.get("cadence", {}):
        found += _conditions(written[step["cadence"]["undone"]], guards, written)
    return found


#: 24 % a year of what is open, for each day since it fell due, less all that was charged of it.
WITHIN_THE_YEAR = (
    "item_principal_open * 0.000657534246 * days_late"
    " - (item_interest if item_interest > 0 else 0)"
    " - (item_penalty if item_penalty > 0 else 0)"
    " - (item_fees if item_fees > 0 else 0) > 0"
)


def _standing(
    step: Mapping[str, Any], written: Mapping[str, Any], row: Row, world: World
) -> list[dt.date]:
    """The occurrence in force, unless an alternative was done for it; or of the undone step above
    the one that was not done in time."""
    cadence = step.get("cadence") or {}
    if "undone" in cadence:
        other = cadence["undone"]
        anchors = _standing(written[other], written, row, world)
        left = [day for day in anchors if not _is_done(other, day, row, world)]
        late = [_delayed(day, cadence["after"], world) for day in left]
        return [day for day in late if day <= world.on]

    anchors = _occurrences(step.get("cadence"), row, world)
    if "first" not in step:
        return anchors
    return [day for day in anchors if not _is_done(step["first"], day, row, world)]


def _is_done(step: str, anchor: dt.date, row: Row, world: World) -> bool:
    last = evaluate(f"last_done({step!r})", row, world)
    return last is not None and last >= anchor


def _delayed(day: dt.date, written: Any, world: World) -> Any:
    """So many days later, working days counted one by one."""
    if written is None:
        return None
    if not isinstance(written, Mapping):
        return day + ONE * _figure(written, world.parameters)
    if "days" in written:
        return _rolled(
            day + ONE * _figure(written["days"], world.parameters), written["roll"], world
        )
    left = _figure(written["working_days"], world.parameters)
    if left == 0:
        return _rolled(day, "next", world)
    step = ONE if left > 0 else -ONE
    while left:
        day += step
        if world.is_working_day(day):
            left -= step.days
    return day


def _rolled(day: dt.date, roll: str | None, world: World) -> dt.date:
    while roll and not world.is_working_day(day):
        day += ONE if roll == "next" else -ONE
    return day


def _day_of_month(
    written: Any, roll: str | None, world: World, in_months: list[int] | None = None
) -> dt.date:
    """The latest one that is not after the day, looked for month by month."""
    reach = 3 if in_months is None else 14
    months = [_months_later(world.on.replace(day=1), n) for n in range(-reach, 3)]
    found = []
    for first in months:
        if in_months is not None and first.month not in in_months:
            continue
        length = calendar.monthrange(first.year, first.month)[1]
        number = length if written == "last" else min(int(written), length)
        found.append(_rolled(first.replace(day=number), roll, world))
    return max(day for day in found if day <= world.on)


def _figure(written: Any, parameters: Mapping[str, Any]) -> int:
    """A number, or the name of a parameter with a minus before it or not."""
    if isinstance(written, int):
        return written
    value = int(parameters[written.removeprefix("-")])
    return -value if written.startswith("-") else value


#: Subjects that belong to no case: a step about them knows nothing of one.
APART = ("complaint",)


def _rows(
    per: str, cases: Mapping[int, Row], others: Mapping[str, Mapping[int, Row]]
) -> Iterator[tuple[int | None, int, Row]]:
    """(case, subject, facts) of everything that a step may be about."""
    if per == "case":
        for case, row in cases.items():
            yield case, case, row
        return

    for subject, row in others[per].items():
        if per in APART:
            yield None, subject, row
            continue
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
    written = [
        {"day": 0, "months": 0}
        | {key: _segment_value(key, value, world) for key, value in segment.items()}
        for segment in cadence["occurs"]
    ]
    in_force = []
    for segment in written:
        later = [other for other in written if _begin(other, base) > _begin(segment, base)]
        ends = min((_begin(other, base) for other in later), default=None)
        day = _occurrence(segment, base, None if "until" in segment else ends, world)
        if day is not None:
            in_force.append(day)
    return [max(in_force)] if in_force else []


def _begin(segment: Mapping[str, Any], base: dt.date) -> dt.date:
    return _months_later(base, segment["months"]) + ONE * segment["day"]


def _occurrence(
    segment: Mapping[str, Any], base: dt.date, ends: dt.date | None, world: World
) -> dt.date | None:
    """The day of one segment that is in force; `ends`: the day on which another one begins."""
    on = world.on
    begin = _begin(segment, base)
    last = base + ONE * segment["until"] if "until" in segment else dt.date.max
    roll = segment.get("roll")
    if "monthly" in segment:
        day = _day_of_month(segment["monthly"], roll, world, segment.get("in_months"))
        before_next = ends is None or day < ends
        return day if begin <= day <= last and before_next else None
    if on > last or (ends is not None and on >= ends):
        return None
    if roll:
        day = _rolled(begin, roll, world)
        return day if day <= on else None
    if on < begin:
        return None
    if segment.get("working_days"):
        return _rolled(on, "previous", world)
    if segment.get("every_months"):
        return _every_months(segment, base, on)
    if not segment.get("every"):
        return begin
    return on - ONE * ((on - begin).days % segment["every"])


def _every_months(segment: Mapping[str, Any], base: dt.date, on: dt.date) -> dt.date:
    months = segment["months"]
    while _months_later(base, months + segment["every_months"]) <= on:
        months += segment["every_months"]
    return _months_later(base, months)


def _segment_value(key: str, written: Any, world: World) -> Any:
    if key in ("roll", "in_months") or written == "last" or not isinstance(written, str):
        return written
    return _figure(written, world.parameters)


def invent(
    facts: list[Fact], on: dt.date, chance: random.Random, words: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """A row of facts around the day; any of them may be unknown. words: see asked_words()."""
    row = {fact.name: _invent(fact, on, chance, words) for fact in facts}
    if "reached_on" in row and chance.random() < 0.3:
        row["reached_on"] = row["first_reached_on"]
    if "promise_due_on" in row and chance.random() < 0.3:
        row |= _promised_in_the_talk(on, chance)
    if "item_valid_on" in row:
        # Only what is on the book is planned.
        row["item_valid_on"] = min(row["item_valid_on"] or on, on)
    if "promise_made_on" in row and row["promise_last_day"]:
        row["promise_made_on"] = min(row["promise_made_on"] or on, on, row["promise_last_day"])
    if "complaint_points" in row and chance.random() < 0.4:
        row["complaint_points_decided"] = row["complaint_points"]
    if "stated_month" in row:
        for name in _STATEMENT_DAYS[chance.randint(0, len(_STATEMENT_DAYS)) :]:
            row[name] = None
    return row


#: How far a statement came, so that those of every state are invented.
_STATEMENT_DAYS = (
    "month_submitted_on",
    "month_checked_on",
    "month_sent_on",
    "month_confirmed_on",
    "month_invoice_data_on",
    "month_invoice_sent_on",
)


#: What is mostly so, so that steps fire at all: chances in a hundred of unknown, of true.
_MOSTLY = {
    "is_open": (3, 90), "held_from": (85, 0), "minor_until": (85, 0), "item_held": (10, 10), "item_confirmed_on": (15, 0),
    "has_phone": (5, 80), "statement_cycle": (5, 90), "month_invoice_sent_on": (60, 0), "month_invoice_data_on": (60, 0),
    "month_confirmed_on": (50, 0), "talk_outcome": (5, 0), "complaint_closed_on": (80, 0), "complaint_replied_on": (60, 0),
    "complainant_unreachable": (5, 20),
}  # fmt: skip


def _promised_in_the_talk(on: dt.date, chance: random.Random) -> dict[str, dt.date]:
    """A promise made in the last talk, whose day is around this one."""
    due = on + ONE * chance.randint(-2, 2)
    made = min(on, due) - ONE * chance.randint(0, 6)
    last = due + ONE * chance.choice((0, 0, 1, 3))
    return {
        "reached_on": made,
        "promise_made_on": made,
        "promise_due_on": due,
        "promise_last_day": last,
    }


def asked_words(playbooks: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Fact → the words that the playbooks compare it with: a text whose words are the pack's own."""
    found: dict[str, set[str]] = {}
    for playbook in playbooks:
        for text in _texts(yaml.safe_load(playbook)):
            for name, word in _comparisons(text):
                found.setdefault(name, set()).add(word)
    return {name: (*sorted(words), "another") for name, words in found.items()}


def _texts(part: Any) -> Iterator[str]:
    """Every text of a playbook, however deep."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)


def _comparisons(text: str) -> Iterator[tuple[str, str]]:
    """(name, word) of each comparison of a name with words; none where the text is no condition."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not isinstance(node.left, ast.Name):
            continue
        for right in node.comparators:
            for inner in ast.walk(right):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield node.left.id, inner.value


def _invent(
    fact: Fact, on: dt.date, chance: random.Random, words: Mapping[str, tuple[str, ...]]
) -> Any:
    unknown, true = _MOSTLY.get(fact.name, (25, 50))
    if chance.randrange(100) < unknown:
        return None
    if fact.type == "bool":
        return chance.randrange(100) < true
    if fact.type == "text":
        return chance.choice(tuple(fact.options) or words.get(fact.name) or ("a", "b", ""))
    if fact.type == "date":
        return on + ONE * chance.randint(*chance.choice(((-3, 3), (-30, 8), (-120, 40), (-900, 0))))
    if fact.name.startswith("statement_day_"):
        return chance.randint(1, 45)
    unit = chance.choice((1, 1, 100, 2_500_000)) if fact.type == "money" else 1
    return unit * chance.choice((0, 1, 2, 3, chance.randint(-5, 10)))
