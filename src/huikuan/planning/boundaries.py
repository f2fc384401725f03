"""Steps that never fire, and steps that always fire together, found by trying.

For every fact that a step reads, and for all that it asks of the past, there are a few values worth
trying (boundary_values.py, boundary_memory.py). The step's own compiled query judges rows of such
values. A row that fails is changed where it fails, until one fires or the tries are used up. So a
finding is a strong hint and no proof, and it is a warning.

What was done before was done by a step that fires. So steps that wait for each other are found by
growing the set of those that fire: first those that need no step done, then those that need these.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import random
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from huikuan.engine import plan as engine_plan
from huikuan.engine import since
from huikuan.engine.fact import Subject
from huikuan.engine.nodes import conjuncts
from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.vocabulary import Vocabulary
from huikuan.lib.calendar import Calendar
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import boundary_memory
from huikuan.planning.boundary_values import Values
from huikuan.planning.run_row import with_run
from huikuan.planning.specification import EMPTY

#: Days of the run: firsts, middles and lasts of months, working days and days off.
TRIED_ON = tuple(
    dt.date(2026, month, day) for month, day in ((3, 18), (4, 1), (4, 5), (4, 20), (4, 30))
)
ROWS = 150
ROUNDS = 24
#: How often a fact is not known: one value among many, and many steps wait for just that.
UNKNOWN = 0.3
Row = dict[str, Any]


@dataclass
class Trial:
    """One step with what it reads, its query, and the rows that made it fire, by day.

    needs: steps that must have been done before, the smallest such set that was found. failing: the
    parts to name where none fired.
    """

    step: Step
    values: Values
    sql: str
    fired: list[tuple[dt.date, Row]] = field(default_factory=list)
    needs: frozenset[str] = frozenset()
    failing: tuple[str, ...] = ()


@dataclass
class Tried:
    """What was found, and which steps were not tried before the time was up.

    is_complete: every step was tried, and every pair.
    """

    problems: list[Problem] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)
    is_complete: bool = True


@dataclass(frozen=True)
class _Book:
    """What every try needs: the playbook, the calendar, and a cursor with its tables."""

    cursor: Any
    playbook: Playbook
    calendar: Calendar

    @property
    def vocabulary(self) -> Vocabulary:
        return self.playbook.vocabulary


def findings(book: Playbook, calendar: Calendar) -> list[Problem]:
    """A warning for each step that never fired, and for each pair that fired alike for one act."""
    return within(None, book, calendar).problems


@transaction.atomic
def within(seconds: float | None, book: Playbook, calendar: Calendar) -> Tried:
    """The same, as far as the time suffices; None: however long it takes."""
    ends_at = math.inf
    if seconds is not None:
        ends_at = time.monotonic() + seconds

    trials = [_trial(step, book.vocabulary) for step in book.steps]
    tried = Tried(untried=[step.id for step in book.steps])
    with connection.cursor() as cursor:
        for subject in book.vocabulary.subjects:
            _make_table(cursor, subject)
        boundary_memory.make_tables(cursor, book)
        asked = _Book(cursor, book, calendar)

        for problem in _search_all(asked, trials, tried):
            if problem is not None:
                tried.problems.append(problem)
            if time.monotonic() > ends_at:
                tried.is_complete = False
                break
        boundary_memory.drop_tables(cursor)
    return tried


def _search_all(book: _Book, trials: Sequence[Trial], tried: Tried) -> Iterator[Problem | None]:
    """Tries step after step, then those that wait for others, then pair after pair; None where
    there is nothing to be said."""
    chance = random.Random(book.playbook.pack.name)
    for trial in trials:
        _search(book, trial, chance)
        found = None if trial.fired else _never(trial)
        tried.untried.remove(trial.step.id)
        yield found

    yield from _waiting(book, trials, chance)
    for first, second in _alike(trials):
        is_alike = _fire_together(book, first, second)
        found = _together(first, second) if is_alike else None
        yield found


def _trial(step: Step, vocabulary: Vocabulary) -> Trial:
    """What is to be tried of a step."""
    asked = [*conjuncts(step.when), *step.cadence.reads]
    parts = [since.resolved(node, vocabulary) for node in asked]
    values = Values(parts, step.cadence, vocabulary)
    return Trial(step, values, engine_plan.explain_sql(step, vocabulary))


def _waiting(book: _Book, trials: Sequence[Trial], chance: random.Random) -> Iterator[Problem]:
    """Steps that fire only after a step that cannot have been done: after themselves, or after
    others that wait for them."""
    waiting = [trial for trial in trials if trial.fired]
    possible: set[str] = set()

    while True:
        begun = [trial for trial in waiting if _can_begin(trial, possible, book.vocabulary)]
        if not begun:
            # The row that was found may need more than another one that was not tried.
            begun = [trial for trial in waiting if _search(book, trial, chance, possible)]
        if not begun:
            break
        possible |= {trial.step.id for trial in begun}
        waiting = [trial for trial in waiting if trial not in begun]

    for trial in waiting:
        yield _waits(trial)


def _can_begin(trial: Trial, possible: Collection[str], vocabulary: Vocabulary) -> bool:
    """Whether all that it needs done can have been done."""
    return all(boundary_memory.is_possible(step, possible, vocabulary) for step in trial.needs)


def _search(
    book: _Book, trial: Trial, chance: random.Random, possible: Collection[str] | None = None
) -> bool:
    """Tries rows on several days, each changed where it fails, until some fire.

    `possible`: of the past, only these steps were done; None: any.
    """
    failures = _Failures()
    for on in (*TRIED_ON, *trial.values.days()):
        values = _allowed(trial.values.of_day(on), possible, book.vocabulary)
        rows = [_invented(values, chance) for _number in range(ROWS)]
        held = _judge(book, trial, on, rows)
        failures.see(held)
        for _round in range(ROUNDS):
            if any(all(parts) for parts in held):
                break
            changed = [
                _changed(row, parts, trial, values, chance)
                for row, parts in zip(rows, held, strict=True)
            ]
            judged = _judge(book, trial, on, changed)
            failures.see(judged)
            for number, parts in enumerate(judged):
                if sum(parts) >= sum(held[number]):
                    rows[number] = changed[number]
                    held[number] = parts

        fired = [row for row, parts in zip(rows, held, strict=True) if all(parts)]
        if fired:
            trial.fired = [(on, row) for row in fired]
            trial.needs = _needed(book, trial, on, fired[0])
            return True

    texts = engine_plan.part_texts(trial.step)
    trial.failing = tuple(texts[number] for number in failures.named())
    return False


@dataclass
class _Failures:
    """Which parts of a step failed in the rows that were judged."""

    ever_held: set[int] = field(default_factory=set)
    most: int = -1
    #: The parts that failed in the rows of which most parts held.
    nearest: set[int] = field(default_factory=set)
    parts: int = 0

    def see(self, held: Sequence[Sequence[bool]]) -> None:
        """Rows with what held of them, part by part."""
        for row in held:
            self.parts = len(row)
            self.ever_held.update(number for number, holds in enumerate(row) if holds)
            if sum(row) > self.most:
                self.most = sum(row)
                self.nearest = set()
            if sum(row) == self.most:
                self.nearest.update(number for number, holds in enumerate(row) if not holds)

    def named(self) -> list[int]:
        """The parts to be named: what never held by itself, else what did not hold together."""
        never = [number for number in range(self.parts) if number not in self.ever_held]
        return never or sorted(self.nearest)


def _allowed(
    values: dict[str, list[Any]], possible: Collection[str] | None, vocabulary: Vocabulary
) -> dict[str, list[Any]]:
    """The values of a day, without the memory of steps that cannot have been done."""
    if possible is None:
        return values

    allowed = {}
    for name, listed in values.items():
        step = boundary_memory.step_named(name)
        is_barred = step and not boundary_memory.is_possible(step, possible, vocabulary)
        allowed[name] = [None] if is_barred else listed
    return allowed


def _needed(book: _Book, trial: Trial, on: dt.date, row: Row) -> frozenset[str]:
    """The steps without which the row does not fire, each taken out by itself and left out where
    it is not missed."""
    for step in boundary_memory.remembered(row):
        without = boundary_memory.forgotten(row, step)
        (parts,) = _judge(book, trial, on, [without])
        if all(parts):
            row = without
    return frozenset(boundary_memory.remembered(row))


def _invented(values: dict[str, list[Any]], chance: random.Random) -> Row:
    return {name: _pick(listed, chance) for name, listed in values.items()}


def _changed(
    row: Row,
    held: Sequence[bool],
    trial: Trial,
    values: dict[str, list[Any]],
    chance: random.Random,
) -> Row:
    """The row with another value for a fact of a part that does not hold."""
    asked = trial.values.reads
    conditions = len(held) - 1
    # The days are one part of the query, and may read several values.
    days = [name for read in asked[conditions:] for name in read]
    reads = [*asked[:conditions], days]
    failing = [read for read, holds in zip(reads, held, strict=True) if not holds]

    names = failing[0] if failing else []
    name = chance.choice(names or list(values) or [""])
    if not name:
        return row
    return {**row, name: _pick(values[name], chance)}


def _pick(values: Sequence[Any], chance: random.Random) -> Any:
    if values[0] is None and chance.random() < UNKNOWN:
        return None
    return chance.choice(values)


def _judge(book: _Book, trial: Trial, on: dt.date, rows: Sequence[Row]) -> list[list[bool]]:
    """For each row, which parts of the step hold, its days last."""
    cursor = book.cursor
    for subject in book.vocabulary.subjects:
        _fill(cursor, subject, book.vocabulary, rows)
    boundary_memory.fill(cursor, book.playbook, rows)

    run, parameters = with_run(on, book.calendar, [])
    conditions = len(conjuncts(trial.step.when))
    columns = ", ".join(f"coalesce(p{n}, false)" for n in range(conditions + 1))
    query = trial.sql.replace("%", "%%")
    cursor.execute(f"{run} SELECT {columns} FROM ({query}) e ORDER BY subject_id", parameters)
    return [list(row) for row in cursor.fetchall()]


def _fill(cursor: Any, subject: Subject, vocabulary: Vocabulary, rows: Sequence[Row]) -> None:
    """The rows of one try: row n is about subject n, of parent n."""
    columns = {fact.name: fact.stored_as for fact in vocabulary.stored(subject.name)}
    empty = {column.name: EMPTY[column.sql_type] for column in subject.columns() if column.always}
    filled = []
    for number, row in enumerate(rows, start=1):
        given = {columns[name]: value for name, value in row.items() if name in columns}
        keys = {
            subject.key: number,
            "case_id": number,
            "person_id": number,
            "last_event_on": dt.date(2000, 1, 1),
        }
        filled.append({**empty, **given, **keys})

    table = subject.summary
    cursor.execute(f"DELETE FROM pg_temp.{table}")
    cursor.execute(
        f"INSERT INTO pg_temp.{table}"
        f" SELECT * FROM jsonb_populate_recordset(NULL::pg_temp.{table}, %s::jsonb)",
        [json.dumps(filled, default=str)],
    )


def _make_table(cursor: Any, subject: Subject) -> None:
    """A table in the place of the subject's summary. Made once: each new one would cost a lock."""
    table = subject.summary
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table}) ON COMMIT DROP")


def _alike(trials: Sequence[Trial]) -> Iterator[tuple[Trial, Trial]]:
    """Pairs that ask for the same act about the same subject."""
    for number, first in enumerate(trials):
        for second in trials[number + 1 :]:
            if _act(first.step) == _act(second.step) and first.fired and second.fired:
                yield first, second


def _act(step: Step) -> tuple[str, str, str]:
    return step.per, step.action, step.addressee


def _fire_together(book: _Book, first: Trial, second: Trial) -> bool:
    """Whatever fires one fires the other, also after each single change of a row."""

    def agree(on: dt.date, rows: list[Row]) -> bool:
        one = _judge(book, first, on, rows)
        other = _judge(book, second, on, rows)
        return [all(parts) for parts in one] == [all(parts) for parts in other]

    # Most pairs differ on a row that fired one of them: the many changed rows are not needed then.
    fired = [first.fired[0], second.fired[0]]
    if not all(agree(on, [row]) for on, row in fired):
        return False
    return all(agree(on, _changes(row, [first, second], on)) for on, row in fired)


def _changes(row: Row, trials: Sequence[Trial], on: dt.date) -> list[Row]:
    """The row, and the row with each other value for each thing that the steps read."""
    found = [row]
    for trial in trials:
        for name, listed in trial.values.of_day(on).items():
            found += [{**row, name: value} for value in listed]
    return found


def _never(trial: Trial) -> Problem:
    message = _("step {step} never fires: '{part}' does not hold where the rest of it does")
    if len(trial.failing) > 1:
        message = _("step {step} never fires: '{part}' do not hold together with the rest of it")
    params: dict[str, object] = {"step": trial.step.id, "part": "', '".join(trial.failing)}
    return _warning("boundaries.never", message, params, trial.step)


def _waits(trial: Trial) -> Problem:
    message = _("step {step} never fires: it wants {needs} done before, which cannot have been")
    params: dict[str, object] = {
        "step": trial.step.id,
        "needs": ", ".join(sorted(trial.needs)),
    }
    return _warning("boundaries.waits", message, params, trial.step)


def _together(first: Trial, second: Trial) -> Problem:
    message = _("steps {first} and {second} always fire together and ask for the same act")
    params: dict[str, object] = {"first": first.step.id, "second": second.step.id}
    return _warning("boundaries.together", message, params, second.step)


def _warning(code: str, message: str, params: dict[str, object], step: Step) -> Problem:
    problem = Problem(code, message, "", params, "playbook.yaml", severity="warning")
    return problem.at(line=step.line)
