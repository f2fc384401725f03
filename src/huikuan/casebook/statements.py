"""Statements whose plan we know better than Postgres: it plans what is prepared anew for five executions, then for all values.

The facts of a case, the gate's question and the plan of one case take ten times as long to plan as to run.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def kept(statement: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Runs a statement whose plan is good for all values: a connection makes it once. One round trip.

    Gives the rows by the names of its columns; none for a statement that only writes.
    """
    with connection.cursor() as outer, connection.wrap_database_errors:
        link: psycopg.Connection[Any] = outer.connection
        cursor = psycopg.RawCursor(link)
        text, order = _numbered(statement)
        with link.pipeline():  # an error takes the setting back, too
            link.execute("SET plan_cache_mode = force_generic_plan")
            cursor.execute(text, [given[name] for name in order], prepare=True)
            link.execute("RESET plan_cache_mode")
        return named(cursor) if cursor.description else []


def named(cursor: Any) -> list[dict[str, Any]]:
    """The rows that the cursor still has, by the names of their columns."""
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@functools.lru_cache(maxsize=256)
def _numbered(statement: str) -> tuple[bytes, list[str]]:
    """The statement as Postgres reads it, `$1` for `%(name)s`, and the names in their order. psycopg would search a quarter of a
    megabyte for them at each execution."""
    order: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:  # %%
            return "%"
        if name not in order:
            order.append(name)
        return f"${order.index(name) + 1}"

    return re.sub(r"%(?:\((\w+)\)s|%)", number, statement).encode(), order


def once(statement: str, given: Mapping[str, Any]) -> None:
    """Runs a statement that is planned for these very values, however often it comes."""
    with connection.cursor() as outer, connection.wrap_database_errors:
        psycopg.Cursor(outer.connection).execute(statement.encode(), given, prepare=False)
