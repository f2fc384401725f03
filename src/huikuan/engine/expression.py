"""A fact or condition as SQL over a summary row, for lists and reports: what plans, decides."""

from __future__ import annotations

import functools

import sqlglot
from sqlglot import expressions

from huikuan.engine import compile as compiled
from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import Vocabulary, standard

_DAY = "hk_the_day"


def fact_sql(name: str, *, row: str, day: str) -> str:
    """SQL of the fact `name` of a case, item or other subject.

    `row` is the alias of its summary row in the query, `day` the SQL of the day that is asked
    about: a parameter or a literal of the type date. KeyError for an unknown fact, ValueError for
    one that reads more than the row and the day.
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
    joined = compiled.unbound(vocabulary, subject)
    value = compiled.value(node, compiled.Tables(vocabulary, joined, {}))
    query = sqlglot.parse_one(compiled.to_sql(joined.select(found=value)), read="postgres")
    select = query.find(expressions.Select)
    assert select is not None

    own = {column.name for column in vocabulary.subjects[subject].columns()}
    for column in list(select.expressions[0].find_all(expressions.Column)):
        if column.name == "on_day":
            column.replace(expressions.column(_DAY))
        elif column.name in own:
            column.set("table", expressions.to_identifier(row))
        else:
            raise ValueError(f"{column.name} is not of the row of a {subject}")

    text: str = select.expressions[0].unalias().sql(dialect="postgres")
    return f"({text})"
