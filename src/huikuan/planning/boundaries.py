"""Steps that never fire, and steps that always fire together, found by trying.

For every fact that a step reads there are a few values worth trying: those just below, at and just
above each figure that the step names, every word that the fact may take, and that it is not known.
The step's own compiled query judges rows of such values. A row that fails is changed where it
fails, until one fires or the tries are used up. So a finding is a strong hint and no proof, and it
is a warning. Windows over contacts and memories of steps are not tried.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from huikuan.engine import history, since
from huikuan.engine import plan as engine_plan
from huikuan.engine.fact import Fact, Subject
from huikuan.engine.nodes import Node, conjuncts
from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary
from huikuan.lib.calendar import Calendar
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
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
#: Further off no figure of a procedure lies.
FAR = 800
Row = dict[str, Any]


@dataclass
class Trial:
    """One step with what it reads, its query, and the rows that made it fire, by day."""

    step: Step
    parts: list[Node]
    facts: list[Fact]
    sql: str
    fired: list[tuple[dt.date, Row]] = field(default_factory=list)
    closest: str = ""


@dataclass
class Tried:
    """What was found, and whether all was tried before the time was up."""

    problems: list[Problem] = field(default_factory=list)
    is_complete: bool = True


def findings(book: Playbook, calendar: Calendar) -> list[Problem]:
    """A warning for each step that never fired, and for each pair that fired alike for one act."""
    return within(None, book, calendar).problems


@transaction.atomic
def within(seconds: float | None, book: Playbook, calendar: Calendar) -> Tried:
    """The same, as far as the time suffices; None: however long it takes."""
    ends_at = math.inf
    if seconds is not None:
        ends_at = time.monotonic() + seconds

    tried = Tried()
    with connection.cursor() as cursor:
        for subject in book.vocabulary.subjects:
            _make_table(cursor, subject)
        for problem in _search_all(cursor, book, calendar):
            if problem is not None:
                tried.problems.append(problem)
            if time.monotonic() > ends_at:
                tried.is_complete = False
                break
    return tried


def _search_all(cursor: Any, book: Playbook, calendar: Calendar) -> Iterator[Problem | None]:
    """Tries step after step, then pair after pair; None where there is nothing to be said."""
    chance = random.Random(book.pack.name)
    trials = [trial for step in book.steps if (trial := _trial(step, book.vocabulary))]

    for trial in trials:
        _search(cursor, trial, book.vocabulary, calendar, chance)
        found = None if trial.fired else _never(trial)
        yield found

    for first, second in _alike(trials):
        is_alike = _fire_together(cursor, first, second, book.vocabulary, calendar)
        found = _together(first, second) if is_alike else None
        yield found


def _trial(step: Step, vocabulary: Vocabulary) -> Trial | None:
    """What is to be tried; None for a step that asks for history, which has no boundary values."""
    parts = [since.resolved(node, vocabulary) for node in conjuncts(step.when)]
    days = [since.resolved(node, vocabulary) for node in step.cadence.reads]
    read = [*parts, *days]
    if history.reads(read):
        return None
    names = dict.fromkeys(name for node in read for name in node.facts())
    facts = [fact for name in names for fact in _stored(name, vocabulary)]
    unique = list({fact.name: fact for fact in facts}.values())
    return Trial(step, parts, unique, engine_plan.explain_sql(step, vocabulary))


def _stored(name: str, vocabulary: Vocabulary) -> Iterator[Fact]:
    """The stored facts behind a name; of a total, those of the rows that it counts."""
    fact = vocabulary.get(name)
    if fact is None or fact.subject in (RUN, ACT):
        return
    if fact.total is None:
        yield fact
        return
    for other in vocabulary.stored(fact.total.over):
        if other.name in f"{fact.total.where} {fact.total.value}".split():
            yield other


def _search(
    cursor: Any, trial: Trial, vocabulary: Vocabulary, calendar: Calendar, chance: random.Random
) -> None:
    """Tries rows on several days, each changed where it fails, until some fire."""
    best = -1
    for on in TRIED_ON:
        values = {fact.name: _candidates(fact, trial, on) for fact in trial.facts}
        rows = [_invented(values, chance) for _number in range(ROWS)]
        held = _judge(cursor, trial, vocabulary, calendar, on, rows)
        for _round in range(ROUNDS):
            if any(all(parts) for parts in held):
                break
            changed = [
                _changed(row, parts, trial, values, chance)
                for row, parts in zip(rows, held, strict=True)
            ]
            judged = _judge(cursor, trial, vocabulary, calendar, on, changed)
            for number, parts in enumerate(judged):
                if sum(parts) >= sum(held[number]):
                    rows[number] = changed[number]
                    held[number] = parts

        trial.fired += [(on, row) for row, parts in zip(rows, held, strict=True) if all(parts)]
        if trial.fired:
            return
        nearest = max(held, key=sum)
        if sum(nearest) > best:
            best = sum(nearest)
            trial.closest = engine_plan.part_texts(trial.step)[nearest.index(False)]


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
    failing = [part for part, holds in zip(trial.parts, held, strict=False) if not holds]
    read = failing[0].facts() if failing else []
    names = [name for name in values if name in read]
    name = chance.choice(names or list(values) or [""])
    if not name:
        return row
    return {**row, name: _pick(values[name], chance)}


def _pick(values: Sequence[Any], chance: random.Random) -> Any:
    if values[0] is None and chance.random() < UNKNOWN:
        return None
    return chance.choice(values)


def _candidates(fact: Fact, trial: Trial, on: dt.date) -> list[Any]:
    """The values worth trying for a fact on a day."""
    pieces = itertools.chain.from_iterable(part.walk() for part in trial.parts)
    constants = [piece for piece in pieces if piece.op == "const"]
    found: list[Any] = [] if fact.always else [None]
    if fact.type == "bool":
        return [*found, True, False]
    if fact.type == "text":
        words = [node.value for node in constants if node.type == "text"]
        return [*found, *(fact.options or [*words, "another"])]

    figures = {int(str(n.value)) for n in constants if n.type in ("int", fact.type)}
    if fact.type == "date":
        figures |= _days_of(trial.step)
        figures |= {31 * number for number in figures if 0 < number < 24}
    exact = {0, *figures}
    around = exact | {number + 1 for number in exact} | {number - 1 for number in exact}
    if fact.type != "date":
        return [*found, *sorted(around)]
    near = {number for number in around if abs(number) <= FAR}
    both_ways = sorted(near | {-number for number in near})
    return [*found, *(on - dt.timedelta(number) for number in both_ways)]


def _days_of(step: Step) -> set[int]:
    """The figures of the cadence, counted from the dates that its base reads.

    A base may be so many days after a date: `month_from_on + 20` with day -1 is the 19th day.
    """
    segments = step.cadence.segments
    ends = {segment.until for segment in segments if segment.until is not None}
    months = {31 * segment.months + segment.day for segment in segments if segment.months}
    days = ends | months | {segment.day for segment in segments}

    constants = [piece for piece in step.cadence.base.walk() if piece.op == "const"]
    shifts = {int(str(piece.value)) for piece in constants if piece.type == "int"}
    return {day + shift for day in days for shift in (0, *shifts)}


def _judge(
    cursor: Any,
    trial: Trial,
    vocabulary: Vocabulary,
    calendar: Calendar,
    on: dt.date,
    rows: Sequence[Row],
) -> list[list[bool]]:
    """For each row, which parts of the step hold, its days last."""
    for subject in vocabulary.subjects:
        _fill(cursor, subject, vocabulary, rows)
    run, parameters = with_run(on, calendar, [])
    columns = ", ".join(f"coalesce(p{n}, false)" for n in range(len(trial.parts) + 1))
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
        keys = {subject.key: number, "case_id": number, "last_event_on": dt.date(2000, 1, 1)}
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


def _fire_together(
    cursor: Any, first: Trial, second: Trial, vocabulary: Vocabulary, calendar: Calendar
) -> bool:
    """Whatever fires one fires the other, also after each single change of a row."""

    def agree(on: dt.date, rows: list[Row]) -> bool:
        one = _judge(cursor, first, vocabulary, calendar, on, rows)
        other = _judge(cursor, second, vocabulary, calendar, on, rows)
        return [all(parts) for parts in one] == [all(parts) for parts in other]

    # Most pairs differ on a row that fired one of them: the many changed rows are not needed then.
    fired = [first.fired[0], second.fired[0]]
    if not all(agree(on, [row]) for on, row in fired):
        return False
    return all(agree(on, _changes(row, [first, second], on)) for on, row in fired)


def _changes(row: Row, trials: Sequence[Trial], on: dt.date) -> list[Row]:
    """The row, and the row with each other value for each fact that the steps read."""
    found = [row]
    for trial in trials:
        for fact in trial.facts:
            found += [{**row, fact.name: value} for value in _candidates(fact, trial, on)]
    return found


def _never(trial: Trial) -> Problem:
    message = _("step {step} never fires: '{part}' does not hold where the rest of it does")
    params: dict[str, object] = {"step": trial.step.id, "part": trial.closest}
    return _warning("boundaries.never", message, params, trial.step)


def _together(first: Trial, second: Trial) -> Problem:
    message = _("steps {first} and {second} always fire together and ask for the same act")
    params: dict[str, object] = {"first": first.step.id, "second": second.step.id}
    return _warning("boundaries.together", message, params, second.step)


def _warning(code: str, message: str, params: dict[str, object], step: Step) -> Problem:
    problem = Problem(code, message, "", params, "playbook.yaml", severity="warning")
    return problem.at(line=step.line)
