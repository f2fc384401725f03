"""What a fact, a family of facts and a subject are. The whole engine stands on this.

A declaration is itself and no other: two are equal when they are the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: How Postgres stores a type of the condition language. Money is integer minor units.
SQL_TYPES = {
    "bool": "boolean",
    "int": "integer",
    "date": "date",
    "money": "bigint",
    "text": "text",
}
#: Chinese and English.
Words = tuple[str, str]
#: Since when a fact is as it is. Its own day, and once known it stays known: the day of an event. A
#: day that passes again, such as that of a hold, names itself as an expression. From the beginning.
#: Taken for every day as it stands today: a due day counts before it has come.
ITSELF = "itself"
ALWAYS = "always"
AS_IT_STANDS = "as it stands"
#: The list of words that a pack makes itself: outcomes.yaml.
OUTCOMES = "outcomes"


@dataclass(frozen=True)
class Total:
    """What is counted or summed up over the rows of a subject below, on the day of the question.

    over: the name of that subject, whose parent is the fact's. where: a condition on what a step
    about such a row may read. value: what is added up; without it the rows are counted.
    """

    over: str
    where: str
    value: str = ""


@dataclass(frozen=True, eq=False)
class Fact:
    """One thing that a procedure or a contact rule may ask of a subject.

    type: bool | int | date | money | text. A fact is stored, derived or a total. A stored one says
    how it is folded out of the history: `fold` is an aggregate over the rows of its family, `sql`
    the expression of the finished row (without it, what was folded). A derived one is an expression
    of the condition language over other facts (`expr`). A `total` depends on the day and on rows of
    another subject; it is computed only where somebody asks for it. `always`: it is never unknown.

    What `since(…)` asks (engine/since.py): `since` is the day since which the fact is as it is, as
    an expression over other facts, ITSELF, ALWAYS or AS_IT_STANDS; empty where no day says so.
    `course`: falls or rises, of a value that never does the other. `made_of`: the rows below that a
    stored amount or number is made of, so that the day on which it reached an amount can be told.

    `options`: the words that it may take. `words_of`: where a pack lists them itself: OUTCOMES.
    """

    name: str
    type: str
    zh: str
    en: str
    meaning: str
    source: str
    unit: str = ""
    options: Mapping[str, Words] = field(default_factory=dict)
    expr: str = ""
    column: str = ""
    always: bool = False
    fold: str = ""
    sql: str = ""
    subject: str = ""
    total: Total | None = None
    since: str = ""
    course: str = ""
    made_of: Total | None = None
    words_of: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a fact that is said to be always known and would not be."""
        if self.always and self.fold and not self.sql:
            raise ValueError(
                f"{self.name}: always=True wants sql=…: of what has no such rows nothing is folded,"
                " so write what is then so, such as sql='coalesce(family.column, 0)'"
            )

    @property
    def is_stored(self) -> bool:
        """It has a column in the summary table."""
        return not self.expr and self.total is None

    @property
    def stored_as(self) -> str:
        """Its column in the summary table."""
        return self.column or self.name

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Column:
    """A column of the summary row of which no procedure speaks, such as who holds the case."""

    name: str
    sql_type: str
    sql: str
    always: bool = False


@dataclass(frozen=True, eq=False)
class Family:
    """Facts that are folded out of the same rows, and change together.

    `reads`: the tables whose rows it folds; a writer of one of them refreshes it. `source`: what is
    aggregated, a table or a name that `file` (casebook/sql) defines; {row} is a row of it. Without
    a source the file itself defines the family's rows; without a file the rows are those of the
    subject. `needs`: families whose rows the file or the expressions read. `last`: the last day of
    which a row speaks, as an aggregate. `hidden`: folds that only other expressions read.
    """

    name: str
    facts: tuple[Fact, ...]
    reads: tuple[str, ...]
    source: str = ""
    file: str = ""
    needs: tuple[str, ...] = ()
    last: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()

    @property
    def is_base(self) -> bool:
        """Its rows are the subject's own: nothing is folded."""
        return not self.source and not self.file

    @property
    def last_column(self) -> str:
        return f"{self.name}_last_on"

    def stored(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_stored]

    def stored_columns(self) -> list[Column]:
        """Every column that the family fills, its last day included."""
        given = [
            Column(fact.stored_as, fact.sql_type, self._finished(fact), fact.always)
            for fact in self.stored()
        ]
        last_day = f"{self.name}.last_on"
        if self.is_base:
            last_day = self.last
        if not self.last:
            return [*self.columns, *given]
        return [*self.columns, *given, Column(self.last_column, "date", last_day)]

    def _finished(self, fact: Fact) -> str:
        return fact.sql or f"{self.name}.{fact.stored_as}"


@dataclass(frozen=True, eq=False)
class Subject:
    """What a step may be about: a case, an item, a statement.

    `table`: its rows, called {row} in SQL; `summary`: its facts, one row each, keyed by `key`.
    `parent`: the subject it belongs to, whose key is the column of that name in both tables.
    `case_column`: the column of `table` that names its case, empty where it has none. `born`: a
    row exists from that day on. `on_book`: the fact that says from which day we have it, so that no
    task about it is due earlier; empty where that is the day of its parent. `joins`: what the
    expressions of its families read besides.
    `wall`: what decides who sees it: the case, the creditor, or the organisation. `label`: how
    people call one of them, an expression over {row}. `events`: what may happen to it, and a step
    may record. `keeps_days`: its last event is not among those of its case, so a past day must
    look at its own; such a summary has an index on last_event_on.
    """

    name: str
    title: Words
    table: str
    row: str
    summary: str
    key: str
    born: str
    label: str
    families: tuple[Family, ...]
    parent: str = ""
    case_column: str = ""
    joins: str = ""
    wall: str = "case"
    derived: tuple[Fact, ...] = ()
    indexes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    keeps_days: bool = False
    on_book: str = ""

    def facts(self) -> list[Fact]:
        """Every fact of the subject, stored ones first."""
        found = [fact for family in self.families for fact in family.facts]
        return [*found, *self.derived]

    def columns(self) -> list[Column]:
        """Every column of the summary but the key and the day of the last event."""
        return [column for family in self.families for column in family.stored_columns()]

    def last_columns(self) -> list[str]:
        """The columns whose latest day is the day of the subject's last event."""
        return [family.last_column for family in self.families if family.last]

    def touched_by(self, tables: frozenset[str]) -> list[Family]:
        """The families that rows of these tables change, and those that read such a family."""
        touched = {family.name for family in self.families if tables & set(family.reads)}
        for family in self.families:  # declared after what they need
            if touched & set(family.needs):
                touched.add(family.name)
        return [family for family in self.families if family.name in touched]
