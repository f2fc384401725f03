"""Whether a condition can hold when some of its facts are given and the rest may be anything.

So the check sees that `consumer_debt and balance > 0` speaks of consumers alone, whatever else it
says and however it is written. What cannot be decided from the given facts may hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from huikuan.engine.nodes import Node


class _Open:
    """A value that the given facts do not decide."""


_OPEN: Final = _Open()
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def can_hold(condition: Node, given: Mapping[str, object]) -> bool:
    """False only where the given facts alone make it untrue. Derived facts stand inlined."""
    return _value(condition, given) is not False


def _value(node: Node, given: Mapping[str, object]) -> object:
    """What a piece comes to by the given facts; open where they do not decide it."""
    if node.op == "const":
        return node.value
    if node.op == "fact":
        return given.get(str(node.value), _OPEN)
    if node.op == "if":
        return _choice(node, given)
    return _made_of(node, [_value(part, given) for part in node.parts])


def _made_of(node: Node, parts: list[object]) -> object:
    """What a piece comes to whose parts are these; open as soon as a part that counts is."""
    if node.op in ("and", "or"):
        return _joined(parts, decides=node.op == "or")
    if any(part is _OPEN for part in parts):
        return _OPEN

    if node.op == "not":
        return not parts[0]
    if node.op == "in":
        return parts[0] in parts[1:]
    if node.op in _COMPARED and None not in parts:
        return _COMPARED[node.op](*parts)
    return _OPEN


def _joined(parts: list[object], *, decides: bool) -> object:
    """One part that decides is enough; all others must be known for the opposite."""
    if decides in parts:
        return decides
    return _OPEN if any(part is _OPEN for part in parts) else not decides


def _choice(node: Node, given: Mapping[str, object]) -> object:
    """The value of a choice; where its condition is open, only if both ways give the same."""
    test = _value(node.parts[0], given)
    then = _value(node.parts[1], given)
    other = _value(node.parts[2], given)
    if test is _OPEN:
        return then if then == other else _OPEN
    return then if test else other
