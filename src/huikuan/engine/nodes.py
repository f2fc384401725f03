"""A condition as a tree of typed pieces, and the tree as text again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from huikuan.lib.problems import Phrase
from huikuan.lib.problems import gettext_noop as _

MINOR_UNITS = 100
#: How many months and working days a condition can look back.
LOOK_BACK = 60
Value = bool | int | str | Decimal | datetime.date
#: name → (types of the arguments, type of the result). Months are calendar months, clamped (Civil
#: Code art. 202). Days of the week are counted from Monday, 1, to Sunday, 7.
FUNCTIONS = {
    "months_past": (("date",), "int"),
    "working_days_past": (("date",), "int"),
    "known": (("any",), "bool"),
    "weekday": (("date",), "int"),
    "nth_day": (("date", "int"), "date"),
    "add_months": (("date", "int"), "date"),
    "count_over": (("series", "int", "int"), "int"),
    "since": (("bool",), "date"),
}
#: Types as sentences name them.
KINDS = {
    "bool": Phrase(_("a condition")),
    "int": Phrase(_("a whole number")),
    "decimal": Phrase(_("a number with decimals")),
    "date": Phrase(_("a date")),
    "money": Phrase(_("an amount")),
    "text": Phrase(_("a word")),
    "series": Phrase(_("a series of facts")),
    "any": Phrase(_("a fact")),
}
#: How often and when a step was done for the subject: name → type of the result.
MEMORY = {"times_done": "int", "last_done": "date", "first_done": "date"}
#: The smaller of an amount and the most that is allowed; unknown where either is.
AT_MOST = "at_most"
#: What a term means that is counted or summed up over rows: its condition, and what is added up.
TOTAL = "total"
#: What reads dated rows instead of the summary row (engine/history.py).
READS_HISTORY = ("count", "days_held", *MEMORY)


@dataclass(frozen=True)
class Node:
    """One typed piece of a condition.

    `op`: const, fact, and, or, not, in, if, +, -, *, a comparison or the name of a function.
    """

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


_TRUE = Node("const", "bool", value=True)
_FALSE = Node("const", "bool", value=False)


def unless(condition: Node) -> Node:
    """True unless the condition is known to hold: what is unknown does not stand in the way."""
    return Node("if", "bool", (condition, _FALSE, _TRUE), column=condition.column)


def excepted(node: Node) -> Node | None:
    """The condition of `unless`; None for any other piece."""
    if node.op != "if" or node.parts[1:] != (_FALSE, _TRUE):
        return None
    return node.parts[0]


def conjuncts(node: Node) -> list[Node]:
    """The parts that must all hold, so that an explanation can show each of them."""
    return [leaf for part in node.parts for leaf in conjuncts(part)] if node.op == "and" else [node]


def render(node: Node) -> str:
    """The condition as text again, money in major units."""
    if node.op == "const":
        return _render_constant(node)
    if node.op == "fact":
        return str(node.value)
    if node.op in ("and", "or"):
        return f" {node.op} ".join(_bracketed(part, ("and", "or")) for part in node.parts)
    if node.op == "not":
        return f"not {_bracketed(node.parts[0], _LOOSE)}"
    barred = excepted(node)
    if barred is not None:
        return f"not {_bracketed(barred, _LOOSE)}"

    parts = [render(part) for part in node.parts]
    if node.op == "if":
        return f"{parts[1]} if {parts[0]} else {parts[2]}"
    if node.op in _CALLS:
        return _render_call(node, parts)
    left, right = (_bracketed(part, ("if", "+", "-")) for part in node.parts)
    return f"{left} {node.op} {right}"


#: What stands in brackets after `not`.
_LOOSE = ("and", "or", "in", "if")
#: What is written with its parts in brackets.
_CALLS = (
    *("in", "reached", "unheld_day", "least", "greatest", AT_MOST),
    *FUNCTIONS,
    *READS_HISTORY,
)


def _render_call(node: Node, parts: list[str]) -> str:
    """A call, or a value among others."""
    if node.op == "in":
        return f"{parts[0]} in ({', '.join(parts[1:])})"
    if node.op == "count":
        return f"count({parts[0]}, days={parts[1]})"
    if node.op == "count_over":
        return f"count_over({node.value}, {len(parts) - 1}, {parts[-1]})"

    if node.op == "since":
        return f"since({parts[0]})"
    if node.op == "reached":
        return f"reached({node.value}, {parts[0]})"
    return f"{node.op}({', '.join(parts)})"


def _bracketed(node: Node, loose: tuple[str, ...]) -> str:
    """The text of a part, in brackets where it would be read otherwise without them."""
    text = render(node)
    return f"({text})" if node.op in loose else text


def _render_constant(node: Node) -> str:
    """A value as a pack writes it."""
    if node.value is None:
        return "none"
    if node.type == "bool":
        return "true" if node.value else "false"
    if node.type == "money":
        whole, rest = divmod(int(str(node.value)), MINOR_UNITS)
        return str(whole) if not rest else str(Decimal(str(node.value)) / MINOR_UNITS)
    if node.type == "text":
        return repr(node.value)
    return str(node.value)
