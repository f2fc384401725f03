"""References to tables that are partitioned, which Postgres cannot hold by a foreign key.

The key of such a table holds its day, and who refers to it knows the id alone. A trigger looks the
row up when a reference is written, at the end of the transaction, as a foreign key would; `doctor`
looks for those that lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from huikuan.casebook import partitions

#: A row that is gone by the end of its transaction refers to nothing any more.
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.{column} IS NOT NULL
        AND NOT EXISTS (SELECT FROM {target} WHERE id = NEW.{column})
        AND EXISTS (SELECT FROM {table} WHERE id = NEW.id AND {column} = NEW.{column})
    THEN
        RAISE foreign_key_violation USING
            MESSAGE = '{table}.{column} refers to no row of {target}: ' || NEW.{column},
            CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE OF {column} ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {name}()
"""
LOST = """
SELECT count(*) FROM {table} r
WHERE r.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {target} t WHERE t.id = r.{column})
"""


@dataclass(frozen=True)
class Reference:
    """A column that holds ids of a partitioned table."""

    table: str
    column: str
    target: str

    @property
    def name(self) -> str:
        """Of its trigger and of the function behind it."""
        return f"{self.table}_{self.column}_refers"

    def values(self) -> dict[str, str]:
        """What the statements of this file are filled with."""
        return {
            "table": self.table,
            "column": self.column,
            "target": self.target,
            "name": self.name,
        }


def guard(cursor: Any, reference: Reference) -> None:
    """Makes the trigger. The table that refers needs a column `id`."""
    cursor.execute(FUNCTION.format(**reference.values()))
    cursor.execute(TRIGGER.format(**reference.values()))


def to_partitioned() -> Iterator[Reference]:
    """Every reference that the models have to a table partitioned by month."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.ForeignKey):
                continue
            target = field.related_model._meta.db_table
            if target in partitions.MONTHLY:
                yield Reference(model._meta.db_table, field.column, target)


def lost() -> dict[Reference, int]:
    """The references that lead nowhere, and of how many rows: minutes for a large book."""
    found = {}
    with connection.cursor() as cursor:
        for reference in to_partitioned():
            cursor.execute(LOST.format(**reference.values()))
            count = int(cursor.fetchone()[0])
            if count:
                found[reference] = count
    return found
