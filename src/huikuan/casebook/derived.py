"""Derived facts as SQL for lists and reports: the declared expression and nothing else."""

from __future__ import annotations

import functools

from django.db import models

from huikuan.engine import compile as compiled
from huikuan.engine import sources, vocabulary
from huikuan.engine.nodes import Node

#: The fields of the types that a derived fact may have.
_FIELDS: dict[str, type[models.Field]] = {
    "bool": models.BooleanField,
    "int": models.IntegerField,
    "date": models.DateField,
    "money": models.BigIntegerField,
    "text": models.TextField,
}


def derived(subject: str, name: str, *, key: str = "pk") -> models.Func:
    """The fact as an expression of a query set whose column `key` is the key of the subject."""
    words = vocabulary.standard()
    fact = words.get(name)
    assert fact is not None, name

    query = derived_sql(subject, name).replace("%", "%%")
    of = f"d.{words.subjects[subject].key} = %(expressions)s"
    template = f"(SELECT d.{name} FROM ({query}) d WHERE {of})"
    return models.Func(key, template=template, output_field=_FIELDS[fact.type]())


@functools.cache
def derived_sql(subject: str, name: str) -> str:
    """A query of (key, value) over the summary rows of the subject.

    For facts that read neither the day nor an ancestor; ibis refuses others.
    """
    words = vocabulary.standard()
    fact = words.get(name)
    assert fact is not None, name

    summary = sources.summary(words, words.subjects[subject], whose=False)
    tables = compiled.Tables(words, summary, {})
    found = compiled.value(Node("fact", fact.type, value=name), tables)
    key = words.subjects[subject].key
    return compiled.to_sql(summary.select(**{key: summary[key], name: found}))
