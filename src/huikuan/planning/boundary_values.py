"""The few values that are worth trying for what a step reads: just below, at and just above each
figure that it names, every word that a fact may take, and that it is not known.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huikuan.engine import since
from huikuan.engine.cadence import Cadence
from huikuan.engine.derive import counted
from huikuan.engine.fact import Fact
from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary
from huikuan.planning import boundary_memory

#: Further off no figure of a procedure lies.
FAR = 800
_MONTH = 31
_MONTHS = 24
_A_MONDAY = dt.date(2026, 3, 16)


class Values:
    """The values for one step. `parts`: all that it asks, as `since.resolved` gives it, its days
    last. Of each part, and of the days, `reads` says which names of a row decide on it.
    """

    def __init__(self, parts: Sequence[Node], cadence: Cadence, vocabulary: Vocabulary) -> None:
        self.ages = _ages(cadence)
        behind = [_with_totals(node, vocabulary) for node in parts]
        #: The parts, and after each what the totals count that it reads.
        self.asked = [node for nodes in behind for node in nodes]
        stored = [fact for node in self.asked for fact in _stored(node, vocabulary)]
        self.facts: Mapping[str, Fact] = {fact.name: fact for fact in stored}
        self.reads = [_read(nodes, vocabulary) for nodes in behind]

    def of_day(self, on: dt.date) -> dict[str, list[Any]]:
        """Name → the values to try for it on a day."""
        names = dict.fromkeys(name for read in self.reads for name in read)
        return {name: self.candidates(name, on) for name in names}

    def candidates(self, name: str, on: dt.date) -> list[Any]:
        """The values for one fact, or for what a step asks of the past. An unknown one is first."""
        if name not in self.facts:
            figures = _around(self._figures("int"))
            ages = {age for age in self._ages_around() if age <= FAR}
            return boundary_memory.candidates(name, self.asked, figures, ages, on)

        fact = self.facts[name]
        found: list[Any] = [] if fact.always else [None]
        if fact.type == "bool":
            return [*found, True, False]
        if fact.type == "text":
            return [*found, *(fact.options or [*self._words(), "another"])]
        if fact.type != "date":
            return [*found, *sorted(_around(self._figures(fact.type)))]

        near = {number for number in self._ages_around() if abs(number) <= FAR}
        both_ways = sorted(near | {-number for number in near})
        return [*found, *(on - dt.timedelta(number) for number in both_ways)]

    def days(self) -> list[dt.date]:
        """Further days of the run that are worth trying: around each date that the step names, and
        a whole week where it asks for days of the week.
        """
        named = [node.value for node in self._constants() if isinstance(node.value, dt.date)]
        found = [day + dt.timedelta(more) for day in named for more in (-1, 0, 1)]
        pieces = itertools.chain.from_iterable(node.walk() for node in self.asked)
        if any(piece.op == "weekday" for piece in pieces):
            found += [_A_MONDAY + dt.timedelta(number) for number in range(7)]
        return found

    def _ages_around(self) -> set[int]:
        """Days from a date to the day, on both sides of each boundary."""
        figures = self._figures("int") | self.ages
        # More than two months have passed after three of them.
        months = {number + more for number in figures for more in (0, 1)}
        figures |= {_MONTH * number for number in months if 0 < number <= _MONTHS}
        return _around(figures)

    def _constants(self) -> Iterator[Node]:
        pieces = itertools.chain.from_iterable(node.walk() for node in self.asked)
        return (piece for piece in pieces if piece.op == "const")

    def _words(self) -> list[object]:
        return [node.value for node in self._constants() if node.type == "text"]

    def _figures(self, kind: str) -> set[int]:
        """The numbers that the step names, of a type; whole numbers always."""
        named = [node for node in self._constants() if node.type in ("int", kind)]
        return {int(str(node.value)) for node in named}


def _around(figures: set[int]) -> set[int]:
    exact = {0, *figures}
    return exact | {number + 1 for number in exact} | {number - 1 for number in exact}


def _read(nodes: Sequence[Node], vocabulary: Vocabulary) -> list[str]:
    """The names of a row that decide on a part and on the totals that it reads, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        found |= dict.fromkeys(fact.name for fact in _stored(node, vocabulary))
        found |= dict.fromkeys(boundary_memory.names(node))
    return list(found)


def _with_totals(node: Node, vocabulary: Vocabulary) -> list[Node]:
    """The node, and what the totals count that it reads: their conditions and values."""
    found = [node]
    for name in node.facts():
        fact = vocabulary.get(name)
        if fact is None or fact.total is None:
            continue
        for counts in counted(fact, vocabulary).nodes:
            found += _with_totals(since.resolved(counts, vocabulary), vocabulary)
    return found


def _stored(node: Node, vocabulary: Vocabulary) -> Iterator[Fact]:
    """The stored facts that it names. What a total counts is read beside it."""
    for name in node.facts():
        fact = vocabulary.get(name)
        if fact is not None and fact.is_stored and fact.subject not in (RUN, ACT):
            yield fact


def _ages(cadence: Cadence) -> set[int]:
    """The figures of the days of a step, counted from the dates that its base reads.

    A base may be so many days after a date: `month_from_on + 20` with day -1 is the 19th day. A
    step that follows another one counts from its days.
    """
    segments = cadence.segments
    ends = {segment.until for segment in segments if segment.until is not None}
    months = {_MONTH * segment.months + segment.day for segment in segments if segment.months}
    days = ends | months | {segment.day for segment in segments}
    if cadence.of is not None:
        days |= _ages(cadence.of)
    if cadence.after is not None:
        # Of working days about two in seven are none.
        later = {cadence.after.days, cadence.after.days + cadence.after.days // 2 + 2}
        days |= {day + more for day in days for more in later}

    constants = [piece for piece in cadence.base.walk() if piece.op == "const"]
    shifts = {int(str(piece.value)) for piece in constants if piece.type == "int"}
    return {day + shift for day in days for shift in (0, *shifts)}
