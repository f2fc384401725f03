"""The value of one fact of one subject, as it stands now."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from huikuan.engine.expression import fact_sql
from huikuan.engine.subjects import STANDARD


def value_of(name: str, subject: str, subject_id: int) -> object:
    """The fact of the subject, or of the nearest of its ancestors that has it; None: unknown.

    Facts that are derived, or that depend on the day, have no value here. Raises KeyError for a
    name that is no stored fact of any of them.
    """
    key = subject_id
    for each in STANDARD.lineage(subject):
        for fact in each.facts():
            if fact.name == name and fact.is_stored:
                return _read(fact.stored_as, each.summary, each.key, key)
        if each.parent:
            parent_key = STANDARD[each.parent].key
            key = _read(parent_key, each.table, "id", key)  # type: ignore[assignment]
    raise KeyError(name)


def total_on(name: str, subject: str, subject_id: int, on: dt.date) -> int:
    """An amount or number that depends on the day, such as what is overdue; minor units."""
    value = fact_sql(name, row="f", day="%(on)s::date")
    owner = STANDARD[subject]
    text = f"SELECT {value} FROM {owner.summary} f WHERE f.{owner.key} = %(id)s"
    with connection.cursor() as cursor:
        cursor.execute(text, {"on": on, "id": subject_id})
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def _read(column: str, table: str, key_column: str, key: int) -> object:
    """One cell. Names come from the declarations of the engine, never from a request."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {key_column} = %s", [key])
        row = cursor.fetchone()
    return row[0] if row else None
