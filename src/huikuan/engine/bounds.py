"""How long, how deep and how large a condition may be, so that the database can always answer it.

A text is bounded before it is read, its tree before anything follows it, its numbers by their type:
days must stay in the calendar, numbers in four bytes, amounts in eight. Facts count by the largest
value that a book can hold.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Decimal

from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import Vocabulary

#: Characters of one condition; the longest that ships has some four hundred.
MOST_CHARACTERS = 4000
#: How deep brackets, `not`, choices and sums may stand in each other, with the terms in them.
DEEPEST = 50
#: Pieces of a condition with the terms that it names, each as often as it is named.
MOST_PIECES = 2000

#: The largest whole number and amount (in minor units) of the database.
MOST_NUMBER = 2**31 - 1
MOST_AMOUNT = 2**63 - 1
#: So many days, some 270 years, a condition may add to a day or take from it.
MOST_DAYS = 100_000
#: What a fact is taken to be at most: a number, a number in what is added to a day, an amount.
_FACT_NUMBER = 40_000
_FACT_DAYS = 2_000
_FACT_AMOUNT = 10**13


@dataclass(frozen=True, slots=True)
class Size:
    """How deep a condition is and how many pieces it has, terms counted where they are named."""

    depth: int
    pieces: int

    @property
    def is_allowed(self) -> bool:
        return self.depth <= DEEPEST and self.pieces <= MOST_PIECES


def is_too_deep(tree: ast.expr) -> bool:
    """Whether a tree as Python reads it is deeper than a condition may be. Follows no recursion."""
    level: list[ast.AST] = [tree]

    for _depth in range(DEEPEST):
        level = [
            child
            for node in level
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        ]
        if not level:
            return False

    return True


def size_of(node: Node, vocabulary: Vocabulary) -> Size:
    """The size with all terms. A term names only terms before it, each measured once."""
    return _size(node, vocabulary, {})


def _size(node: Node, vocabulary: Vocabulary, known: dict[str, Size]) -> Size:
    name = str(node.value)
    if node.op == "fact" and name in vocabulary.terms:
        if name not in known:
            known[name] = _size(vocabulary.terms[name], vocabulary, known)
        return known[name]

    parts = [_size(part, vocabulary, known) for part in node.parts]
    depth = 1 + max((part.depth for part in parts), default=0)
    return Size(depth, 1 + sum(part.pieces for part in parts))


def too_large(node: Node, vocabulary: Vocabulary) -> Node | None:
    """The first piece whose number, amount or day may be more than the database can hold."""
    for piece in node.walk():
        if not _fits(piece, vocabulary):
            return piece
    return None


def _fits(piece: Node, vocabulary: Vocabulary) -> bool:
    if piece.type == "date" and piece.op in ("+", "-"):
        return _most(piece.parts[1], vocabulary, _FACT_DAYS) <= MOST_DAYS
    if piece.op not in ("const", "+", "-", "*"):
        return True
    if piece.type == "money":
        return _most(piece, vocabulary, _FACT_NUMBER) <= MOST_AMOUNT
    if piece.type in ("int", "decimal"):
        return _most(piece, vocabulary, _FACT_NUMBER) <= MOST_NUMBER
    return True


def _most(node: Node, vocabulary: Vocabulary, of_fact: int) -> Decimal:
    """The largest value of a number or an amount, without its sign."""
    if node.op == "const":
        return abs(Decimal(str(node.value)))
    if node.op == "fact" and str(node.value) in vocabulary.terms:
        return _most(vocabulary.terms[str(node.value)], vocabulary, of_fact)

    if node.op in ("+", "-") and node.type != "date" and node.parts[0].type != "date":
        return sum((_most(part, vocabulary, of_fact) for part in node.parts), Decimal(0))
    if node.op == "*":
        left, right = (_most(part, vocabulary, of_fact) for part in node.parts)
        return left * right
    if node.op == "if":
        return max(_most(part, vocabulary, of_fact) for part in node.parts[1:])
    if node.type == "money":
        return Decimal(_FACT_AMOUNT)
    return Decimal(of_fact)
