"""Functions of the language whose numbers stand in the text: days of a month, months later, and how
many facts of a numbered series lie over a limit.

    nth_day(month_from_on, 30) >= on
    count_over(statement_day, 6, 20) >= 3

A series is a row of numbered facts, such as statement_day_1 to statement_day_12.
"""

from __future__ import annotations

import ast

from huikuan.engine.nodes import KINDS, LOOK_BACK, Node
from huikuan.engine.parsing import Parser
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib.problems import did_you_mean

COUNT = "count_over"
#: Functions of dates whose number stands in the text: least and greatest.
NUMBERED = {"nth_day": (1, 31), "add_months": (-LOOK_BACK, LOOK_BACK)}


def is_numbered(parser: Parser, node: Node) -> bool:
    """Whether the number of such a function of dates lies in its bounds; any other node is well."""
    if node.op not in NUMBERED:
        return True

    least, most = NUMBERED[node.op]
    number = node.parts[1]
    if number.op == "const" and least <= int(str(number.value)) <= most:
        return True
    message = "{name} takes a date and a number from {least} to {most}."
    parser.fail(number.column, message, name=node.op, least=least, most=most)
    return False


def parse(parser: Parser, tree: ast.Call) -> Node | None:
    """count_over(series, n, limit): how many of the first n facts lie over the limit.

    What is not known does not count.
    """
    if len(tree.args) != 3 or not isinstance(tree.args[0], ast.Name):
        message = "{name} takes ({wanted})."
        wanted = (KINDS["series"], KINDS["int"], KINDS["int"])
        parser.fail(tree.col_offset, message, name=COUNT, wanted=wanted)
        return None

    name = tree.args[0]
    count = parser.node(tree.args[1])
    limit = parser.node(tree.args[2])
    if not count or not limit:
        return None
    if not _is_counted(parser, name, count) or not _is_limit(parser, limit):
        return None

    facts = _facts(parser, name, int(str(count.value)))
    if facts is None:
        return None
    return Node(COUNT, "int", (*facts, limit), value=name.id, column=tree.col_offset)


def _is_counted(parser: Parser, name: ast.Name, count: Node) -> bool:
    """Whether there is such a series, and so many facts of it."""
    length = _length(name.id, parser.vocabulary)
    if not length:
        near = did_you_mean(name.id, _names(parser.vocabulary)) or ""
        message = "'{name}' is not a series of facts."
        if near:
            message = "'{name}' is not a series of facts; did you mean '{near}'?"
        parser.fail(name.col_offset, message, name=name.id, near=near)
        return False

    is_number = count.op == "const" and count.type == "int"
    if is_number and 1 <= int(str(count.value)) <= length:
        return True
    message = "{name} looks at 1 to {most} places of {series}."
    parser.fail(count.column, message, name=COUNT, most=length, series=name.id)
    return False


def _is_limit(parser: Parser, limit: Node) -> bool:
    if limit.type == "int":
        return True
    parser.fail_kind(limit, "int")
    return False


def _facts(parser: Parser, name: ast.Name, count: int) -> list[Node] | None:
    """The first facts of the series; None, with one problem for all, where they cannot be read."""
    facts = []
    for place in range(1, count + 1):
        fact = parser.node(ast.copy_location(ast.Name(f"{name.id}_{place}"), name))
        if fact is None:
            return None
        facts.append(fact)
    return facts


def _names(vocabulary: Vocabulary) -> list[str]:
    """The series: names of facts that are numbered from 1 on."""
    return [name.removesuffix("_1") for name in vocabulary.names() if name.endswith("_1")]


def _length(series: str, vocabulary: Vocabulary) -> int:
    length = 0
    while (fact := vocabulary.get(f"{series}_{length + 1}")) and fact.type == "int":
        length += 1
    return length
