"""The only way to facts: one row per subject, as of a day.

Two sources behind one schema. The summary tables hold the folded history and are good for every
day from their `last_event_on` on; the raw history answers for earlier days and for "as it was
known then".
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg.types.numeric import Int8

from huikuan.casebook import fold, to_plan
from huikuan.casebook.statements import kept, once
from huikuan.engine.fact import Family, Subject
from huikuan.engine.subjects import STANDARD

FOREVER = dt.date(9999, 12, 30)
#: The plan of a statement for few cases is wrong for many.
FEW = 20


def of_cases() -> list[Subject]:
    """The subjects that belong to a case, the case first."""
    return [subject for subject in STANDARD if subject.case_column]


def refresh(case_ids: Iterable[int], *, wrote: Collection[str] = ()) -> None:
    """Folds the history of these cases into their summary rows, in the caller's transaction.

    `wrote`: the tables that the caller wrote to; only facts that are folded out of them are made
    anew, and the rows must be there. Without it the whole row is made, or made anew. The day's list
    is marked: it follows what was learned (casebook/to_plan.py).
    """
    ids = sorted(set(case_ids))
    if not ids:
        return

    run = kept if len(ids) <= FEW else once
    parameters: dict[str, object] = {"on": FOREVER, "known_at": None, "ids": [Int8(i) for i in ids]}
    for statement in _refreshes(frozenset(wrote)):
        run(statement, parameters)
    to_plan.mark(ids)


def refresh_apart(subject: Subject, ids: Collection[int]) -> None:
    """Folds the history of subjects that may have no case, such as complaints, by their own ids.

    `refresh` folds those that have one with their case; nothing of the case changes here.
    """
    scope = f"{subject.row}.id = ANY(%(ids)s)"
    given = {"on": FOREVER, "known_at": None, "ids": sorted(ids)}
    once(_upsert(subject, fold.rows(subject, scope)), given)


@functools.cache
def _refreshes(wrote: frozenset[str]) -> list[str]:
    statements = []
    for subject in of_cases():
        scope = f"{subject.row}.{subject.case_column} = ANY(%(ids)s)"
        if not wrote or subject.table in wrote:
            statements.append(_upsert(subject, fold.rows(subject, scope)))
            continue
        families = subject.touched_by(wrote)
        if families:
            statements.append(_update(subject, families, scope))
    return statements


def add_new(condition: str, parameters: dict[str, Any]) -> None:
    """Summary rows of cases that have none yet, in bulk. `condition` is about casebook_case c."""
    given = {"on": FOREVER, "known_at": None, **parameters}
    with connection.cursor() as cursor:
        for subject in of_cases():
            cursor.execute(
                _insert(subject, fold.rows(subject, _among_cases(subject, condition))), given
            )
    to_plan.mark_all()


def _among_cases(subject: Subject, condition: str) -> str:
    """A condition on cases (c) as one on a subject of theirs."""
    if subject.name == "case":
        return condition
    mine = f"SELECT c.id FROM casebook_case c WHERE {condition}"
    return f"{subject.row}.{subject.case_column} IN ({mine})"


def rebuild(subjects: Iterable[Subject] | None = None) -> None:
    """All summary rows anew from the raw history."""
    with connection.cursor() as cursor:
        for subject in subjects or of_cases():
            cursor.execute(f"TRUNCATE {subject.summary}")
            cursor.execute(
                _insert(subject, fold.rows(subject, "true")), {"on": FOREVER, "known_at": None}
            )
            cursor.execute(f"ANALYZE {subject.summary}")


def analyze() -> None:
    """Fresh statistics of the summary rows, for who has just written very many of them."""
    with connection.cursor() as cursor:
        for subject in of_cases():
            cursor.execute(f"ANALYZE {subject.summary}")


def differences(
    limit: int = 20, *, only: Iterable[int] | None = None
) -> list[tuple[str, int, str, tuple[Any, ...]]]:
    """Summary rows that are not what the history says: (table, key, stored or computed, row).

    For `doctor --facts`. `only`: ids of the cases to look at; a million take minutes.
    """
    ids = None if only is None else sorted(set(only))
    given = {"on": FOREVER, "known_at": None, "ids": ids}
    found: list[tuple[str, int, str, tuple[Any, ...]]] = []
    with connection.cursor() as cursor:
        for subject in of_cases():
            stored, computed = _both_sides(subject, some=ids is not None)
            for side, these, those in (
                ("stored", stored, computed),
                ("computed", computed, stored),
            ):
                cursor.execute(f"({these}) EXCEPT ({those}) LIMIT {limit}", given)
                found += [(subject.summary, row[0], side, row) for row in cursor.fetchall()]
    return found[:limit]


def _both_sides(subject: Subject, *, some: bool) -> tuple[str, str]:
    """The stored rows, and the same computed from the history, with columns in one order."""
    names = ", ".join(fold.column_names(subject))
    stored = f"SELECT {names} FROM {subject.summary}"
    scope = "true"
    if some:
        owner = "case_id"
        stored += f" WHERE {owner} = ANY(%(ids)s)"
        scope = f"{subject.row}.{subject.case_column} = ANY(%(ids)s)"
    return stored, f"SELECT {names} FROM ({fold.rows(subject, scope)}) computed"


@contextmanager
def as_of(
    on: dt.date,
    known_at: dt.datetime | None = None,
    *,
    only: list[int] | None = None,
    among: list[int] | None = None,
) -> Iterator[bool]:
    """Makes the fact tables answer for `on` inside the block, which must lie in a transaction.
    True if the history is read.

    Temporary tables come before permanent ones of the same name in Postgres' search, so the same
    compiled SQL reads either source. Only cases with an event after `on` are read from the
    history, unless `known_at` asks for the past. With `only`, the tables hold just these cases,
    read from the history. With `among`, they hold just these cases as they would without it.
    """
    with connection.cursor() as cursor:
        is_narrowed = only is not None or among is not None
        read = is_narrowed or known_at is not None or _has_later(cursor, on)
        if read:
            for subject in of_cases():
                _shadow(cursor, subject, on, known_at, only, among)
        yield read
        if read:
            for subject in of_cases():
                cursor.execute(f"DROP TABLE pg_temp.{subject.summary}")


@functools.cache
def _later() -> str:
    """A query of the cases to which something happened after the day, or to a subject of theirs."""
    queries = []
    for subject in of_cases():
        if subject.name == "case" or subject.keeps_days:
            summary = f"public.{subject.summary}"
            queries.append(f"SELECT s.case_id FROM {summary} s WHERE s.last_event_on > %(on)s")
    return " UNION ALL ".join(queries)


def _has_later(cursor: Any, on: dt.date) -> bool:
    cursor.execute(f"SELECT EXISTS ({_later()})", {"on": on})
    return bool(cursor.fetchone()[0])


def _shadow(
    cursor: Any,
    subject: Subject,
    on: dt.date,
    known_at: dt.datetime | None,
    only: list[int] | None,
    among: list[int] | None,
) -> None:
    """A temporary table in the place of a subject's summary, as of the day."""
    owner = f"{subject.row}.{subject.case_column}"
    copies = only is None and known_at is None
    if only is not None:
        scope = f"{owner} = ANY(%(ids)s)"
    elif known_at is not None:
        scope = "true"
    else:
        scope = f"{owner} IN ({_later()})"
    if among is not None:
        scope = f"({scope}) AND {owner} = ANY(%(ids)s)"

    table = subject.summary
    names = ", ".join(fold.column_names(subject))
    cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table}) ON COMMIT DROP")
    cursor.execute(
        _insert(subject, fold.rows(subject, scope), schema="pg_temp."),
        {"on": on, "known_at": known_at, "ids": only if among is None else among},
    )
    if copies:
        unchanged = f"t.case_id NOT IN ({_later()})"
        if among is not None:
            unchanged += " AND t.case_id = ANY(%(ids)s)"
        cursor.execute(
            f"INSERT INTO pg_temp.{table} ({names})"
            f" SELECT {names} FROM public.{table} t WHERE {unchanged}",
            {"on": on, "ids": among},
        )
    cursor.execute(f"ANALYZE pg_temp.{table}")


def _insert(subject: Subject, query: str, *, schema: str = "") -> str:
    """By name on both sides: two swapped columns of one type would corrupt the row and doctor alike."""
    names = ", ".join(fold.column_names(subject))
    return f"INSERT INTO {schema}{subject.summary} ({names}) SELECT {names} FROM ({query}) folded"


def _upsert(subject: Subject, query: str) -> str:
    key, *others = fold.column_names(subject)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in others)
    return f"{_insert(subject, query)} ON CONFLICT ({key}) DO UPDATE SET {sets}"


def _update(subject: Subject, families: list[Family], scope: str) -> str:
    """Some families of rows that are there; the day of the last event follows from all of them."""
    columns = [column.name for family in families for column in family.stored_columns()]
    last_days = []
    for name in subject.last_columns():
        source = "f" if name in columns else "s"
        last_days.append(f"{source}.{name}")

    sets = [f"{name} = f.{name}" for name in columns]
    sets.append(f"last_event_on = greatest({', '.join(last_days)})")
    return (
        f"UPDATE {subject.summary} s SET {', '.join(sets)}\n"
        f"FROM ({fold.part(subject, families, scope)}) f\nWHERE s.{subject.key} = f.{subject.key}"
    )
