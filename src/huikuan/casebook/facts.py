"""The only join that makes facts: one row per case and per item, as of a day.

Two sources behind one schema. The summary tables hold the query's own result and are good for every day from their
`last_event_on` on; the raw history answers for earlier days and for "as it was known then".
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.types.numeric import Int8

from huikuan.casebook.models import CaseSummary, ItemSummary
from huikuan.casebook.statements import kept, once

FOREVER = dt.date(9999, 12, 30)
SQL = Path(__file__).parent / "sql"
SUMMARIES = (CaseSummary, ItemSummary)
FEW = 20


@functools.cache
def _text(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def case_facts_sql(scope: str) -> str:
    """SQL of one fact row per case. `scope` is a condition on casebook_case c; parameters: on, known_at, and the scope's."""
    return (
        _text("case_facts.sql")
        .replace("{item_facts}", _text("item_facts.sql"))
        .replace("{scope}", scope)
    )


def item_facts_sql(scope: str) -> str:
    """SQL of one fact row per item, with the parameters of case_facts_sql."""
    chosen = (
        f"WITH scope AS MATERIALIZED (SELECT c.* FROM casebook_case c WHERE {scope} AND c.placed_on <= %(on)s"
        " AND (%(known_at)s::timestamptz IS NULL OR c.recorded_at <= %(known_at)s))\n"
    )
    return chosen + _text("item_facts.sql")


def _queries(scope: str) -> list[tuple[type[CaseSummary] | type[ItemSummary], str]]:
    return [(CaseSummary, case_facts_sql(scope)), (ItemSummary, item_facts_sql(scope))]


def refresh(case_ids: Iterable[int]) -> None:
    """Folds the history of these cases into their summary rows, in the caller's transaction."""
    ids = sorted(set(case_ids))
    if not ids:
        return
    parameters: dict[str, object] = {
        "on": FOREVER,
        "known_at": None,
        "ids": [Int8(key) for key in ids],
    }
    run = kept if len(ids) <= FEW else once  # the plan for few cases is wrong for many
    for statement in _refreshes():
        run(statement, parameters)


@functools.cache
def _refreshes() -> list[str]:
    return [_upsert(model, query) for model, query in _queries("c.id = ANY(%(ids)s)")]


def add_new(condition: str, parameters: dict[str, Any]) -> None:
    """Summary rows of cases that have none yet, in bulk. `condition` is about casebook_case c."""
    with connection.cursor() as cursor:
        for model, query in _queries(condition):
            cursor.execute(_insert(model, query), {"on": FOREVER, "known_at": None, **parameters})


def rebuild() -> None:
    """All summary rows anew from the raw history."""
    with connection.cursor() as cursor:
        for model, query in _queries("true"):
            table = model._meta.db_table
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(_insert(model, query), {"on": FOREVER, "known_at": None})
            cursor.execute(f"ANALYZE {table}")


def differences(
    limit: int = 20, *, only: Iterable[int] | None = None
) -> list[tuple[str, int, str, tuple[Any, ...]]]:
    """Summary rows that are not what the history says: (table, key, stored or computed, row). For `doctor --facts`.

    `only`: ids of the cases to look at; a million take minutes.
    """
    ids = None if only is None else sorted(set(only))
    scope, of_cases = (
        ("true", "") if ids is None else ("c.id = ANY(%(ids)s)", " WHERE case_id = ANY(%(ids)s)")
    )
    found: list[tuple[str, int, str, tuple[Any, ...]]] = []
    with connection.cursor() as cursor:
        for model, query in _queries(scope):
            table, columns = model._meta.db_table, _columns(model)
            stored = f"SELECT {', '.join(columns)} FROM {table}{of_cases}"
            for sign, one, two in (("stored", stored, query), ("computed", query, stored)):
                given = {"on": FOREVER, "known_at": None, "ids": ids}
                cursor.execute(f"({one}) EXCEPT ({two}) LIMIT {limit}", given)
                found += [(table, row[0], sign, row) for row in cursor.fetchall()]
    return found[:limit]


@contextmanager
def as_of(
    on: dt.date, known_at: dt.datetime | None = None, *, only: list[int] | None = None
) -> Iterator[bool]:
    """Makes the fact tables answer for `on` inside the block, which must lie in a transaction. True if the history is read.

    Temporary tables come before permanent ones of the same name in Postgres' search, so the same compiled SQL reads
    either source. Only cases with an event after `on` are read from the history, unless `known_at` asks for the past.
    With `only`, the tables hold just these cases, read from the history.
    """
    with connection.cursor() as cursor:
        read = only is not None or known_at is not None or _has_later(cursor, on)
        if read:
            _shadow(cursor, on, known_at, only)
        yield read
        if read:
            for model in SUMMARIES:
                cursor.execute(f"DROP TABLE pg_temp.{model._meta.db_table}")


def _has_later(cursor: Any, on: dt.date) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM casebook_casesummary WHERE last_event_on > %s)", [on]
    )
    return bool(cursor.fetchone()[0])


def _shadow(cursor: Any, on: dt.date, known_at: dt.datetime | None, only: list[int] | None) -> None:
    later = "c.id IN (SELECT s.case_id FROM public.casebook_casesummary s WHERE s.last_event_on > %(on)s)"
    scope = "c.id = ANY(%(ids)s)" if only is not None else "true" if known_at else later
    for model, query in _queries(scope):
        table, names = model._meta.db_table, ", ".join(_columns(model))
        _create_shadow(cursor, model, query, {"on": on, "known_at": known_at, "ids": only})
        if scope == later:
            kept = "SELECT s.case_id FROM public.casebook_casesummary s WHERE s.last_event_on <= %(on)s"
            copied = f"SELECT {names} FROM public.{table} t WHERE t.case_id IN ({kept})"
            cursor.execute(f"INSERT INTO pg_temp.{table} ({names}) {copied}", {"on": on})
        cursor.execute(f"ANALYZE pg_temp.{table}")


def _create_shadow(
    cursor: Any,
    model: type[CaseSummary] | type[ItemSummary],
    query: str,
    parameters: dict[str, object],
) -> None:
    table = model._meta.db_table
    cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table}) ON COMMIT DROP")
    cursor.execute(
        f"INSERT INTO pg_temp.{table} ({', '.join(_columns(model))}) {query}", parameters
    )


def _columns(model: type[CaseSummary] | type[ItemSummary]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _insert(model: type[CaseSummary] | type[ItemSummary], query: str) -> str:
    return f"INSERT INTO {model._meta.db_table} ({', '.join(_columns(model))}) {query}"


def _upsert(model: type[CaseSummary] | type[ItemSummary], query: str) -> str:
    key, *rest = _columns(model)
    sets = ", ".join(f"{column} = EXCLUDED.{column}" for column in rest)
    return f"{_insert(model, query)} ON CONFLICT ({key}) DO UPDATE SET {sets}"
