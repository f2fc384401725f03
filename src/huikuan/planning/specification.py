"""A pack's own specification: facts → the steps that fire, in the field's words. Run through the real compiled query.

given: {is_open: true, has_phone: true}
cases:
  - name: 逾期第 3 天，两天一次催收
    on: 2026-03-04
    facts: {item_due_on: 2026-03-01, item_open: 100.00}
    fires: {chase_email: 2026-03-04, chase_call: 2026-03-04}
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from django.db import connection, transaction

from huikuan.casebook import facts
from huikuan.engine import plan as engine_plan
from huikuan.engine.conditions import MINOR_UNITS
from huikuan.engine.fact import Fact, Subject
from huikuan.engine.playbook import Playbook
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.calendar import Calendar
from huikuan.lib.days import add_months
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning.run_row import with_run

_FIRST_DAY = dt.date(2000, 1, 1)
_PRODUCT = "p"
#: Of what is never unknown, by type.
_EMPTY: dict[str, object] = {
    "boolean": False,
    "integer": 0,
    "bigint": 0,
    "date": _FIRST_DAY,
    "text": "",
}


@dataclass(frozen=True)
class Example:
    """One case of a specification. fires: step → day on which it is due (None: any day)."""

    name: str
    place: str
    on: dt.date
    facts: dict[str, object]
    fires: dict[str, dt.date | None]


def read_examples(
    file: Path, book: Playbook, vocabulary: Vocabulary
) -> tuple[list[Example], list[Problem]]:
    """The cases of one file, and everything that is wrong with it."""
    problems: list[Problem] = []
    root, found = yamlfile.load(file, file.name)
    problems += found
    if root is None or not yamlfile.check_keys(root, ("cases",), ("given",), problems):
        return [], problems
    node = yamlfile.as_mapping(root, problems)
    assert node is not None
    given = _facts(node.get("given"), vocabulary, problems)
    listed = yamlfile.as_sequence(node["cases"], problems)
    examples = [
        e for entry in (listed or ()) if (e := _example(entry, given, book, vocabulary, problems))
    ]
    return ([] if problems else examples), problems


def _example(
    entry: yamlfile.Node,
    given: dict[str, object],
    book: Playbook,
    vocabulary: Vocabulary,
    problems: list[Problem],
) -> Example | None:
    if not yamlfile.check_keys(entry, ("name", "on", "fires"), ("facts",), problems):
        return None
    node = yamlfile.as_mapping(entry, problems)
    assert node is not None
    on = yamlfile.as_date(node["on"], problems)
    stated = {**given, **_facts(node.get("facts"), vocabulary, problems)}
    fires = _fires(node["fires"], book, problems)
    name = yamlfile.as_text(node["name"], problems)
    return Example(name or "", f"{node.file}:{node.line}", on, stated, fires) if on else None


def _fires(
    node: yamlfile.Node, book: Playbook, problems: list[Problem]
) -> dict[str, dt.date | None]:
    if isinstance(node, yamlfile.Sequence):
        named: dict[str, dt.date | None] = {str(entry): None for entry in node}
    else:
        mapping = yamlfile.as_mapping(node, problems)
        named = {
            step: yamlfile.as_date(day, problems)
            for step, day in (mapping.items() if mapping else ())
        }
    known = [step.id for step in book.steps]
    for step in named:
        if step not in known:
            near = did_you_mean(step, known)
            params = {"step": step, "near": near}
            message, remedy = (
                _("the playbook has no step {step}"),
                _("did you mean {near}?") if near else "",
            )
            place = node.key_place(step) if isinstance(node, yamlfile.Mapping) else node
            problems.append(
                Problem(
                    "specification.step",
                    message,
                    remedy,
                    params,
                    place.file,
                    line=place.line,
                    column=place.column,
                )
            )
    return named


def _facts(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> dict[str, object]:
    mapping = yamlfile.as_mapping(node, problems)
    read: dict[str, object] = {}
    if mapping is None:
        return read
    for name, value in mapping.items():
        fact = vocabulary.get(name)
        if fact is None or fact.expr or fact.subject in (RUN, ACT):
            stored = [f.name for f in vocabulary if not f.expr and f.subject not in (RUN, ACT)]
            near = did_you_mean(name, stored)
            params = {"name": name, "near": near}
            message = _("{name} is not a stored fact; only stored facts can be given")
            remedy = _("did you mean {near}?") if near else ""
            place = mapping.key_place(name)
            problems.append(
                Problem(
                    "specification.fact",
                    message,
                    remedy,
                    params,
                    place.file,
                    line=place.line,
                    column=place.column,
                )
            )
            continue
        read[fact.column or fact.name] = _typed(fact, value, problems)
    return read


def _typed(fact: Fact, node: yamlfile.Node, problems: list[Problem]) -> object:
    if isinstance(node, yamlfile.Scalar) and node.text == "none":
        return None
    if fact.type == "date":
        return yamlfile.as_date(node, problems)
    if fact.type == "bool":
        return yamlfile.as_bool(node, problems)
    if fact.type == "int":
        return yamlfile.as_int(node, problems)
    if fact.type == "money":
        return int((yamlfile.as_decimal(node, problems) or Decimal(0)) * MINOR_UNITS)
    return (
        yamlfile.as_choice(node, tuple(fact.options), problems)
        if fact.options
        else yamlfile.as_text(node, problems)
    )


@transaction.atomic
def fired(example: Example, sql: str, pack: str, calendar: Calendar) -> dict[str, dt.date]:
    """The steps that fire for the example's facts, with the day on which each is due."""
    with connection.cursor() as cursor:
        for subject in facts.of_cases():
            _insert(cursor, subject, example.facts)

        product = example.facts.get("product", _PRODUCT)
        run, parameters = with_run(example.on, calendar, [(1, str(product), pack)])
        text = f"{run} SELECT step, due_on FROM ({sql.replace('%', '%%')}) d"
        cursor.execute(text, cast(Any, parameters))
        return dict(cursor.fetchall())


def _insert(cursor: Any, subject: Subject, given: dict[str, object]) -> None:
    """One row of the subject with the given facts; what must be known and is not given is empty."""
    columns = subject.columns()
    row: dict[str, object] = {
        column.name: _EMPTY[column.sql_type] for column in columns if column.always
    }
    row |= {column.name: given[column.name] for column in columns if column.name in given}
    row |= {subject.key: 1, "case_id": 1, "last_event_on": _FIRST_DAY}
    if subject.name == "case":
        row |= {"creditor_id": 1, "product": given.get("product", _PRODUCT)}
    if subject.name == "item":
        row |= _follows(row)
    if subject.name == "statement" and "statement_from_on" not in given:
        month = row["statement_month"]
        assert isinstance(month, dt.date)
        row["statement_from_on"] = add_months(month, 1)

    table = subject.summary
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table}) ON COMMIT DROP")
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    cursor.execute(f"INSERT INTO pg_temp.{table} ({names}) VALUES ({marks})", list(row.values()))


def _follows(item: dict[str, object]) -> dict[str, object]:
    """What the history would say of an item besides."""
    due = item["due_on"]
    assert isinstance(due, dt.date)
    months = {f"due_{n}m_on": add_months(due, n) for n in (1, 2, 3)}
    return months | {"disputed": item.get("disputed_on") is not None}


def query(book: Playbook, vocabulary: Vocabulary) -> str:
    """The playbook's query without contact rules: a specification of the procedure alone."""
    return engine_plan.plan_sql(book, vocabulary)
