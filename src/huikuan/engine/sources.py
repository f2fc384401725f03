"""Where facts come from, as unbound Ibis tables: summary rows, the day, and totals over dated rows.

A total is an aggregate joined to the row of the subject. It is joined only where a condition names
it, so a pack pays for what it uses. The day comes through `run`: one text serves every day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from huikuan.engine import compile as compiled
from huikuan.engine import history, since
from huikuan.engine.compile import IBIS_TYPES, RUN_COLUMNS, Tables
from huikuan.engine.derive import counted
from huikuan.engine.fact import Fact, Subject
from huikuan.engine.nodes import MEMORY, Node
from huikuan.engine.vocabulary import Vocabulary

#: Rows of history: the columns that totals read.
CONTACTS = {
    "case_id": "int64",
    "point_id": "int64",
    "channel": "string",
    "inbound": "boolean",
    "valid_on": "date",
    "recorded_at": "timestamp('UTC')",
}
POINTS = {"id": "int64", "whose": "string"}
DONE = {
    "subject_id": "int64",
    "step_id": "int32",
    "valid_on": "date",
    "recorded_at": "timestamp('UTC')",
    "void_at": "timestamp('UTC')",
}
STEPS = {"id": "int32", "pack": "string", "code": "string"}
HOLDS = {
    "case_id": "int64",
    "item_id": "int64",
    "account_id": "int64",
    "scope": "string",
    "valid_on": "date",
    "ended_on": "date",
    "ended_at": "timestamp('UTC')",
    "recorded_at": "timestamp('UTC')",
}
#: Whose case it is, for holds that reach a person.
PERSONS = {"case_id": "int64", "person_id": "int64"}
#: Of which account an item is, for holds of its own and of the account.
ACCOUNTS = {"item_id": "int64", "account_id": "int64"}
#: Owners of points on the debtor's side. What goes to no point in particular counts there too.
DEBTOR_SIDE = ("debtor", "guarantor", "co_debtor")


@dataclass(frozen=True)
class Total:
    """One aggregate: `table` has the key of the subject as `key`, and the value as `name`."""

    name: str
    subject: str
    table: ir.Table

    @property
    def key(self) -> str:
        return f"of_{self.name}"[:60]


def unbound(vocabulary: Vocabulary, subject: str, nodes: Sequence[Node] = ()) -> ir.Table:
    """One row per subject with its own facts, those of its ancestors, and the day, as an unbound
    Ibis table. With the totals that these conditions name."""
    return joined(vocabulary, subject, list(beside(nodes, vocabulary)))


@dataclass(frozen=True)
class Beside:
    """A table that is joined to the rows of a subject: where its `of` equals the table's `key`."""

    of: str
    key: str
    table: ir.Table


def beside(nodes: Sequence[Node], vocabulary: Vocabulary) -> Iterator[Beside]:
    """What these conditions read beside the summary rows: totals, counted or stated."""
    for total in totals(nodes, vocabulary):
        yield Beside(vocabulary.subjects[total.subject].key, total.key, total.table)
    yield from _stated(nodes, vocabulary)


def joined(
    vocabulary: Vocabulary,
    subject: str,
    others: Sequence[Beside],
    only: Collection[str] | None = None,
) -> ir.Table:
    """`unbound`, whose totals are there already. `only`: the columns that are read of facts and of
    the day, where others are to be left out (engine/reading.py)."""
    own, *ancestors = vocabulary.subjects.lineage(subject)
    rows = summary(vocabulary, own, whose=not ancestors, only=only)
    for place, ancestor in enumerate(ancestors, start=1):
        is_root = place == len(ancestors)
        above = summary(vocabulary, ancestor, whose=is_root, only=only)
        rows = rows.join(above, ancestor.key)

    for other in others:
        rows = rows.left_join(other.table, rows[other.of] == other.table[other.key])
    return rows.cross_join(run(only))


def every_column(vocabulary: Vocabulary, subject: str, others: Sequence[Beside]) -> dict[str, Any]:
    """The columns that `joined` has, and their types."""
    found: dict[str, Any] = {}
    for one in vocabulary.subjects.lineage(subject):
        found |= summary_columns(vocabulary, one, whose=not one.parent)
    for other in others:
        found |= dict(other.table.schema().items())
    return found | RUN_COLUMNS


def run(only: Collection[str] | None = None) -> ir.Table:
    """The one row of the day. `only`: the columns that are read of it; its day is always there."""
    columns = {
        name: kind
        for name, kind in RUN_COLUMNS.items()
        if only is None or name in only or name == "on_day"
    }
    return ibis.table(columns, name="run")


def summary(
    vocabulary: Vocabulary,
    subject: Subject,
    *,
    whose: bool,
    only: Collection[str] | None = None,
) -> ir.Table:
    """The fact table of a subject. `whose`: with the columns that say to which house and creditor
    it belongs; of a lineage only the root carries them, so that no name stands twice. `only`: the
    columns that are read, beside the keys."""
    keys = _keys(vocabulary, subject)
    columns = summary_columns(vocabulary, subject, whose=whose)
    if only is not None:
        columns = {name: columns[name] for name in columns if name in only or name in keys}
    return ibis.table(columns, name=subject.summary)


def _keys(vocabulary: Vocabulary, subject: Subject) -> list[str]:
    """The column that tells the subject's rows apart, and that of its parent."""
    if not subject.parent:
        return [subject.key]
    return [subject.key, vocabulary.subjects[subject.parent].key]


def summary_columns(vocabulary: Vocabulary, subject: Subject, *, whose: bool) -> dict[str, str]:
    """The columns of `summary`, and their types."""
    columns = dict.fromkeys(_keys(vocabulary, subject), "int64")
    if whose:
        columns |= {"organisation_id": "int64", "creditor_id": "int64"}
    for fact in vocabulary.stored(subject.name):
        columns[fact.stored_as] = IBIS_TYPES[fact.type]
    return columns


def totals(nodes: Iterable[Node], vocabulary: Vocabulary) -> Iterator[Total]:
    """The aggregates that the conditions read, each once."""
    inlined = [since.resolved(node, vocabulary) for node in nodes]
    names = dict.fromkeys(name for node in inlined for name in node.facts())
    for name in names:
        fact = vocabulary.get(name)
        if fact is not None and fact.total is not None:
            yield _of_rows_below(fact, vocabulary)

    for node in history.reads(inlined).values():
        if node.op in MEMORY:
            yield _memory(node, vocabulary)
        elif node.op == history.HELD:
            yield _days_held(node, vocabulary)
        else:
            yield _window(node)

    unheld = {
        history.label(piece): piece
        for node in inlined
        for piece in node.walk()
        if piece.op == history.UNHELD
    }
    for node in unheld.values():
        yield _days_moved(node, vocabulary)

    reached = {
        since.label(piece): piece
        for node in inlined
        for piece in node.walk()
        if piece.op == since.REACHED
    }
    for node in reached.values():
        yield _reached(node, vocabulary)


def given_table(subject: str) -> str:
    """The table of the totals that are stated of a subject. Only specifications have one."""
    return f"given_{subject}"


def _stated(nodes: Iterable[Node], vocabulary: Vocabulary) -> Iterator[Beside]:
    """The totals that cases of a specification state, for each subject of which some are read."""
    if not vocabulary.given:
        return

    names = {name for node in nodes for name in since.resolved(node, vocabulary).facts()}
    facts = [fact for fact in vocabulary if fact.name in names & vocabulary.given]
    for subject in dict.fromkeys(fact.subject for fact in facts):
        columns = {
            compiled.given_column(f.name): _TYPES[f.type] for f in facts if f.subject == subject
        }
        key = f"given_of_{subject}"
        table = ibis.table({key: "int64", **columns}, name=given_table(subject))
        yield Beside(vocabulary.subjects[subject].key, key, table)


def _of_rows_below(fact: Fact, vocabulary: Vocabulary) -> Total:
    """A sum or a number of the subject's items, or of other rows below it."""
    total = counted(fact, vocabulary)
    below = vocabulary.subjects[total.over]
    key = vocabulary.subjects[below.parent].key
    rows = _rows_of(vocabulary, below, total.nodes)
    tables = Tables(vocabulary, rows, {})
    wanted = rows.filter(compiled.value(total.where, tables))

    found = wanted.count()
    if total.value is not None:
        # Filtered rows are another table: the value is read from them.
        summed = compiled.value(total.value, Tables(vocabulary, wanted, {})).sum()
        # Ibis takes a sum of bigint for a bigint; in Postgres it is numeric.
        found = summed.cast("decimal(38, 0)")
    return _grouped(fact.name, fact.subject, wanted, key, found.cast(_TYPES[fact.type]))


def _rows_of(vocabulary: Vocabulary, subject: Subject, nodes: Sequence[Node]) -> ir.Table:
    """The rows of a subject that a total counts, with what these conditions read of them.

    Ancestors are joined as far as their facts are read: most totals look at the rows alone, and a
    million cases are not joined to them for nothing.
    """
    others = list(beside(nodes, vocabulary))
    inlined = [since.resolved(node, vocabulary) for node in nodes]
    facts = [vocabulary.get(name) for node in inlined for name in node.facts()]
    read_of = {fact.subject for fact in facts if fact is not None and fact.total is None}
    lineage = vocabulary.subjects.lineage(subject.name)
    read_at = [place for place, each in enumerate(lineage) if each.name in read_of]
    furthest = max(read_at, default=0)
    keys = {other.of for other in others}

    rows = summary(vocabulary, subject, whose=False)
    for place, ancestor in enumerate(lineage[1:], start=1):
        if place <= furthest or not keys <= set(rows.columns):
            rows = rows.join(summary(vocabulary, ancestor, whose=False), ancestor.key)
    for other in others:
        rows = rows.left_join(other.table, rows[other.of] == other.table[other.key])
    return rows.cross_join(run())


def _reached(node: Node, vocabulary: Vocabulary) -> Total:
    """The day on which the rows that a total counts came up to an amount, one after the other."""
    fact = vocabulary.get(str(node.value))
    assert fact is not None
    total = counted(fact, vocabulary)
    below = vocabulary.subjects[total.over]
    key = vocabulary.subjects[below.parent].key

    entry = since.entered(total.where, vocabulary)
    rows = _rows_of(vocabulary, below, [*total.nodes, entry])
    tables = Tables(vocabulary, rows, {})
    wanted = rows.filter(compiled.value(total.where, tables))
    filtered = Tables(vocabulary, wanted, {})
    value: Any = ibis.literal(1, "int64")
    if total.value is not None:
        value = compiled.value(total.value, filtered)
    entered = compiled.value(entry, filtered)
    dated = wanted.select(owner=wanted[key], entered=entered, value=value)

    window = ibis.cumulative_window(group_by=dated.owner, order_by=dated.entered)
    summed = dated.mutate(so_far=dated.value.sum().over(window))
    least = int(str(node.parts[0].value))
    there = summed.filter(summed.so_far >= least)
    return _grouped(since.label(node), fact.subject, there, "owner", there.entered.min())


#: A day takes no bigint: on + overdue_items.
_TYPES = {"int": "int32", "money": "int64"}


def _window(node: Node) -> Total:
    """Contacts that we started with the debtor's side of the case in the last days and today."""
    channel, days = history.window_of(node)
    contact = ibis.table(CONTACTS, name="casebook_contactrecord")
    point = ibis.table(POINTS, name="casebook_contactpoint")
    rows = contact.left_join(point, contact.point_id == point.id).cross_join(run())

    first_day = compiled.add_days(rows.on_day, 1 - days)
    wanted = _known(rows).filter(rows.valid_on >= first_day, ~rows.inbound)
    if channel != history.ANY:
        wanted = wanted.filter(wanted.channel == channel)
    wanted = wanted.filter(wanted.whose.isnull() | wanted.whose.isin(DEBTOR_SIDE))
    return _grouped(history.label(node), "case", wanted, "case_id", wanted.count().cast("int32"))


def _memory(node: Node, vocabulary: Vocabulary) -> Total:
    """How often, first or last a step was done for the subject."""
    code = history.step_of(node)
    done = ibis.table(DONE, name="casebook_stepdone")
    step = ibis.table(STEPS, name="casebook_step")
    named = step.filter(step.pack == vocabulary.pack, step.code.isin(vocabulary.done_as(code)))
    rows = done.join(named, done.step_id == named.id).cross_join(run())

    # What turned out not to have been done counts only for whoever asks what was known before.
    is_void = rows.void_at.notnull() & (rows.known_at.isnull() | (rows.void_at <= rows.known_at))
    wanted = _known(rows.filter(~is_void))
    found: Any = wanted.count().cast("int32")
    if node.op == "last_done":
        found = wanted.valid_on.max()
    if node.op == "first_done":
        found = wanted.valid_on.min()
    return _grouped(history.label(node), vocabulary.steps[code], wanted, "subject_id", found)


def _days_held(node: Node, vocabulary: Vocabulary) -> Total:
    """Days after a date of each subject, the day of the run included, on which its case was held:
    by a hold of its own, or by one of another case that reaches the person. Of an item, or of
    something of it, a hold of the item or of its account counts too."""
    spells = _held_spells(node, vocabulary)
    found = spells.days.sum().cast("int32")
    return _grouped(history.label(node), str(node.value), spells, "owner", found)


def _days_moved(node: Node, vocabulary: Vocabulary) -> Total:
    """Days by which a second date comes later because of the holds after the first.

    A hold counts that begins before the second date is reached, the holds before it counted in.
    """
    spells = _held_spells(node, vocabulary)
    before = ibis.window(group_by=spells.owner, order_by=spells.first, rows=(None, -1))
    held = ibis.coalesce(spells.days.sum().over(before), 0).cast("int32")
    reached = compiled.add_days(spells.day, held)
    begun_before = spells.mutate(counts=spells.first <= reached)

    moved = ibis.ifelse(begun_before.counts, begun_before.days, 0)
    found = moved.sum().cast("int32")
    return _grouped(history.label(node), str(node.value), begun_before, "owner", found)


def _held_spells(node: Node, vocabulary: Vocabulary) -> ir.Table:
    """A row for each hold of each subject after its date, up to the day of the run: `first` day and
    number of `days`; no day counts twice. `day`: the second date of the node, if it has one."""
    subject = str(node.value)
    # The date may be one of history itself, such as the day on which a notice was sent.
    asked = unbound(vocabulary, subject, node.parts)
    base = compiled.value(node.parts[0], Tables(vocabulary, asked, {}))
    day = ibis.null("date")
    if len(node.parts) > 1:
        day = compiled.value(node.parts[1], Tables(vocabulary, asked, {}))
    owner = vocabulary.subjects[subject].key
    is_of_item = "item" in {each.name for each in vocabulary.subjects.lineage(subject)}
    of_item = ibis.null("int64")
    if is_of_item:
        of_item = asked.item_id
    of = asked.select(
        owner=asked[owner],
        of_case=asked.case_id,
        of_item=of_item,
        base=base,
        day=day,
        on_day=asked.on_day,
        known_at=asked.known_at,
    )

    own = ibis.table(PERSONS, name="casebook_casesummary")
    other = own.view()
    hold = ibis.table(HOLDS, name="casebook_hold")
    rows = of.join(own, of.of_case == own.case_id)
    rows = rows.join(other, rows.person_id == other.person_id, rname="other_{name}")
    rows = rows.join(hold, rows.other_case_id == hold.case_id, rname="hold_{name}")
    if is_of_item:
        account = ibis.table(ACCOUNTS, name=vocabulary.subjects["item"].summary).view()
        rows = rows.left_join(account, rows.of_item == account.item_id, rname="own_{name}")
    held = _known(rows.filter(_reaches(rows, is_of_item=is_of_item)))

    end_is_known = held.known_at.isnull() | (held.ended_at <= held.known_at)
    ended_on = ibis.ifelse(end_is_known, held.ended_on, ibis.null("date"))
    tomorrow = compiled.add_days(held.on_day, 1)
    spells = held.select(
        owner=held.owner,
        day=held.day,
        first=ibis.greatest(held.valid_on, compiled.add_days(held.base, 1)),
        past=ibis.least(tomorrow, ibis.coalesce(ended_on, tomorrow)),
    )

    # Of holds that overlap a day counts once: each begins where those before it have ended.
    window = ibis.window(group_by=spells.owner, order_by=spells.first, rows=(None, -1))
    begun = spells.mutate(covered=spells.past.max().over(window))
    first = ibis.greatest(begun.first, ibis.coalesce(begun.covered, begun.first))
    days = ibis.greatest(compiled.days_between(begun.past, first), 0)
    return begun.select("owner", "day", first=first, days=days)


def _reaches(rows: ir.Table, *, is_of_item: bool) -> Any:
    """Whether the hold of a row reaches what it is asked for."""
    of_person = rows.scope == "person"
    same_case = rows.other_case_id == rows.of_case
    if not is_of_item:
        return of_person | same_case & (rows.scope == "case")

    of_item = (rows.scope == "item") & (rows.item_id == rows.of_item)
    of_account = (rows.scope == "account") & (rows.account_id == rows.own_account_id)
    return of_person | same_case & ((rows.scope == "case") | of_item | of_account)


def _known(rows: ir.Table) -> ir.Table:
    """Rows of history that are true on the day and were known at the moment one asks about."""
    known = rows.known_at.isnull() | (rows.recorded_at <= rows.known_at)
    return rows.filter(rows.valid_on <= rows.on_day, known)


def _grouped(name: str, subject: str, rows: ir.Table, key: str, value: Any) -> Total:
    column = compiled.total_column(name)
    empty = Total(column, subject, rows)
    table = rows.group_by(**{empty.key: rows[key]}).aggregate(**{column: value})
    return Total(column, subject, table)
