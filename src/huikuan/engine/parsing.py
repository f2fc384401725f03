"""What reads a condition (engine/conditions.py), as far as functions of the language need it."""

from __future__ import annotations

import ast
from typing import Protocol

from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import Vocabulary


class Parser(Protocol):
    """Reads the arguments of a function, and takes what is wrong with it."""

    vocabulary: Vocabulary
    subjects: frozenset[str]

    def node(self, tree: ast.expr) -> Node | None:
        """The argument as a node; None, with a problem, where it is none."""

    def fail(self, column: int, message: str, **params: object) -> None:
        """Something is wrong at this column."""

    def fail_kind(self, node: Node, wanted: str) -> None:
        """The piece is of another type than the wanted one."""
