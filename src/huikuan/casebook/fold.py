"""The SQL that folds a subject's history into its row of facts, put together from the declarations.

A row is the subject's own row joined to one row of each family. Every statement takes the
parameters `on` and `known_at` (null: all that is known), and those of its scope.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from huikuan.engine import law
from huikuan.engine.fact import Column, Family, Subject
from huikuan.engine.subjects import STANDARD

SQL = Path(__file__).parent / "sql"
_PLACE = re.compile(r"\{(known|rows):(\w+)\}")
#: Conditions that several files need: {stands:e} of an event of a statement, {said:l} of a line.
_CONDITION = re.compile(r"\{(stands|said):(\w+)\}")
#: A figure of law on a day: {law:failed_calls:valid_on}.
_FIGURE = re.compile(r"\{law:(\w+):([^{}]+)\}")
_CONDITIONS = {"stands": "statement_event_stands.sql", "said": "statement_line_stands.sql"}


def rows(subject: Subject, scope: str) -> str:
    """One whole row for each subject in scope, which is a condition on {row}."""
    ctes = [_scope(subject, scope), *_ctes(subject, subject.families)]
    columns = [_selected(column) for column in subject.columns()]
    last_event = f"greatest({', '.join(_last_days(subject))}) AS last_event_on"
    selected = ",\n    ".join([f"{subject.row}.id AS {subject.key}", *columns, last_event])
    return f"WITH {_joined(ctes)}\nSELECT {selected}\n{_from(subject, subject.families)}"


def part(subject: Subject, families: Sequence[Family], scope: str) -> str:
    """The columns of some families, for the rows in scope."""
    wanted = _with_needs(subject, families)
    ctes = [_scope(subject, scope), *_ctes(subject, wanted)]
    columns = [_selected(column) for family in families for column in family.stored_columns()]
    selected = ",\n    ".join([f"{subject.row}.id AS {subject.key}", *columns])
    return f"WITH {_joined(ctes)}\nSELECT {selected}\n{_from(subject, wanted)}"


def instalments(cases: str, day: str) -> str:
    """The promised instalments of some cases with what was paid on each: rows of `settled`, after a
    WITH (sql/promises.sql).

    So nobody adds up a second time what counts for a promise. `cases`: a select of their ids, as
    `id`; `day`: the name of the parameter with the day on which it is asked, by all that is known.
    """
    scope = f"case_scope AS MATERIALIZED ({cases})"
    text = _joined([scope, _file("payments.sql"), _file("promises.sql")])
    return text.replace("%(on)s", f"%({day})s").replace("%(known_at)s", "NULL")


def column_names(subject: Subject) -> list[str]:
    """The columns of the summary table that `rows` fills, by name."""
    return [subject.key, *(column.name for column in subject.columns()), "last_event_on"]


def known(alias: str) -> str:
    """A row of history was true on the day, and was known by then."""
    return (
        f"{alias}.valid_on <= %(on)s AND"
        f" (%(known_at)s::timestamptz IS NULL OR {alias}.recorded_at <= %(known_at)s)"
    )


def event_stands(alias: str) -> str:
    """An event of a statement counts: it was not entered wrongly, nor sent back (sql/)."""
    return _known_in(_condition("stands", alias))


def line_stands(alias: str) -> str:
    """A line of a statement counts: the event with which it came was not entered wrongly."""
    return _known_in(_condition("said", alias))


def with_figures(text: str) -> str:
    """The SQL with the figures of law that it names."""
    return _FIGURE.sub(lambda found: law.shipped()[found[1]].sql(found[2]), text)


def _condition(name: str, alias: str) -> str:
    """The text of a shared condition without its comment, about the row `alias`."""
    lines = (SQL / _CONDITIONS[name]).read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    for place in ("{event}", "{line}"):
        text = text.replace(place, alias)
    return text


def _known_in(text: str) -> str:
    return _PLACE.sub(lambda found: known(found[2]), text)


def _scope(subject: Subject, scope: str) -> str:
    """The rows of the subject that are asked for and that exist on the day."""
    row = subject.row
    born = (
        f"{row}.{subject.born} <= %(on)s AND"
        f" (%(known_at)s::timestamptz IS NULL OR {row}.recorded_at <= %(known_at)s)"
    )
    return (
        f"{subject.name}_scope AS MATERIALIZED (\n"
        f"    SELECT {row}.* FROM {subject.table} {row} WHERE {scope} AND {born}\n)"
    )


def _ctes(subject: Subject, families: Sequence[Family]) -> list[str]:
    found = []
    for family in families:
        if family.file:
            found.append(_file(family.file))
        if family.source:
            found.append(_aggregate(subject, family))
    return found


def _aggregate(subject: Subject, family: Family) -> str:
    """One row for each subject, folded out of the rows of the family's source."""
    folds = [f"{fact.fold} AS {fact.stored_as}" for fact in family.stored() if fact.fold]
    folds += [f"{fold} AS {name}" for name, fold in family.hidden.items()]
    if family.last:
        folds.append(f"{family.last} AS last_on")

    # A source that a file defines holds only rows in scope that were known; a table holds all.
    where = ""
    if not family.file:
        in_scope = f"r.{subject.key} IN (SELECT id FROM {subject.name}_scope)"
        where = f"\n    WHERE {in_scope} AND {known('r')}"

    selected = ",\n        ".join([f"r.{subject.key}", *folds])
    return (
        f"{family.name} AS (\n    SELECT {selected}\n    FROM {family.source} r{where}\n"
        f"    GROUP BY r.{subject.key}\n)"
    )


def _with_needs(subject: Subject, families: Sequence[Family]) -> list[Family]:
    """These families and those that they read, in the order of the declaration."""
    wanted = {family.name for family in families}
    for family in reversed(subject.families):
        if family.name in wanted:
            wanted |= set(family.needs)
    return [family for family in subject.families if family.name in wanted]


def _from(subject: Subject, families: Sequence[Family]) -> str:
    lines = [f"FROM {subject.name}_scope {subject.row}"]
    if subject.joins:
        lines.append(subject.joins)
    for family in families:
        if not family.is_base:
            on = f"{family.name}.{subject.key} = {subject.row}.id"
            lines.append(f"LEFT JOIN {family.name} ON {on}")
    return "\n".join(lines)


def _last_days(subject: Subject) -> list[str]:
    """The expressions of the families' last days."""
    names = set(subject.last_columns())
    return [column.sql for column in subject.columns() if column.name in names]


def _selected(column: Column) -> str:
    return f"{column.sql} AS {column.name}"


def _joined(ctes: Sequence[str]) -> str:
    return ",\n".join(ctes)


@functools.cache
def _file(name: str) -> str:
    """A file of casebook/sql with its places filled: {known:x}, the shared conditions, figures of
    law, and {rows:item} for the rows of the items of the cases in scope."""
    text = (SQL / name).read_text(encoding="utf-8").rstrip()

    def fill(found: re.Match[str]) -> str:
        if found[1] == "known":
            return known(found[2])
        inner = STANDARD[found[2]]
        return rows(inner, f"{inner.row}.{inner.case_column} IN (SELECT id FROM case_scope)")

    conditions = _CONDITION.sub(lambda found: _condition(found[1], found[2]), text)
    return _PLACE.sub(fill, with_figures(conditions))
