"""The summary tables, made and kept in step with the declared facts.

They hold nothing that the history does not say, so they are no business of migrations: whoever
declares a fact adds a column here at the next start, and its rows are folded anew.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, fold
from huikuan.engine.fact import Subject


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
    """Creates what is missing, drops what is not declared, folds the changed tables anew.

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
            _fit(cursor, subject)
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


def _definitions(subject: Subject) -> list[str]:
    """Every column but the key, as CREATE TABLE has it. Tables are empty when columns come."""
    found = []
    for column in subject.columns():
        needed = " NOT NULL" if column.always else ""
        found.append(f"{column.name} {column.sql_type}{needed}")
    return [*found, "last_event_on date NOT NULL"]


def _fit(cursor: Any, subject: Subject) -> None:
    """The table with the declared columns and indexes, and no others. Its rows go."""
    table = subject.summary
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({subject.key} bigint PRIMARY KEY)")
    cursor.execute(f"TRUNCATE {table}")
    present = _columns(cursor, table)
    declared = fold.column_names(subject)

    for name in present:
        if name not in declared:
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for definition in _definitions(subject):
        name = definition.split(" ")[0]
        if name not in present:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {definition}")
    for name in _indexes(cursor, table):
        cursor.execute(f"DROP INDEX {name}")
    for index in subject.indexes:
        name, columns = index.split(" ", 1)
        cursor.execute(f"CREATE INDEX {name} ON {table} {columns}")


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s",
        [table],
    )
    return [row[0] for row in cursor.fetchall()]


def _indexes(cursor: Any, table: str) -> list[str]:
    """Every index of the table but that of its key."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " WHERE i.indrelid = to_regclass(%s) AND NOT i.indisprimary",
        [f"public.{table}"],
    )
    return [row[0] for row in cursor.fetchall()]
