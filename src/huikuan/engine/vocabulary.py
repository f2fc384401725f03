"""The vocabulary: every fact that a procedure or a contact rule may speak of.

A stored fact is a column of the fact row (casebook/facts.py); a derived one is a condition-language expression over
other facts. `required` facts are unknown when empty, and an unknown required fact is reported by the plan.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huikuan.engine.conditions import Node

#: Changing the meaning of a fact changes this: compiled packs are kept by it.
VERSION = 2


@dataclass(frozen=True)
class Fact:
    """grain: case | item | act. type: bool | int | date | money | text. unit: days, minor units, a day, …"""

    name: str
    type: str
    grain: str
    zh: str
    en: str
    meaning: str
    source: str
    unit: str = ""
    options: tuple[str, ...] = ()
    expr: str = ""
    column: str = ""
    required: bool = False


class Vocabulary:
    """Facts by name."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = {fact.name: fact for fact in facts}
        self._derivations: dict[str, Node] = {}

    def get(self, name: str) -> Fact | None:
        return self._facts.get(name)

    def names(self) -> list[str]:
        return list(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def stored(self, grain: str) -> list[Fact]:
        return [fact for fact in self if fact.grain == grain and not fact.expr]

    def derivation(self, fact: Fact) -> Node:
        """The parsed expression of a derived fact. A wrong one is our own mistake: ValueError."""
        if fact.name not in self._derivations:
            from huikuan.engine.conditions import Parser

            def report(column: int, message: str, params: dict[str, object]) -> None:
                raise ValueError(f"{fact.name}: column {column}: {message.format(**params)}")

            node = Parser(self, frozenset({"case", "item", "act"}), report).parse(
                fact.expr, fact.type
            )
            assert node is not None
            self._derivations[fact.name] = node
        return self._derivations[fact.name]


@functools.cache
def standard() -> Vocabulary:
    """The vocabulary that ships."""
    from huikuan.engine.act_facts import ACT_FACTS
    from huikuan.engine.case_facts import CASE_FACTS

    return Vocabulary([*CASE_FACTS, *ACT_FACTS])
