"""All cases of a specification in one statement, as quick as one.

Each case is a row of a table of days. The compiled query of the playbook runs once for each
row, with `run` and the fact tables narrowed to that row by common table expressions of the same
names. The text of the query is the one that the plan of a day runs.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, cast

from django.db import connection, transaction

from huikuan.casebook import facts
from huikuan.engine import compile as compiled
from huikuan.engine import plan as engine_plan
from huikuan.engine import sources
from huikuan.engine.charge import charge_in
from huikuan.engine.days import occurrence
from huikuan.engine.fact import Fact
from huikuan.engine.nodes import Node
from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.reading import Reading
from huikuan.engine.vocabulary import Vocabulary, standard
from huikuan.lib.calendar import Calendar
from huikuan.planning import example_history
from huikuan.planning.expected import Fired
from huikuan.planning.run_row import with_run
from huikuan.planning.specification import CREDITOR, QUEUES, Example, rows

_PREPARED = "specification_"


def answers(
    book: Playbook, examples: Sequence[Example], vocabulary: Vocabulary, calendar: Calendar
) -> list[dict[str, Fired]]:
    """What fires in each case: the procedure alone, without contact rules."""
    prepare(examples, calendar, book)
    stated = with_stated(book, examples)
    return fired_all(_compiled(stated), stated.pack.name, len(examples))


def queues(book: Playbook, examples: Sequence[Example], calendar: Calendar) -> list[set[str]]:
    """The queues of the work list in which each case stands."""
    prepare(examples, calendar, book)
    return queues_all(with_stated(book, examples), len(examples))


def _compiled(book: Playbook) -> str:
    """The query of the playbook, compiled once for equal files: a page shows what comes out, and
    the signature that follows asks again."""
    steps = tuple(step.id for step in book.steps)
    return _text((book.pack.hash, steps, book.vocabulary.given), lambda: engine_plan.plan_sql(book))


#: The compiled queries of the last packs that were tried.
_texts: OrderedDict[Hashable, str] = OrderedDict()
_KEPT = 200


def _text(key: Hashable, make: Callable[[], str]) -> str:
    """What was compiled under the key; the oldest text goes where there are too many."""
    if key not in _texts:
        _texts[key] = make()
    _texts.move_to_end(key)
    while len(_texts) > _KEPT:
        _texts.popitem(last=False)
    return _texts[key]


def with_stated(book: Playbook, examples: Sequence[Example]) -> Playbook:
    """The playbook as these cases ask it: a total that they state stands in place of the count."""
    totals = {name for example in examples for name in example.totals}
    if not totals:
        return book
    return replace(book, vocabulary=book.vocabulary.with_given(totals))


@transaction.atomic
def prepare(examples: Sequence[Example], calendar: Calendar, book: Playbook) -> None:
    """Keeps the cases in tables of this connection until the next call; case 0 is the first.

    `book`: the playbook whose steps the cases say were done.
    """
    numbers = {step.id: number for number, step in enumerate(book.steps)}
    with connection.cursor() as cursor:
        example_history.create(cursor, _PREPARED)
        example_history.name_steps(cursor, _PREPARED, book)
        for subject in facts.of_cases():
            table = subject.summary
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_PREPARED}{table}")
            cursor.execute(
                f"CREATE TEMP TABLE {_PREPARED}{table} (LIKE public.{table} INCLUDING INDEXES)"
            )
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_PREPARED}run")

        for number, example in enumerate(examples):
            for subject, row in rows(example, number):
                names = ", ".join(row)
                marks = ", ".join(["%s"] * len(row))
                table = f"pg_temp.{_PREPARED}{subject.summary}"
                values: list[Any] = list(row.values())
                cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)

            done = {numbers[step]: days for step, days in example.done.items()}
            example_history.insert(cursor, _PREPARED, number, example.contacts, done)
            example_history.insert_holds(cursor, _PREPARED, number, example.holds)

            run, parameters = with_run(example.on, calendar, [])
            text = f"{run} SELECT {number}::bigint AS case_id, run.* FROM run"
            verb = (
                f"INSERT INTO {_PREPARED}run" if number else f"CREATE TEMP TABLE {_PREPARED}run AS"
            )
            cursor.execute(f"{verb} {text}", cast(Any, parameters))
        cursor.execute(f"ANALYZE {_PREPARED}run")
        _state_totals(cursor, examples, book.vocabulary)


def _state_totals(cursor: Any, examples: Sequence[Example], vocabulary: Vocabulary) -> None:
    """The totals that the cases state, a table for each subject that has totals."""
    for subject, totals in _totals(vocabulary).items():
        table = f"{_PREPARED}{sources.given_table(subject)}"
        columns = [f"{compiled.given_column(fact.name)} {fact.sql_type}" for fact in totals]
        key = f"given_of_{subject}"
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(f"CREATE TEMP TABLE {table} ({', '.join([f'{key} bigint', *columns])})")

        marks = ", ".join(["%s"] * (len(totals) + 1))
        for number, example in enumerate(examples):
            values: list[Any] = [example.totals.get(fact.name) for fact in totals]
            cursor.execute(f"INSERT INTO {table} VALUES ({marks})", [number, *values])


def _totals(vocabulary: Vocabulary) -> dict[str, list[Fact]]:
    """The totals of each subject of a case that has some."""
    found = {}
    for subject in facts.of_cases():
        totals = [fact for fact in vocabulary if fact.total and fact.subject == subject.name]
        if totals:
            found[subject.name] = totals
    return found


def fired_all(sql: str, pack: str, count: int) -> list[dict[str, Fired]]:
    """What fires in each of the prepared cases; of a step for several items, the earliest."""
    answers: list[dict[str, Fired]] = [{} for _number in range(count)]
    found = _run("step, due_on, deadline_on, reason", sql, pack)
    for case, step, due, deadline, reason in sorted(found, key=itemgetter(0, 1, 2)):
        answers[case].setdefault(step, Fired(due, deadline, charge_in(reason)))
    return answers


def queues_all(book: Playbook, count: int) -> list[set[str]]:
    """The queues of the work list in which each of the prepared cases stands."""
    answers: list[set[str]] = [set() for _number in range(count)]
    for name in book.queues:
        for case, _day in _run("day", _queue_text(name, book), book.pack.name):
            answers[case].add(name)
    return answers


def _queue_text(name: str, book: Playbook) -> str:
    key = (book.pack.hash, QUEUES, name, book.vocabulary.given)
    return _text(key, lambda: _standing(book.queues[name], book.vocabulary))


def _standing(condition: Node, vocabulary: Vocabulary) -> str:
    """A query of the cases for which the condition of a queue holds."""
    reading = Reading(vocabulary, "case", [condition])
    tables = compiled.Tables(vocabulary, reading.table, {})
    columns = {"day": tables.joined.on_day}
    return compiled.to_sql(reading.select(columns, [compiled.value(condition, tables)]))


def ages(step: Step, book: Playbook) -> dict[int, int]:
    """Case → days since the date that the step counts from. Without that date it is left out."""
    key = (book.pack.hash, step.id, book.vocabulary.given)
    sql = _text(key, lambda: _age(step, book.vocabulary))
    return dict(_run("age", sql, book.pack.name))


def _age(step: Step, vocabulary: Vocabulary) -> str:
    """A query of the days since the date that the step counts from."""
    reading = Reading(vocabulary, step.per, [step.cadence.base])
    base = compiled.value(step.cadence.base, compiled.Tables(vocabulary, reading.table, {}))
    age = compiled.days_between(reading.table.on_day, base)
    return compiled.to_sql(reading.select({"age": age}, [base.notnull()]))


def began_today(step: Step, book: Playbook) -> set[int]:
    """The cases on whose day an occurrence of the step begins, rolled or not."""
    key = (book.pack.hash, step.id, book.vocabulary.given, "began")
    sql = _text(key, lambda: _begun(step, book.vocabulary))
    return {case for case, _day in _run("day", sql, book.pack.name)}


def _begun(step: Step, vocabulary: Vocabulary) -> str:
    """A query of the occurrences that begin on the day."""
    reading = Reading(vocabulary, step.per, step.cadence.reads)
    tables = compiled.Tables(vocabulary, reading.table, {})
    occurs, anchor = occurrence(step.cadence, tables)
    begins = anchor == reading.table.on_day
    return compiled.to_sql(reading.select({"day": anchor}, [occurs, begins]))


def _run(columns: str, sql: str, pack: str) -> list[tuple[Any, ...]]:
    """The columns of a compiled query for every prepared case, after the number of the case."""
    tables = {subject.summary: "case_id" for subject in facts.of_cases()}
    tables |= example_history.OF_EXAMPLE
    for subject in _totals(standard()):
        tables[sources.given_table(subject)] = f"given_of_{subject}"
    narrowed = ", ".join(_narrowed(table, column) for table, column in tables.items())
    bound = (
        f"pack_bound AS (SELECT {CREDITOR}::bigint AS creditor_id, c.product, %s::text AS pack"
        f" FROM {_PREPARED}casebook_casesummary c WHERE c.case_id = r.case_id)"
    )
    text = (
        f"SELECT r.case_id, d.* FROM {_PREPARED}run r, LATERAL ("
        f"WITH run AS (SELECT r.*), {bound}, {narrowed}"
        f" SELECT {columns} FROM ({sql.replace('%', '%%')}) q) d"
    )

    with connection.cursor() as cursor:
        cursor.execute(text, [pack])
        return cursor.fetchall()


def _narrowed(table: str, column: str) -> str:
    """A table in the place of the book's own: the rows of the case at hand, or all of them."""
    of_case = f" WHERE f.{column} = r.case_id" if column else ""
    return f"{table} AS (SELECT * FROM {_PREPARED}{table} f{of_case})"


def days_of(examples: Sequence[Example]) -> list[set[dt.date]]:
    """Of each case, the days of all cases whose facts are the same, its own day included."""
    alike: dict[object, set[dt.date]] = {}
    shared: list[set[dt.date]] = []
    for example in examples:
        stated = sorted([*example.facts.items(), *example.totals.items()], key=itemgetter(0))
        given = (tuple(stated), _history_of(example))
        days = alike.setdefault(given, set())
        days.add(example.on)
        shared.append(days)
    return shared


def _history_of(example: Example) -> object:
    """What a case says of contacts, done steps and holds, to tell cases apart."""
    days = [*example.contacts.items(), *example.done.items()]
    items = [sorted(item.items(), key=itemgetter(0)) for item in example.items]
    named = tuple((name, tuple(listed)) for name, listed in days)
    return named, tuple(example.holds), tuple(tuple(item) for item in items)
