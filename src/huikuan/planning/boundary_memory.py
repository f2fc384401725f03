"""What of the past a step asks for, invented: steps that were done, contacts, and a hold.

Each is a value of a row beside its facts, under a name of its own ("done reminder_1"), and becomes
dated rows in tables that stand in the place of the book's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.engine import history
from huikuan.engine.nodes import MEMORY, Node
from huikuan.engine.playbook import Playbook
from huikuan.engine.vocabulary import Vocabulary
from huikuan.planning import example_history

#: More often nothing is done, and not more contacts are counted, in a procedure.
MOST_TIMES = 15
#: Days between the first and the last time that a step was done.
SPREADS = (1, 7, 31)
_DONE = "done "
_CONTACTS = "contacts "
_HELD = "held"
#: A window over contacts of any channel is tried with calls.
_ANY_AS = "call"


@dataclass(frozen=True)
class Done:
    """A step that was done so many times, first and last on these days."""

    times: int
    first: dt.date
    last: dt.date

    def days(self) -> list[dt.date]:
        return [self.first, *[self.last] * (self.times - 1)]


@dataclass(frozen=True)
class Contacts:
    """So many contacts of a channel on one day."""

    count: int
    on: dt.date


@dataclass(frozen=True)
class Held:
    """A hold of the case. past: the first day without it."""

    first: dt.date
    past: dt.date


def names(node: Node) -> list[str]:
    """The names of what a condition or a day asks of the past."""
    return list(dict.fromkeys(_name(piece) for piece in history.reads([node]).values()))


def _name(piece: Node) -> str:
    if piece.op in MEMORY:
        return f"{_DONE}{history.step_of(piece)}"
    if piece.op == history.HELD:
        return _HELD

    channel, _days = history.window_of(piece)
    if channel == history.ANY:
        channel = _ANY_AS
    return f"{_CONTACTS}{channel}"


def step_named(name: str) -> str:
    """The step whose memory the name is for; empty for another name."""
    return name.removeprefix(_DONE) if name.startswith(_DONE) else ""


def candidates(
    name: str, nodes: Iterable[Node], figures: Collection[int], ages: Collection[int], on: dt.date
) -> list[Any]:
    """The values worth trying for one of these names on a day; none of it comes first.

    `nodes`: all that the step asks. `figures`: whole numbers that it names. `ages`: days from a
    date of it to its occurrences.
    """
    pieces = [piece for piece in history.reads(nodes).values() if _name(piece) == name]
    times = sorted({number for number in figures if 1 <= number <= MOST_TIMES} | {1})
    past = sorted({age for age in ages if age >= 0} | {0, 1})

    if name == _HELD:
        spells = [(age, length) for age in past for length in (1, *past) if length > 0]
        held = [_held(on, age, length) for age, length in spells]
        return [None, *held]
    if name.startswith(_CONTACTS):
        windows = {history.window_of(piece)[1] for piece in pieces}
        edges = sorted({0, 1} | {days - 1 for days in windows} | windows)
        return [None, *(Contacts(n, on - dt.timedelta(age)) for age in edges for n in times)]

    asked = {piece.op for piece in pieces}
    if asked == {"last_done"}:
        times = [1]
    return [None, *_done(times, past, on)]


def _held(on: dt.date, age: int, length: int) -> Held:
    first = on - dt.timedelta(age)
    return Held(first, first + dt.timedelta(length))


def _done(times: Sequence[int], ages: Sequence[int], on: dt.date) -> list[Done]:
    """Done so often, last on a day; where several times, first on one of some days before."""
    found = []
    for age in ages:
        last = on - dt.timedelta(age)
        for number in times:
            spreads = SPREADS if number > 1 else (0,)
            found += [Done(number, last - dt.timedelta(spread), last) for spread in spreads]
    return found


def make_tables(cursor: Any, book: Playbook) -> None:
    """Empty tables in the place of the book's own until the transaction ends."""
    example_history.create(cursor, "", until_commit=True)
    example_history.name_steps(cursor, "", book)


def drop_tables(cursor: Any) -> None:
    """The book's own tables are seen again, also where a transaction goes on."""
    for table in example_history.TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


def fill(cursor: Any, book: Playbook, rows: Sequence[Mapping[str, Any]]) -> None:
    """The past of one try: row n is about case and subject n."""
    numbers = {step.id: number for number, step in enumerate(book.steps)}
    for table in example_history.DATED_TABLES:
        cursor.execute(f"DELETE FROM pg_temp.{table}")

    done: list[tuple[int, int, dt.date]] = []
    contacts: list[tuple[int, str, dt.date]] = []
    holds: list[tuple[int, dt.date, dt.date]] = []
    for case, row in enumerate(rows, start=1):
        for name, value in row.items():
            if isinstance(value, Done):
                done += [(case, numbers[step_named(name)], day) for day in value.days()]
            elif isinstance(value, Contacts):
                channel = name.removeprefix(_CONTACTS)
                contacts += [(case, channel, value.on)] * value.count
            elif isinstance(value, Held):
                holds.append((case, value.first, value.past))

    _insert(cursor, _INSERT_DONE, done)
    _insert(cursor, _INSERT_CONTACTS, contacts)
    _insert(cursor, _INSERT_HOLDS, holds)


_INSERT_DONE = """\
INSERT INTO pg_temp.casebook_stepdone (subject_id, step_id, valid_on)
SELECT * FROM unnest(%s::bigint[], %s::int[], %s::date[])"""
_INSERT_CONTACTS = """\
INSERT INTO pg_temp.casebook_contactrecord (case_id, channel, valid_on, inbound)
SELECT case_id, channel, valid_on, false
FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS made(case_id, channel, valid_on)"""
_INSERT_HOLDS = """\
INSERT INTO pg_temp.casebook_hold (case_id, scope, valid_on, ended_on)
SELECT case_id, 'case', valid_on, ended_on
FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS made(case_id, valid_on, ended_on)"""


def _insert(cursor: Any, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(statement, columns)


def remembered(row: Mapping[str, Any]) -> list[str]:
    """The names of the steps that the row says were done."""
    return [step_named(name) for name, value in row.items() if isinstance(value, Done)]


def forgotten(row: Mapping[str, Any], step: str) -> dict[str, Any]:
    """The row in which the step was never done."""
    return {**row, f"{_DONE}{step}": None}


def is_possible(step: str, possible: Collection[str], vocabulary: Vocabulary) -> bool:
    """Whether the step, or a way in which it may be done instead, is among those that fire."""
    return any(code in possible for code in vocabulary.done_as(step))
