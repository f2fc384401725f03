"""The summary tables, made and kept in step with the declared facts.

They hold nothing that the history does not say, so they are no business of migrations: whoever
declares a fact has the table made anew at the next start, and its rows folded.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, fold
from huikuan.engine.fact import Column, Subject


class WithoutTable(Exception):
    """A declared subject has no table yet: its migration is not written, or not applied."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(f"{subject.name}: {subject.table}")
        self.subject = subject


def behind() -> list[Subject]:
    """The subjects whose summary table was made for other declarations than today's."""
    with connection.cursor() as cursor:
        return [
            subject
            for subject in facts.of_cases()
            if _mark(cursor, subject) != fingerprint(subject)
        ]


def bring_up_to_date() -> list[Subject]:
    """Makes the tables of changed declarations anew, and folds their rows.

    All of it in one transaction: a start that is killed leaves the tables as they were. Answers
    which subjects were folded; a million cases take minutes. Raises WithoutTable.
    """
    changed = behind()
    if not changed:
        return []

    for subject in changed:
        if not _is_there(subject.table):
            raise WithoutTable(subject)
    with transaction.atomic(), connection.cursor() as cursor:
        for subject in changed:
            _make(cursor, subject)
        facts.rebuild(changed)
        for subject in changed:
            # Django's cursor reads a comment's text as no parameter: utility statements take none.
            cursor.execute(f"COMMENT ON TABLE {subject.summary} IS '{fingerprint(subject)}'")
    return changed


def fingerprint(subject: Subject) -> str:
    """Changes with every column, fold and index of the subject."""
    text = "\n".join([fold.rows(subject, "true"), *_definitions(subject), *subject.indexes])
    return hashlib.sha256(text.encode()).hexdigest()


def _is_there(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])


def _mark(cursor: Any, subject: Subject) -> str | None:
    cursor.execute(
        "SELECT obj_description(to_regclass(%s), 'pg_class')", [f"public.{subject.summary}"]
    )
    return cursor.fetchone()[0]


#: A fact of a numbered series (engine/series.py), such as paid_late_7.
_OF_A_SERIES = re.compile(r"_\d+$")
#: Bytes of the types whose values all have one length.
_WIDTHS = {"bigint": 8, "integer": 4, "date": 4, "boolean": 1}


def _definitions(subject: Subject) -> list[str]:
    """Every column but the key, as CREATE TABLE has it, in the order of the table."""
    last_event = Column("last_event_on", "date", "", always=True)
    columns = sorted([*subject.columns(), last_event], key=lambda column: _place(subject, column))

    found = []
    for column in columns:
        needed = " NOT NULL" if column.always else ""
        found.append(f"{column.name} {column.sql_type}{needed}")
    return found


def _place(subject: Subject, column: Column) -> tuple[int, int]:
    """Where a column stands in its row: what nearly every step asks first, what few ask last.

    Postgres unpacks a row up to the last column that a condition names, and a plan reads a million
    rows for each step. Values that are always there and have one length cost nothing to pass. The
    months of a series and the days of last events are read by few.
    """
    width = _WIDTHS.get(column.sql_type, 0)
    if column.always and width:
        return 0, -width
    if column.always:
        return 1, 0
    if _OF_A_SERIES.search(column.name) or column.name in subject.last_columns():
        return 3, 0
    return 2, 0


def _make(cursor: Any, subject: Subject) -> None:
    """The table anew, with the declared columns and indexes and no others. Its rows go."""
    table = subject.summary
    columns = ", ".join([f"{subject.key} bigint PRIMARY KEY", *_definitions(subject)])
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TABLE {table} ({columns})")
    for index in subject.indexes:
        name, indexed = index.split(" ", 1)
        cursor.execute(f"CREATE INDEX {name} ON {table} {indexed}")
