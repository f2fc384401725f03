"""Conditions and days of a procedure, each with one thing altered.

`parts` alters what must hold as a whole: a figure is moved, a part is negated or left out.
`inside` alters what stands deeper: a part of an `or`, a branch of `if … else`, a member of a list,
a bound that holds on its day too or no longer, what is added to a day.
"""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator

#: What was altered, and the text with it.
Altered = Iterator[tuple[str, str]]
#: A whole or decimal number that is no part of a word.
FIGURE = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w'])")
#: A bound with its own day, and without.
BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
}


def conditions(text: str) -> Altered:
    """Each figure moved; each part that must hold negated, and left out."""
    yield from figures(text)
    parts = _parts(text)
    for number, part in enumerate(parts):
        others = [f"({other})" for at, other in enumerate(parts) if at != number]
        yield f"not ({part})", " and ".join([*others, f"not ({part})"])
        if others:
            yield f"without {part}", " and ".join(others)


def figures(text: str) -> Altered:
    """Each figure one unit up and one down."""
    for match in FIGURE.finditer(text):
        for value in moved(match[0]):
            altered = text[: match.start()] + value + text[match.end() :]
            yield f"{match[0]} to {value} in {text}", altered


def moved(value: str | None) -> list[str]:
    """A whole number one unit up and one down; nothing of any other text."""
    if value is None or not re.fullmatch(r"-?\d+", value):
        return []
    return [str(int(value) + 1), str(int(value) - 1)]


def inside(text: str) -> Altered:
    """What `conditions` does not alter, because it is a part of a part."""
    whole = _read(text)
    made = {ast.unparse(whole)}
    if isinstance(whole, ast.BoolOp) and isinstance(whole.op, ast.And):
        made |= {ast.unparse(altered) for _what, altered in _of_parts(whole)}
    names: Counter[str] = Counter()
    for what, altered in _anywhere(whole):
        written = ast.unparse(altered)
        if written in made:
            continue

        made.add(written)
        names[what] += 1
        # The same may stand twice in one condition.
        if names[what] > 1:
            what = f"{what}, place {names[what]}"
        yield what, written


def _anywhere(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The expression with one thing altered: at its top, or in one of its parts."""
    yield from _at_top(node)

    for name, value in ast.iter_fields(node):
        if name == "test" and _is_later_of_two(node):
            # The day itself is the same in both branches.
            yield from _anywhere_in_order(node)
        elif isinstance(value, ast.expr):
            for what, altered in _anywhere(value):
                yield what, _with(node, name, altered)
        elif isinstance(value, list):
            yield from _anywhere_in_list(node, name, value)


def _anywhere_in_list(
    node: ast.expr, name: str, parts: list[ast.AST]
) -> Iterator[tuple[str, ast.expr]]:
    for place, part in enumerate(parts):
        if isinstance(part, ast.expr):
            for what, altered in _anywhere(part):
                yield what, _with(node, name, [*parts[:place], altered, *parts[place + 1 :]])


def _is_later_of_two(node: ast.expr) -> bool:
    """`a if a > b else b`, where `>=` would mean the same."""
    if not isinstance(node, ast.IfExp) or not isinstance(node.test, ast.Compare):
        return False
    compared = [node.test.left, *node.test.comparators]
    return [ast.dump(each) for each in compared] == [ast.dump(node.body), ast.dump(node.orelse)]


def _anywhere_in_order(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What is compared altered, and the bound left as it is."""
    assert isinstance(node, ast.IfExp) and isinstance(node.test, ast.Compare)
    test = node.test
    for what, altered in _anywhere(test.left):
        yield what, _with(node, "test", _with(test, "left", altered))
    for what, altered in _anywhere(test.comparators[0]):
        yield what, _with(node, "test", _with(test, "comparators", [altered]))


def _at_top(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.BoolOp):
        yield from _of_parts(node)
    elif isinstance(node, ast.IfExp):
        yield f"always {ast.unparse(node.body)}", node.body
        yield f"never {ast.unparse(node.body)}", node.orelse
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _of_comparison(node)
    elif isinstance(node, ast.BinOp):
        yield f"without the last of {ast.unparse(node)}", node.left


def _of_parts(node: ast.BoolOp) -> Iterator[tuple[str, ast.expr]]:
    """Each part of an `and` or an `or` left out, and negated."""
    whole = ast.unparse(node)
    for place, part in enumerate(node.values):
        others = [*node.values[:place], *node.values[place + 1 :]]
        rest = others[0] if len(others) == 1 else _with(node, "values", others)
        yield f"without {ast.unparse(part)} in {whole}", rest

        negated = ast.UnaryOp(ast.Not(), part)
        parts = [*node.values[:place], negated, *node.values[place + 1 :]]
        yield f"not {ast.unparse(part)} in {whole}", _with(node, "values", parts)


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    """A bound with or without its own day; a list without each of its members."""
    operator = node.ops[0]
    right = node.comparators[0]
    whole = ast.unparse(node)
    if type(operator) in BOUNDS:
        other = BOUNDS[type(operator)]()
        altered = _with(node, "ops", [other])
        yield f"{whole} to {ast.unparse(altered)}", altered
    if not isinstance(right, ast.Tuple):
        return

    for place, member in enumerate(right.elts):
        others = [*right.elts[:place], *right.elts[place + 1 :]]
        what = f"without {ast.unparse(member)} of {whole}"
        if len(others) > 1:
            yield what, _with(node, "comparators", [ast.Tuple(others, ast.Load())])
        elif others:
            # The language knows no list of one.
            same = ast.Eq() if isinstance(operator, ast.In) else ast.NotEq()
            yield what, ast.Compare(node.left, [same], others)


def _with(node: ast.expr, name: str, value: object) -> ast.expr:
    changed = copy.copy(node)
    setattr(changed, name, value)
    return changed


def _parts(text: str) -> list[str]:
    """The parts that must all hold."""
    tree = _read(text)
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [ast.unparse(value) for value in tree.values]
    return [ast.unparse(tree)]


def _read(text: str) -> ast.expr:
    return ast.parse(f"({text})", mode="eval").body
