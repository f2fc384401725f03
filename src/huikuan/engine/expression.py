"""A fact or condition as SQL over a summary row, for lists and reports: what plans, decides."""

from __future__ import annotations

import functools
from typing import Any

import sqlglot
from sqlglot import expressions

from huikuan.engine import compile as compiled
from huikuan.engine import sources
from huikuan.engine.nodes import Node
from huikuan.engine.reading import Reading
from huikuan.engine.vocabulary import Vocabulary, standard

_DAY = "hk_the_day"


def fact_sql(name: str, *, row: str, day: str) -> str:
    """SQL of the fact `name` of a case, item or other subject.

    `row` is the alias of its summary row in the query, `day` the SQL of the day that is asked
    about: a parameter or a literal of the type date. A total becomes a subquery over the rows
    of the subject. KeyError for an unknown fact, ValueError for one that reads the row of an
    ancestor, or of the day more than the day itself.
    """
    fact = standard().get(name)
    if fact is None:
        raise KeyError(name)
    node = Node("fact", fact.type, value=name)
    return condition_sql(node, standard(), fact.subject, row=row, day=day)


def condition_sql(node: Node, vocabulary: Vocabulary, subject: str, *, row: str, day: str) -> str:
    """SQL of a condition or value over the summary row of one subject, as `fact_sql` has it."""
    return _expression(node, vocabulary, subject, row).replace(_DAY, day)


@functools.lru_cache(maxsize=256)
def _expression(node: Node, vocabulary: Vocabulary, subject: str, row: str) -> str:
    """Compiled like a step's condition, then its columns are named after the query's own row."""
    reading = Reading(vocabulary, subject, [node])
    value = compiled.value(node, compiled.Tables(vocabulary, reading.table, {}))
    select = _select(reading.select({"found": value}))

    own = {column.name for column in vocabulary.subjects[subject].columns()}
    found = {total.name: total for total in sources.totals([node], vocabulary)}
    for column in list(select.expressions[0].find_all(expressions.Column)):
        if column.name == "on_day":
            column.replace(expressions.column(_DAY))
        elif column.name in found:
            column.replace(_subquery(found[column.name], vocabulary, row))
        elif column.name in own:
            column.set("table", expressions.to_identifier(row))
        else:
            raise ValueError(f"{column.name} is not of the row of a {subject}")

    text: str = select.expressions[0].unalias().sql(dialect="postgres")
    return f"({text})"


def _select(table: Any) -> expressions.Select:
    """A compiled query as a tree."""
    query = sqlglot.parse_one(compiled.to_sql(table), read="postgres")
    assert isinstance(query, expressions.Select)
    return query


def _subquery(total: sources.Total, vocabulary: Vocabulary, row: str) -> Any:
    """A total of the query's row alone. Postgres pushes the key down into the aggregate."""
    query = _select(total.table)
    for table in list(query.find_all(expressions.Table)):
        if table.name == "run":
            day = sqlglot.parse_one(f"SELECT * FROM ({_run()}) AS {table.alias}", read="postgres")
            table.replace(day.find(expressions.Subquery))

    key = vocabulary.subjects[total.subject].key
    text = (
        f"(SELECT total.{total.name} FROM ({query.sql(dialect='postgres')}) AS total"
        f" WHERE total.{total.key} = {row}.{key})"
    )
    return sqlglot.parse_one(text, read="postgres")


def _run() -> str:
    """The row of the day, for totals: they read the day alone, and all that is known."""
    empty = [f"NULL::{kind}" for kind in map(_sql_type, compiled.RUN_COLUMNS.values())]
    columns = dict(zip(compiled.RUN_COLUMNS, empty, strict=True)) | {"on_day": _DAY}
    return "SELECT " + ", ".join(f"{value} AS {name}" for name, value in columns.items())


def _sql_type(kind: str) -> str:
    """An Ibis type as Postgres writes it."""
    if kind.startswith("array"):
        return kind.removeprefix("array<").removesuffix(">") + "[]"
    return "timestamptz" if kind.startswith("timestamp") else kind
