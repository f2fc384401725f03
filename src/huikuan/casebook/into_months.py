"""Turns a plain table into one that is partitioned by month, for migrations.

Postgres cannot do it in place: a new table takes the rows over in steps, each a transaction of its
own, and then the name, the indexes, the constraints, the triggers and the sequence of the old one,
whatever these are by then. Killed at any moment, the migration goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.migrations.operations.base import Operation

from huikuan.casebook import partitions
from huikuan.casebook.references import Reference, guard

#: Rows that one step copies.
STEP = 200_000
#: Months of the past that get partitions of their own; all before them share one.
MONTHS_BACK = 12

COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
INDEXES = """
SELECT pg_get_indexdef(i.indexrelid), i.indisunique,
    ARRAY(SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::int2[]))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'u')
ORDER BY c.relname
"""
CONSTRAINTS = """
SELECT k.conname, pg_get_constraintdef(k.oid), k.contype,
    ARRAY(SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey))
FROM pg_constraint k
WHERE k.conrelid = %s::regclass AND k.contype IN ('u', 'f') AND k.confrelid <> k.conrelid
ORDER BY k.conname
"""
TRIGGERS = """
SELECT pg_get_triggerdef(oid), quote_ident(tgname), tgenabled FROM pg_trigger
WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY tgname
"""
REFERRING = """
SELECT k.conrelid::regclass::text, k.conname, a.attname
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND k.confrelid = %s::regclass AND k.conparentid = 0
ORDER BY 1, 2
"""
#: When a trigger is called, as the catalogue has it.
MODES = {"A": "ENABLE ALWAYS", "D": "DISABLE", "R": "ENABLE REPLICA"}
GRANTS = """
SELECT privilege_type, grantee FROM information_schema.role_table_grants
WHERE table_schema = 'public' AND table_name = %s AND grantee <> grantor
"""


class Changed(Exception):
    """The old table changed while it was copied: another version of the program was at work."""


@dataclass(frozen=True)
class Move:
    """A table, and the column of the local day that decides about a row's month.

    `day`: SQL of the day of an old row `o`, where the column is new; `joins` is what it needs.
    `unique_elsewhere`: columns that were unique and whose uniqueness another table holds from now
    on, because no key of a partitioned table can do without its day.
    """

    table: str
    column: str
    day: str = ""
    joins: str = ""
    unique_elsewhere: tuple[str, ...] = ()

    @property
    def next(self) -> str:
        """What the new table is called until it takes the place of the old one."""
        return f"{self.table}_next"


class HeldByTriggers(Operation):
    """These references are held by triggers from now on: their fields want no constraint.

    What `AlterField` would say of each, in one step: each AlterField renders every model anew that
    has to do with an act, which are nearly all of them. The database is `move`'s business.
    """

    reduces_to_sql = False

    def __init__(self, *fields: str) -> None:
        """`fields`: model.field, in lower case."""
        self.fields = fields

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Puts fields without a constraint in the place of those with one."""
        changed = set()
        for name in self.fields:
            model, field_name = name.split(".")
            fields = state.models[app_label, model].fields
            field = fields[field_name].clone()
            field.db_constraint = False
            fields[field_name] = field
            changed.add((app_label, model))
        state.reload_models(changed, delay=True)

    def database_forwards(self, *_args: Any) -> None:
        """Nothing."""

    def database_backwards(self, *_args: Any) -> None:
        """Nothing."""

    def describe(self) -> str:
        """A line of `migrate`."""
        return f"References held by triggers: {', '.join(self.fields)}"


def move(what: Move, today: dt.date) -> None:
    """Moves the table into months. Does nothing where that was done.

    Raises Changed when the old table does not keep still a second time either.
    """
    with connection.cursor() as cursor:
        if _is_partitioned(cursor, what.table):
            return

        for _attempt in range(2):
            if not _exists(cursor, what.next):
                with transaction.atomic():
                    _create(cursor, what, today)
            _copy(cursor, what)
            with transaction.atomic():
                if _is_copied(cursor, what):
                    _swap(cursor, what)
                    return
                cursor.execute(f"DROP TABLE {what.next}")
    raise Changed(what.table)


def _exists(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"])
    return bool(cursor.fetchone()[0])


def _is_partitioned(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [table])
    return bool(cursor.fetchone()[0])


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(COLUMNS, [table])
    return [f'"{name}"' for (name,) in cursor.fetchall()]


def _create(cursor: Any, what: Move, today: dt.date) -> None:
    """The new table with the columns and checks of the old one, and its months."""
    new_column = f', "{what.column}" date NOT NULL' if what.day else ""
    cursor.execute(
        f"CREATE TABLE {what.next}"
        f" (LIKE {what.table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS{new_column})"
        f' PARTITION BY RANGE ("{what.column}")'
    )

    day = what.day or f'o."{what.column}"'
    cursor.execute(f"SELECT min({day}) FROM {what.table} o {what.joins}")
    oldest = cursor.fetchone()[0] or today
    earliest = partitions.month_after(today, -MONTHS_BACK)
    first = min(max(oldest, earliest), today)
    partitions.create_months(cursor, what.next, what.table, first, today)


def _copy(cursor: Any, what: Move) -> None:
    """Takes the rows over by their ids, from the last one that was taken over."""
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {what.table}")
    last = cursor.fetchone()[0]
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {what.next}")
    done = cursor.fetchone()[0]
    while done < last:
        with transaction.atomic():
            copy_step(cursor, what, done, done + STEP)
        done += STEP


def copy_step(cursor: Any, what: Move, after: int, until: int) -> None:
    """Copies the rows with an id above `after`, up to `until`."""
    columns = _columns(cursor, what.table)
    target = [*columns]
    source = [f"o.{name}" for name in columns]
    if what.day:
        target.append(f'"{what.column}"')
        source.append(what.day)

    cursor.execute(
        f"INSERT INTO {what.next} ({', '.join(target)})"
        f" SELECT {', '.join(source)} FROM {what.table} o {what.joins}"
        " WHERE o.id > %s AND o.id <= %s",
        [after, until],
    )


def _is_copied(cursor: Any, what: Move) -> bool:
    """Whether the rows are the same, compared while nobody can change them any more."""
    cursor.execute(f"LOCK TABLE {what.table} IN ACCESS EXCLUSIVE MODE")
    row = ", ".join(_columns(cursor, what.table))
    sums = []
    for table in (what.table, what.next):
        cursor.execute(
            f"SELECT count(*), sum(hash_record_extended(ROW({row}), 0)::numeric) FROM {table}"
        )
        sums.append(cursor.fetchone())
    return bool(sums[0] == sums[1])


def _swap(cursor: Any, what: Move) -> None:
    """Puts the new table in the place of the old one, with all that the catalogue has of that."""
    after = _definitions(cursor, what)
    referring = _referring(cursor, what)
    for table, constraint, _column in referring:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")

    sequence = _sequence(cursor, what)
    cursor.execute(f"DROP TABLE {what.table}")
    cursor.execute(f"ALTER TABLE {what.next} RENAME TO {what.table}")
    cursor.execute(
        f"ALTER TABLE {what.table} ADD CONSTRAINT {what.table}_pkey"
        f' PRIMARY KEY (id, "{what.column}")'
    )
    for statement in [*sequence, *after]:
        cursor.execute(statement)
    for table, _constraint, column in referring:
        guard(cursor, Reference(table, column, what.table))
    cursor.execute(f"ANALYZE {what.table}")


def _definitions(cursor: Any, what: Move) -> list[str]:
    """The statements that give the new table the indexes, constraints, triggers and grants."""
    cursor.execute(GRANTS, [what.table])
    grants = [f'GRANT {right} ON {what.table} TO "{role}"' for right, role in cursor.fetchall()]
    return [
        *_indexes(cursor, what),
        *_constraints(cursor, what),
        *_triggers(cursor, what),
        *grants,
    ]


def _indexes(cursor: Any, what: Move) -> Iterator[str]:
    cursor.execute(INDEXES, [what.table])
    for definition, is_unique, columns in cursor.fetchall():
        if set(columns) <= set(what.unique_elsewhere):
            continue
        if is_unique:
            _require_day(what, columns)
        yield definition


def _constraints(cursor: Any, what: Move) -> Iterator[str]:
    """Unique ones and references; checks came with the columns."""
    cursor.execute(CONSTRAINTS, [what.table])
    for name, definition, kind, columns in cursor.fetchall():
        if set(columns) <= set(what.unique_elsewhere):
            continue
        if kind == "u":
            _require_day(what, columns)
        yield f'ALTER TABLE {what.table} ADD CONSTRAINT "{name}" {definition}'


def _triggers(cursor: Any, what: Move) -> Iterator[str]:
    cursor.execute(TRIGGERS, [what.table])
    for definition, name, enabled in cursor.fetchall():
        yield definition
        if enabled in MODES:
            yield f"ALTER TABLE {what.table} {MODES[enabled]} TRIGGER {name}"


def _require_day(what: Move, columns: list[str]) -> None:
    """ValueError for a key that would be unique within a month only."""
    if what.column not in columns:
        raise ValueError(f"{what.table}: ({', '.join(columns)}) cannot be unique over all months")


def _referring(cursor: Any, what: Move) -> list[tuple[str, str, str]]:
    """Who refers to the table by a foreign key: table, constraint, column."""
    cursor.execute(REFERRING, [what.table])
    return [(table, constraint, column) for table, constraint, column in cursor.fetchall()]


def _sequence(cursor: Any, what: Move) -> list[str]:
    """The statements that let the ids go on where they are, under the same name."""
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [what.table])
    name = cursor.fetchone()[0]
    cursor.execute(f"SELECT last_value, is_called FROM {name}")
    last, is_called = cursor.fetchone()
    return [
        f"CREATE SEQUENCE {name}",
        f"SELECT setval('{name}', {last}, {is_called})",
        f"ALTER TABLE {what.table} ALTER COLUMN id SET DEFAULT nextval('{name}')",
        f"ALTER SEQUENCE {name} OWNED BY {what.table}.id",
    ]
