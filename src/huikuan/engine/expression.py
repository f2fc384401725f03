"""A fact as SQL over a summary row, for lists and reports: the same expression that plans."""

from __future__ import annotations

import functools

import sqlglot
from sqlglot import expressions

from huikuan.engine import compile as compiled
from huikuan.engine.conditions import Node
from huikuan.engine.vocabulary import Vocabulary, standard

_DAY = "hk_the_day"


def fact_sql(name: str, *, row: str, day: str) -> str:
    """SQL of the fact `name` of a case, item or other subject.

    `row` is the alias of its summary row in the query, `day` the SQL of the day that is asked
    about: a parameter or a literal of the type date. KeyError for an unknown fact, ValueError for
    one that reads more than the row and the day.
    """
    return _expression(standard(), name, row).replace(_DAY, day)


@functools.lru_cache(maxsize=256)
def _expression(vocabulary: Vocabulary, name: str, row: str) -> str:
    """Compiled like a condition, then its columns are named after the query's own row."""
    fact = vocabulary.get(name)
    if fact is None:
        raise KeyError(name)

    joined = compiled.unbound(vocabulary, fact.subject)
    value = compiled.value(
        Node("fact", fact.type, value=name), compiled.Tables(vocabulary, joined, {})
    )
    query = sqlglot.parse_one(compiled.to_sql(joined.select(found=value)), read="postgres")
    select = query.find(expressions.Select)
    assert select is not None
    projection = select.expressions[0].unalias()

    own = {column.name for column in vocabulary.subjects[fact.subject].columns()}
    for column in list(projection.find_all(expressions.Column)):
        if column.name == "on_day":
            column.replace(expressions.column(_DAY))
        elif column.name in own:
            column.set("table", expressions.to_identifier(row))
        else:
            raise ValueError(f"{name} reads {column.name}, which is not of its own row")

    # A projection that is itself a column is replaced in its parent only.
    text: str = select.expressions[0].unalias().sql(dialect="postgres")
    return f"({text})"
