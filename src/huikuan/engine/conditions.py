"""Conditions: a small subset of Python expressions over the vocabulary, parsed with `ast` and type-checked.

    days_past_due > 15 and promise == 'broken'

Types are bool, int, date, money, text. A number beside money is in major units (yuan): `balance >= 50000`.
Everything is three-valued: a comparison with an unknown fact is unknown, as in SQL.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib.problems import did_you_mean

MINOR_UNITS = 100
#: How many months and working days a condition can look back.
LOOK_BACK = 60
Value = bool | int | str | Decimal
Report = Callable[[int, str, dict[str, object]], None]

ORDERED = ("int", "date", "money")
OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
#: name → (types of the arguments, type of the result). Months are calendar months, clamped (Civil Code art. 202).
FUNCTIONS = {
    "months_past": (("date",), "int"),
    "working_days_past": (("date",), "int"),
    "known": (("any",), "bool"),
    "nth_day": (("date", "int"), "date"),
    "add_months": (("date", "int"), "date"),
    "count_over": (("series", "int", "int"), "int"),
}
#: Functions of dates whose number stands in the text: least and greatest.
NUMBERED = {"nth_day": (1, 31), "add_months": (-LOOK_BACK, LOOK_BACK)}


@dataclass(frozen=True)
class Node:
    """One typed piece of a condition. `op`: const, fact, and, or, not, in, if, +, -, *, a comparison or a function."""

    op: str
    type: str
    parts: tuple[Node, ...] = ()
    value: Value | None = None
    column: int = 0

    def walk(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def facts(self) -> list[str]:
        """Names of the facts it reads, in the order of the text, each once."""
        return list(dict.fromkeys(str(node.value) for node in self.walk() if node.op == "fact"))


@dataclass
class Parser:
    """Parses one text. Problems go to `report(column, message, params)`; the node is None when there were any."""

    vocabulary: Vocabulary
    subjects: frozenset[str]
    report: Report
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    failed: bool = False
    _bytes: bytes = b""

    def parse(self, text: str, wanted: str = "bool") -> Node | None:
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError) as error:
            column = (getattr(error, "offset", 1) or 1) - 1
            self.fail(
                max(column, 0),
                "This is not a condition: {why}.",
                why=getattr(error, "msg", str(error)),
            )
            return None
        self._bytes = text.strip().encode()
        node = self.node(tree)
        if node and node.type != wanted and not self.failed:
            self.fail(
                node.column,
                "A {wanted} is needed here, this is a {found}.",
                wanted=wanted,
                found=node.type,
            )
        return None if self.failed else node

    def fail(self, column: int, message: str, **params: object) -> None:
        self.failed = True
        if self._bytes:  # ast counts in bytes
            column = len(self._bytes[:column].decode(errors="ignore"))
        self.report(column, message, params)

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
        if isinstance(value, str):
            return Node("const", "text", value=value, column=tree.col_offset)
        self.fail(
            tree.col_offset,
            "'{what}' is not part of the condition language.",
            what=ast.unparse(tree),
        )
        return None

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
        if fact is None:
            near = did_you_mean(name, [*self.vocabulary.names(), *self.parameters])
            message = (
                "'{name}' is not a fact; did you mean '{near}'?"
                if near
                else "'{name}' is not a fact."
            )
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
        op = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}.get(type(tree.op), "?")
        results = {
            ("+", "date", "int"): "date",
            ("-", "date", "int"): "date",
            ("-", "date", "date"): "int",
            ("*", "int", "int"): "int",
            ("*", "money", "int"): "money",
        } | {(op, kind, kind): kind for op in "+-" for kind in ("int", "money")}
        result = results.get((op, left.type, right.type))
        if result is None:
            self.fail(
                tree.col_offset,
                "{left} {op} {right} has no meaning.",
                left=left.type,
                op=op,
                right=right.type,
            )
            return None
        return Node(op, result, (left, right), column=tree.col_offset)

    def _ifexp(self, tree: ast.IfExp) -> Node | None:
        test, then, other = self.node(tree.test), self.node(tree.body), self.node(tree.orelse)
        if not test or not then or not other:
            return None
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
            self.fail(
                column,
                "A {left} cannot be compared with a {right} like this.",
                left=a.type,
                right=b.type,
            )
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
            if n.op == "const" and n.type == "int" and int(n.value or 0) >= LOOK_BACK
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
                self.fail(
                    option.column,
                    "A {left} cannot be compared with a {right} like this.",
                    left=a.type,
                    right=option.type,
                )
                return None
            self._check_option(a, option)
        node = Node("in", "bool", (a, *values), column=column)
        return Node("not", "bool", (node,), column=column) if negated else node

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
        if name not in FUNCTIONS or tree.keywords:
            near = did_you_mean(name, list(FUNCTIONS))
            message = (
                "'{name}' is not a function; did you mean '{near}'?"
                if near
                else "'{name}' is not a function."
            )
            self.fail(tree.col_offset, message, name=name, near=near or "")
            return None
        if name == "count_over":
            return self._count_over(tree)
        wanted, result = FUNCTIONS[name]
        parts = [self.node(argument) for argument in tree.args]
        if any(part is None for part in parts):
            return None
        found = tuple(part.type for part in parts if part)
        if len(found) != len(wanted) or any(
            w not in ("any", f) for w, f in zip(wanted, found, strict=False)
        ):
            self.fail(
                tree.col_offset, "{name} takes ({wanted}).", name=name, wanted=", ".join(wanted)
            )
            return None
        node = Node(name, result, tuple(part for part in parts if part), column=tree.col_offset)
        return node if name not in NUMBERED or self._is_numbered(node) else None

    def _is_numbered(self, node: Node) -> bool:
        """Whether the second argument of a function of dates is a number in its bounds."""
        least, most = NUMBERED[node.op]
        number = node.parts[1]
        if number.op == "const" and least <= int(str(number.value)) <= most:
            return True

        message = "{name} takes a date and a number from {least} to {most}."
        self.fail(number.column, message, name=node.op, least=least, most=most)
        return False

    def _count_over(self, tree: ast.Call) -> Node | None:
        """count_over(series, n, limit): how many of the first n facts of a series lie over a limit.

        A series is a row of numbered facts, such as statement_day_1 to statement_day_12. What is
        not known does not count.
        """
        if len(tree.args) != 3 or not isinstance(tree.args[0], ast.Name):
            wanted = "(series, int, int)"
            self.fail(tree.col_offset, "{name} takes ({wanted}).", name="count_over", wanted=wanted)
            return None

        series = tree.args[0].id
        length = self._series_length(series)
        count = self.node(tree.args[1])
        limit = self.node(tree.args[2])
        if not count or not limit:
            return None
        if not length:
            near = did_you_mean(series, self._series()) or ""
            message = "'{name}' is not a series of facts."
            if near:
                message = "'{name}' is not a series of facts; did you mean '{near}'?"
            self.fail(tree.args[0].col_offset, message, name=series, near=near)
            return None
        if count.op != "const" or count.type != "int" or not 1 <= int(str(count.value)) <= length:
            message = "{name} looks at 1 to {most} places of {series}."
            self.fail(count.column, message, name="count_over", most=length, series=series)
            return None
        if limit.type != "int":
            self.fail(
                limit.column,
                "A {wanted} is needed here, this is a {found}.",
                wanted="int",
                found=limit.type,
            )
            return None

        facts = []
        for place in range(1, int(str(count.value)) + 1):
            fact = self._name(_named(f"{series}_{place}", tree.args[0]))
            if fact is None:
                return None  # one problem for all of the series
            facts.append(fact)
        return Node("count_over", "int", (*facts, limit), value=series, column=tree.col_offset)

    def _series(self) -> list[str]:
        """The names of the series: of facts that are numbered from 1 on."""
        names = self.vocabulary.names()
        return [name.removesuffix("_1") for name in names if name.endswith("_1")]

    def _series_length(self, series: str) -> int:
        length = 0
        while (fact := self.vocabulary.get(f"{series}_{length + 1}")) and fact.type == "int":
            length += 1
        return length

    def _all(self, trees: list[ast.expr], wanted: str) -> tuple[Node, ...] | None:
        parts = [self.node(tree) for tree in trees]
        for part in parts:
            if part and part.type != wanted:
                self.fail(
                    part.column,
                    "A {wanted} is needed here, this is a {found}.",
                    wanted=wanted,
                    found=part.type,
                )
        if any(part is None for part in parts):
            return None
        return tuple(part for part in parts if part)


def _named(name: str, place: ast.Name) -> ast.Name:
    """A name that stands where another one was written."""
    return ast.copy_location(ast.Name(name), place)


def _same_money(node: Node, other: Node) -> Node:
    """A bare number beside money is an amount in major units."""
    if other.type == "money" and node.op == "const" and node.type in ("int", "decimal"):
        minor = Decimal(str(node.value)) * MINOR_UNITS
        if minor == minor.to_integral_value():
            return Node("const", "money", value=int(minor), column=node.column)
    return node


def conjuncts(node: Node) -> list[Node]:
    """The parts that must all hold, so that an explanation can show each of them."""
    return [leaf for part in node.parts for leaf in conjuncts(part)] if node.op == "and" else [node]


def render(node: Node) -> str:
    """The condition as text again, money in major units."""
    if node.op == "const":
        return _render_constant(node)
    if node.op == "fact":
        return str(node.value)
    parts = [render(part) for part in node.parts]
    if node.op in ("and", "or"):
        return f" {node.op} ".join(
            f"({part})" if p.op in ("and", "or") else part
            for part, p in zip(parts, node.parts, strict=True)
        )
    if node.op == "not":
        return f"not ({parts[0]})" if node.parts[0].op in ("and", "or", "in") else f"not {parts[0]}"
    if node.op == "in":
        return f"{parts[0]} in ({', '.join(parts[1:])})"
    if node.op == "if":
        return f"{parts[1]} if {parts[0]} else {parts[2]}"
    if node.op == "count_over":
        return f"count_over({node.value}, {len(parts) - 1}, {parts[-1]})"
    return (
        f"{node.op}({', '.join(parts)})"
        if node.op in FUNCTIONS
        else f"{parts[0]} {node.op} {parts[1]}"
    )


def _render_constant(node: Node) -> str:
    if node.type == "bool":
        return "true" if node.value else "false"
    if node.type == "money":
        whole, rest = divmod(int(str(node.value)), MINOR_UNITS)
        return str(whole) if not rest else str(Decimal(str(node.value)) / MINOR_UNITS)
    return repr(node.value) if node.type == "text" else str(node.value)
