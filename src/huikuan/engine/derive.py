"""Derived facts: an expression of the condition language over other facts, put in their place."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from huikuan.engine.conditions import Parser
from huikuan.engine.fact import Fact, Total
from huikuan.engine.nodes import TOTAL, Node
from huikuan.engine.vocabulary import Vocabulary


@functools.lru_cache(maxsize=1024)
def derivation(vocabulary: Vocabulary, name: str) -> Node:
    """The parsed expression of a derived fact, or what a term of a pack means.

    A wrong expression is our own mistake, not that of a pack: ValueError.
    """
    if name in vocabulary.terms:
        return vocabulary.terms[name]

    fact = vocabulary.get(name)
    assert fact is not None and fact.expr, name
    return declared(fact.expr, fact.type, vocabulary)


def declared(text: str, wanted: str, vocabulary: Vocabulary) -> Node:
    """A condition or value that a declaration of ours holds. ValueError when it is wrong."""

    def report(column: int, message: str, params: dict[str, object]) -> None:
        raise ValueError(f"{text}: column {column}: {message.format(**params)}")

    everywhere = frozenset(other.subject for other in vocabulary)
    node = Parser(vocabulary, everywhere, report).parse(text, wanted)
    assert node is not None
    return node


@dataclass(frozen=True)
class Counted:
    """What a total counts: the rows of the subject `over` for which `where` holds, or the sum of
    their `value`. Terms and derived facts stand in them by their names."""

    over: str
    where: Node
    value: Node | None

    @property
    def nodes(self) -> list[Node]:
        """All that is read of a row."""
        if self.value is None:
            return [self.where]
        return [self.where, self.value]


def counted(fact: Fact, vocabulary: Vocabulary) -> Counted:
    """What a total of ours or of a pack counts; of a stored amount, what it is made of."""
    meaning = vocabulary.terms.get(fact.name)
    if meaning is not None and meaning.op == TOTAL:
        where, *summed = meaning.parts
        value = next(iter(summed), None)
        return Counted(str(meaning.value), where, value)

    total = fact.total or fact.made_of
    assert total is not None, fact.name
    return _declared(total, fact.type, vocabulary)


def _declared(total: Total, wanted: str, vocabulary: Vocabulary) -> Counted:
    value = None
    if total.value:
        value = declared(total.value, wanted, vocabulary)
    return Counted(total.over, declared(total.where, "bool", vocabulary), value)


def inline(node: Node, vocabulary: Vocabulary, _within: tuple[str, ...] = ()) -> Node:
    """Replaces derived facts by what they are derived from, so that stored columns remain."""
    if node.op == "fact":
        name = str(node.value)
        fact: Fact | None = vocabulary.get(name)
        if fact is None or not fact.expr or name in _within:
            return node
        return inline(derivation(vocabulary, name), vocabulary, (*_within, name))

    parts = tuple(inline(part, vocabulary, _within) for part in node.parts)
    return Node(node.op, node.type, parts, node.value, node.column)
