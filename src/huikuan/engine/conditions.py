"""Conditions: a small subset of Python expressions over the vocabulary, parsed with `ast` and type-checked.

    days_past_due > 15 and promise == 'broken'

Types are bool, int, date, money, text. A number beside money is in major units (yuan): `balance >= 50000`.
Everything is three-valued: a comparison with an unknown fact is unknown, as in SQL.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from huikuan.engine import bounds, history, series
from huikuan.engine.nodes import (
    FUNCTIONS,
    KINDS,
    LOOK_BACK,
    MINOR_UNITS,
    READS_HISTORY,
    Node,
)
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib.problems import Phrase, did_you_mean
from huikuan.lib.problems import gettext_noop as _

Report = Callable[[int, str, dict[str, object]], None]

ORDERED = ("int", "date", "money")
OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


@dataclass
class Parser:
    """Parses one text. Problems go to `report(column, message, params)`; the node is None when there were any."""

    vocabulary: Vocabulary
    subjects: frozenset[str]
    report: Report
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    failed: bool = False
    _bytes: bytes = b""
    _dates: frozenset[int] = frozenset()

    def parse(self, text: str, wanted: str = "bool") -> Node | None:
        """The condition or value, which must be of the wanted type."""
        node = self.parse_any(text)
        if node and wanted == "money":
            node = _as_money(node)
        if node and node.type != wanted:
            self.fail_kind(node, wanted)
        return None if self.failed else node

    def parse_any(self, text: str) -> Node | None:
        """The condition or value, of whatever type it is."""
        tree = self._tree(text)
        if tree is None:
            return None
        self._bytes = text.strip().encode()
        node = self.node(tree)
        if node is not None and not self.failed:
            self._check_size(node)
        return None if self.failed else node

    def _tree(self, text: str) -> ast.expr | None:
        """The text as Python reads it, where it is neither too long nor too deep."""
        if len(text) > bounds.MOST_CHARACTERS:
            message = "This condition is too long: it has {found} characters, {most} at most."
            self.fail(0, message, found=len(text), most=bounds.MOST_CHARACTERS)
            return None
        written, self._dates = with_dates_as_words(text.strip())
        try:
            tree = ast.parse(written, mode="eval").body
        except (RecursionError, MemoryError):
            self._fail_too_deep()
            return None
        except (SyntaxError, ValueError) as error:
            column = (getattr(error, "offset", 1) or 1) - 1
            self._fail_unread(text, max(column, 0), getattr(error, "msg", str(error)))
            return None
        if bounds.is_too_deep(tree):
            self._fail_too_deep()
            return None
        return tree

    def _fail_unread(self, text: str, column: int, why: str) -> None:
        """The text is no Python. What people write who know another language is named."""
        hints = [hint for habit, hint in _HABITS if habit.search(text)]
        if hints:
            self.fail(column, "This is not a condition: {hint}.", hint=hints[0])
        else:
            self.fail(column, "This is not a condition: {why}.", why=why)

    def _fail_too_deep(self) -> None:
        message = "This condition is too deep: more than {most} parts stand in each other."
        self.fail(0, message, most=bounds.DEEPEST)

    def _check_size(self, node: Node) -> None:
        """A few terms that name each other twice would make a condition of millions of pieces."""
        if not bounds.size_of(node, self.vocabulary).is_allowed:
            message = (
                "With its terms this condition is too large: {pieces} pieces and {depth} parts in"
                " each other at most."
            )
            self.fail(0, message, pieces=bounds.MOST_PIECES, depth=bounds.DEEPEST)
            return

        large = bounds.too_large(node, self.vocabulary)
        if large is not None:
            message = "This may be more than a number, an amount or the calendar can hold."
            self.fail(large.column, message)

    def fail(self, column: int, message: str, **params: object) -> None:
        self.failed = True
        if self._bytes:  # ast counts in bytes
            column = len(self._bytes[:column].decode(errors="ignore"))
        self.report(column, message, params)

    def fail_kind(self, node: Node, wanted: str) -> None:
        """The piece is of another type than the wanted one."""
        message = "Here belongs {wanted}, not {found}."
        self.fail(node.column, message, wanted=KINDS[wanted], found=KINDS[node.type])

    def node(self, tree: ast.expr) -> Node | None:
        method = getattr(self, f"_{type(tree).__name__.lower()}", None)
        if method is None:
            self.fail(
                tree.col_offset,
                "'{what}' is not part of the condition language.",
                what=ast.unparse(tree),
            )
            return None
        return method(tree)

    def _constant(self, tree: ast.Constant) -> Node | None:
        value = tree.value
        if isinstance(value, bool):
            return Node("const", "bool", value=value, column=tree.col_offset)
        if isinstance(value, int):
            return Node("const", "int", value=value, column=tree.col_offset)
        if isinstance(value, float):
            return Node(
                "const", "decimal", value=Decimal(ast.unparse(tree)), column=tree.col_offset
            )
        if isinstance(value, str) and tree.col_offset in self._dates:
            return self._date(tree, value)
        if isinstance(value, str):
            return Node("const", "text", value=value, column=tree.col_offset)
        self.fail(
            tree.col_offset,
            "'{what}' is not part of the condition language.",
            what=ast.unparse(tree),
        )
        return None

    def _date(self, tree: ast.Constant, digits: str) -> Node | None:
        """A date that the text names: 2026-12-24."""
        try:
            day = dt.datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            self.fail(tree.col_offset, "There is no such day; write it as 2026-12-24.")
            return None
        return Node("const", "date", value=day, column=tree.col_offset)

    def _name(self, tree: ast.Name) -> Node | None:
        name = tree.id
        if name in ("true", "false"):
            return Node("const", "bool", value=name == "true", column=tree.col_offset)
        if name in self.parameters:
            value = self.parameters[name]
            whole = value == value.to_integral_value()
            return Node(
                "const",
                "int" if whole else "decimal",
                value=int(value) if whole else value,
                column=tree.col_offset,
            )
        fact = self.vocabulary.get(name)
        if fact is None and name in self.vocabulary.unread:
            self.failed = True  # what is wrong with it is told where it is written
            return None
        if fact is None:
            near = did_you_mean(name, [*self.vocabulary.names(), *self.parameters])
            message = "'{name}' is not a fact."
            if any(name in known.options for known in self.vocabulary):
                message = "'{name}' is a word; write it in quotation marks: '{name}'."
            elif near:
                message = "'{name}' is not a fact; did you mean '{near}'?"
            self.fail(tree.col_offset, message, name=name, near=near or "")
            return None
        if fact.subject not in self.subjects:
            self.fail(
                tree.col_offset,
                "'{name}' is a fact of one {subject}; it cannot be used here.",
                name=name,
                subject=fact.subject,
            )
            return None
        return Node("fact", fact.type, value=name, column=tree.col_offset)

    def _boolop(self, tree: ast.BoolOp) -> Node | None:
        parts = self._all(tree.values, "bool")
        op = "and" if isinstance(tree.op, ast.And) else "or"
        return Node(op, "bool", parts, column=tree.col_offset) if parts else None

    def _unaryop(self, tree: ast.UnaryOp) -> Node | None:
        if isinstance(tree.op, ast.Not):
            parts = self._all([tree.operand], "bool")
            return Node("not", "bool", parts, column=tree.col_offset) if parts else None
        part = self.node(tree.operand)
        if (
            part
            and isinstance(tree.op, ast.USub)
            and part.op == "const"
            and part.type in ("int", "decimal")
        ):
            return Node("const", part.type, value=-part.value, column=tree.col_offset)  # type: ignore[operator]
        if part:
            self.fail(
                tree.col_offset,
                "'{what}' is not part of the condition language.",
                what=ast.unparse(tree),
            )
        return None

    def _binop(self, tree: ast.BinOp) -> Node | None:
        left, right = self.node(tree.left), self.node(tree.right)
        if not left or not right:
            return None
        if not isinstance(tree.op, ast.Mult):
            left, right = _same_money(left, right), _same_money(right, left)
        op = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}.get(type(tree.op), "?")
        results = {
            ("+", "date", "int"): "date",
            ("-", "date", "int"): "date",
            ("-", "date", "date"): "int",
            ("*", "int", "int"): "int",
            ("*", "money", "int"): "money",
            ("*", "money", "decimal"): "money",
        } | {(op, kind, kind): kind for op in "+-" for kind in ("int", "money")}
        result = results.get((op, left.type, right.type))
        if result is None:
            self.fail(
                tree.col_offset,
                "{left} {op} {right} has no meaning.",
                left=KINDS[left.type],
                op=op,
                right=KINDS[right.type],
            )
            return None
        return Node(op, result, (left, right), column=tree.col_offset)

    def _ifexp(self, tree: ast.IfExp) -> Node | None:
        test, then, other = self.node(tree.test), self.node(tree.body), self.node(tree.orelse)
        if not test or not then or not other:
            return None
        then, other = _alike(_same_money(then, other), _same_money(other, then))
        if test.type != "bool" or then.type != other.type:
            self.fail(
                tree.col_offset,
                "'a if condition else b' needs a condition and two values of one type.",
            )
            return None
        return Node("if", then.type, (test, then, other), column=tree.col_offset)

    def _compare(self, tree: ast.Compare) -> Node | None:
        left, parts = tree.left, []
        for operator, right in zip(tree.ops, tree.comparators, strict=True):
            parts.append(self._pair(left, operator, right, tree.col_offset))
            left = right
        if any(part is None for part in parts):
            return None
        whole = tuple(part for part in parts if part)
        return whole[0] if len(whole) == 1 else Node("and", "bool", whole, column=tree.col_offset)

    def _pair(
        self, left: ast.expr, operator: ast.cmpop, right: ast.expr, column: int
    ) -> Node | None:
        if isinstance(operator, (ast.In, ast.NotIn)):
            return self._membership(left, right, isinstance(operator, ast.NotIn), column)
        a, b, op = self.node(left), self.node(right), OPERATORS.get(type(operator))
        if not a or not b:
            return None
        a, b = _same_money(a, b), _same_money(b, a)
        if op is None or a.type != b.type or (op not in ("==", "!=") and a.type not in ORDERED):
            self._fail_compared(column, a, b)
            return None
        for fact, other in ((a, b), (b, a)):
            self._check_option(fact, other)
        if any(n.op in ("months_past", "working_days_past") for n in (a, b)) and "const" not in (
            a.op,
            b.op,
        ):
            self.fail(
                column, "months_past and working_days_past can only be compared with a number."
            )
            return None
        far = [
            n
            for n in (a, b)
            if n.op == "const" and n.type == "int" and int(str(n.value)) >= LOOK_BACK
        ]
        if far and any(n.op in ("months_past", "working_days_past") for n in (a, b)):
            self.fail(
                far[0].column,
                "months_past and working_days_past look back less than {most}.",
                most=LOOK_BACK,
            )
            return None
        return Node(op, "bool", (a, b), column=column)

    def _membership(
        self, left: ast.expr, right: ast.expr, negated: bool, column: int
    ) -> Node | None:
        a = self.node(left)
        if not isinstance(right, (ast.Tuple, ast.List, ast.Set)) or not right.elts:
            self.fail(right.col_offset, "'in' needs a list of values, such as ('call', 'sms').")
            return None
        options = [self.node(element) for element in right.elts]
        if not a or any(option is None for option in options):
            return None
        values = tuple(_same_money(option, a) for option in options if option)
        for option in values:
            if option.op != "const" or option.type != a.type:
                self._fail_compared(option.column, a, option)
                return None
            self._check_option(a, option)
        node = Node("in", "bool", (a, *values), column=column)
        return Node("not", "bool", (node,), column=column) if negated else node

    def _fail_compared(self, column: int, left: Node, right: Node) -> None:
        message = "This compares {left} with {right}, which cannot be compared like this."
        self.fail(column, message, left=KINDS[left.type], right=KINDS[right.type])

    def _check_option(self, fact: Node, other: Node) -> None:
        """A word that the fact never takes is a misspelling, not a condition that is never true."""
        known = self.vocabulary.get(str(fact.value)) if fact.op == "fact" else None
        if known and known.options and other.op == "const" and other.value not in known.options:
            near = did_you_mean(str(other.value), list(known.options))
            message = "'{name}' never is '{value}'; it is one of {options}."
            if near:
                message = "'{name}' never is '{value}'; did you mean '{near}'?"
            options = ", ".join(known.options)
            self.fail(
                other.column,
                message,
                name=known.name,
                value=other.value,
                near=near or "",
                options=options,
            )

    def _call(self, tree: ast.Call) -> Node | None:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ast.unparse(tree.func)
        if name in READS_HISTORY:
            return history.parse(self, tree, name)
        if name not in FUNCTIONS or tree.keywords:
            self._fail_function(tree, name)
            return None
        if name == series.COUNT:
            return series.parse(self, tree)
        wanted, result = FUNCTIONS[name]
        parts = [self.node(argument) for argument in tree.args]
        if any(part is None for part in parts):
            return None
        found = tuple(part.type for part in parts if part)
        if len(found) != len(wanted) or any(
            w not in ("any", f) for w, f in zip(wanted, found, strict=False)
        ):
            message = "{name} takes ({wanted})."
            kinds = tuple(KINDS[kind] for kind in wanted)
            self.fail(tree.col_offset, message, name=name, wanted=kinds)
            return None
        node = Node(name, result, tuple(part for part in parts if part), column=tree.col_offset)
        return node if series.is_numbered(self, node) else None

    def _fail_function(self, tree: ast.Call, name: str) -> None:
        """No such function, or one that takes nothing by name."""
        known = (*FUNCTIONS, *READS_HISTORY)
        if name in known:
            message = "{name} takes its values in their order, without names."
            self.fail(tree.col_offset, message, name=name)
            return

        near = did_you_mean(name, known)
        message = "'{name}' is not a function; there are {known}."
        if near:
            message = "'{name}' is not a function; did you mean '{near}'?"
        self.fail(tree.col_offset, message, name=name, near=near or "", known=tuple(sorted(known)))

    def _all(self, trees: list[ast.expr], wanted: str) -> tuple[Node, ...] | None:
        parts = [self.node(tree) for tree in trees]
        for part in parts:
            if part and part.type != wanted:
                self.fail_kind(part, wanted)
        if any(part is None for part in parts):
            return None
        return tuple(part for part in parts if part)


#: What people write who know another language, and how it is written here.
_HABITS = (
    (re.compile(r"&&|\|\|"), Phrase(_("write and, or instead of &&, ||"))),
    (re.compile(r"[‘’“”]"), Phrase(_("write straight quotation marks: 'word'"))),
    (re.compile(r"\b(?:AND|OR|NOT)\b"), Phrase(_("write and, or, not in small letters"))),
    (re.compile(r"\d\s*%"), Phrase(_("write 5 % as 0.05"))),
    (re.compile(r"(?<![=!<>])=(?!=)"), Phrase(_("write == where two values are compared"))),
)

#: A date as a pack writes it, in no quotes and in no longer word.
_DATE = re.compile(r"(?<!['\"\w-])(\d{4})-(\d\d)-(\d\d)(?!['\"\w-])", re.ASCII)


def with_dates_as_words(text: str) -> tuple[str, frozenset[int]]:
    """The text with 2026-12-24 as '20261224', which Python reads and which is as long, so that no
    place moves; and where these words stand, in bytes as Python counts.
    """
    places = frozenset(len(text[: found.start()].encode()) for found in _DATE.finditer(text))
    return _DATE.sub(r"'\1\2\3'", text), places


def _alike(left: Node, right: Node) -> tuple[Node, Node]:
    """Two numbers of which one has decimals both have them: 0 if … else 0.0005."""
    if {left.type, right.type} != {"int", "decimal"}:
        return left, right
    return _with_decimals(left), _with_decimals(right)


def _with_decimals(node: Node) -> Node:
    """A whole number that a pack writes, as one with decimals; anything else as it is."""
    if node.op == "const" and node.type == "int":
        return replace(node, type="decimal", value=Decimal(str(node.value)))
    return node


def _same_money(node: Node, other: Node) -> Node:
    """A bare number beside money is an amount in major units."""
    return _as_money(node) if other.type == "money" else node


def _as_money(node: Node) -> Node:
    """A bare number as an amount, also where a choice gives it: 5 if days_late < 30 else 40."""
    if node.op == "if":
        test, then, other = node.parts
        chosen = (_as_money(then), _as_money(other))
        if {part.type for part in chosen} == {"money"}:
            return replace(node, type="money", parts=(test, *chosen))
        return node

    if node.op == "const" and node.type in ("int", "decimal"):
        minor = Decimal(str(node.value)) * MINOR_UNITS
        if minor == minor.to_integral_value():
            return Node("const", "money", value=int(minor), column=node.column)
    return node
