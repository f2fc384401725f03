"""A playbook as one query: what is demanded of which case on the day of the run.

One SELECT per step, joined by UNION ALL: each branch reads only the cases that it needs, which one pass with a CASE per
step cannot. The text holds no day and no case, so it is compiled once per pack version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from huikuan.engine import compile as compiled
from huikuan.engine import history, not_before, since
from huikuan.engine.cadence import Delay
from huikuan.engine.charge import ACTION as CHARGE
from huikuan.engine.days import delayed, occurrence
from huikuan.engine.nodes import TOTAL, Node, conjuncts, excepted, render
from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.reading import Narrow, Reading
from huikuan.engine.step_texts import StepTexts
from huikuan.engine.vocabulary import Vocabulary

#: (step, tables) → the refusing rule's code or 'allowed', and the first day on which it would be allowed.
DayGate = Callable[[Step, compiled.Tables], tuple[Any, Any]]


def no_gate(step: Step, tables: compiled.Tables) -> tuple[Any, Any]:
    return ibis.literal("allowed"), ibis.null("date")


def plan_sql(
    playbook: Playbook,
    gate: DayGate = no_gate,
    dialect: str = "postgres",
    *,
    judged_by: Sequence[str] | None = None,
) -> str:
    """SQL text of everything that the playbook demands.

    It reads `run`, `pack_bound`, and the fact tables. `judged_by`: the hashes of the rules of
    `gate`; with them a step that was compiled under the same rules is not compiled again.
    """

    def compile(step: Step) -> str:
        return compiled.to_sql(_branch(step, playbook, gate), dialect)

    if gate is no_gate:
        judged_by = ()
    if judged_by is None:
        texts = [compile(step) for step in playbook.steps]
    else:
        known = StepTexts(playbook, judged_by, dialect)
        texts = [known.text(step, compile) for step in playbook.steps]
    # Joined as text: Ibis would hoist what the branches share into a WITH, which Postgres then materialises whole.
    return "\nUNION ALL\n".join(_as_branch(text) for text in texts)


def track_sql(playbook: Playbook, dialect: str = "postgres") -> str:
    """SQL text of the cases that are in the procedure on the day, whoever follows it: case_id.

    It reads `run` and the fact tables.
    """
    nodes = playbook.track.conditions()
    reading = Reading(playbook.vocabulary, "case", nodes)
    tables = compiled.Tables(playbook.vocabulary, reading.table, {})
    found = [compiled.value(node, tables) for node in nodes]
    columns = {"case_id": tables.joined.case_id}
    return compiled.to_sql(reading.select(columns, found), dialect)


def _as_branch(text: str) -> str:
    """A branch with a WITH of its own, such as two totals over the same items, needs brackets."""
    return f"({text})" if text.startswith("WITH") else text


def _branch(step: Step, playbook: Playbook, gate: DayGate) -> Any:
    """What one step demands, of cases whose creditor and product run this pack."""
    nodes = [step.when, *step.cadence.reads]
    if step.not_before is not None:
        nodes.append(step.not_before)
    reading = Reading(playbook.vocabulary, step.per, nodes)
    tables = compiled.Tables(playbook.vocabulary, reading.table, {})

    condition = compiled.value(step.when, tables)
    occurs, anchor = occurrence(step.cadence, tables)
    due, deadline = _due_and_deadline(step, anchor, tables)
    # What has no case is asked about at the moment of the act alone.
    asks = step.contacts and _has_case(tables, step.per)
    verdict, earliest = gate(step, tables) if asks else no_gate(step, tables)
    columns = {
        "case_id": case_id(tables, step.per),
        "organisation_id": tables.joined.organisation_id,
        "creditor_id": tables.joined.creditor_id,
        "subject_id": subject_id(tables, step.per),
        "step": ibis.literal(step.id),
        "anchor": anchor,
        "due_on": due,
        "deadline_on": deadline,
        "reason": _reason(step, tables),
        "verdict": verdict,
        "earliest_on": earliest,
    }
    if not _has_case(tables, step.per):
        # It is bound to no product: it follows the procedures of its house, who asks about it knows.
        return reading.select(columns, [condition, occurs])

    bound = _bound_to(playbook.pack.name)
    return reading.select(columns, [condition, occurs], rows=bound, rows_read=BOUND)


def _due_and_deadline(step: Step, anchor: Any, tables: compiled.Tables) -> tuple[Any, Any]:
    """The day on which an occurrence is due, and its last day; never before it could be done.

    Where the days lie further back (engine/not_before.py) it is due on the first day on which it
    could be done, with as many days from due to last day as ever.
    """
    first_day = _first_day(step, tables)
    counted = delayed(anchor, step.due, tables.joined)
    due = ibis.greatest(counted, first_day)
    if step.deadline is None:
        return due, ibis.null("date")

    # Where due day and last day count in different days there is no length between them.
    length = Delay(0)
    if step.deadline.counts_like(step.due):
        length = replace(step.deadline, days=step.deadline.days - step.due.days)
    deadline = delayed(anchor, step.deadline, tables.joined)
    from_first_day = ibis.greatest(deadline, delayed(first_day, length, tables.joined))
    return due, ibis.ifelse(counted < first_day, from_first_day, deadline)


def _first_day(step: Step, tables: compiled.Tables) -> Any:
    """The first day on which it could be done; before every day where nothing says so."""
    named = not_before.days(step.demand, step.per, tables.vocabulary)
    if step.not_before is not None:
        named.append(step.not_before)
    days = [compiled.value(day, tables) for day in named]
    return ibis.greatest(ibis.literal(since.FIRST_DAY, "date"), *days)


#: By these a case is bound to a procedure.
BOUND = ("creditor_id", "product")


def _bound_to(pack: str) -> Narrow:
    """Leaves the cases whose creditor and product run the pack."""

    def narrow(rows: ir.Table) -> ir.Table:
        columns = {"creditor_id": "int64", "product": "string", "pack": "string"}
        bound = ibis.table(columns, name="pack_bound")
        return rows.semi_join(bound.filter(bound.pack == pack), list(BOUND))

    return narrow


def _has_case(tables: compiled.Tables, subject: str) -> bool:
    lineage = tables.vocabulary.subjects.lineage(subject)
    return any(ancestor.name == "case" for ancestor in lineage)


def subject_id(tables: compiled.Tables, subject: str) -> Any:
    """The column that says which subject a row is about."""
    return tables.joined[tables.vocabulary.subjects[subject].key]


def case_id(tables: compiled.Tables, subject: str) -> Any:
    """The case of the subject; null for a subject that has none."""
    if not _has_case(tables, subject):
        return ibis.null("int64")
    return tables.joined["case_id"]


def _reason(step: Step, tables: compiled.Tables) -> Any:
    """The facts that the step's own condition names, as `name=value` lines."""
    read = values_read([step.cadence.base, step.own], tables.vocabulary)
    parts = []
    for name, node in read.items():
        shown = compiled.value(node, tables).cast("string")
        parts.append(ibis.literal(f"{name}=") + ibis.coalesce(shown, ibis.literal("")))
    if step.charge is not None:
        amount = compiled.value(step.charge.lawful, tables).cast("string")
        parts.append(ibis.literal(f"{CHARGE}=") + ibis.coalesce(amount, ibis.literal("")))
    if not parts:
        return ibis.literal("")
    return parts[0] if len(parts) == 1 else ibis.literal("\n").join(parts)


@dataclass(frozen=True)
class Part:
    """One thing that must hold for a step, as text, with the facts it reads.

    `node`: the condition; None for the days of the step, which are no condition.
    `barred`: what must not be known to hold, as text: a way that goes before this one, or the
    condition on which the case is handed over, then to the procedure `handed_over_to`.
    """

    text: str
    facts: tuple[str, ...]
    node: Node | None = None
    barred: str = ""
    handed_over_to: str = ""


def explain_parts(step: Step, playbook: Playbook) -> list[Part]:
    """Everything that must hold for the step: guards and own condition part by part, then its
    days."""
    parts = [_part(node, playbook) for node in conjuncts(step.when)]
    days = facts_read([*step.cadence.reads, _DAY], playbook.vocabulary)
    return [*parts, Part(_days_text(step), tuple(days))]


def part_texts(step: Step) -> list[str]:
    """The texts of `explain_parts`."""
    return [*(render(node) for node in conjuncts(step.when)), _days_text(step)]


def _days_text(step: Step) -> str:
    return step.cadence_text or "from placed_on"


def _part(node: Node, playbook: Playbook) -> Part:
    facts = tuple(facts_read([node], playbook.vocabulary))
    barred = excepted(node)
    if barred is None:
        return Part(render(node), facts, node)
    pack = playbook.track.handed_over_by(barred)
    return Part(render(node), facts, node, render(barred), pack)


#: The day that is planned, as a piece of a condition.
_DAY = Node("fact", "date", value="on")


def explain_sql(step: Step, vocabulary: Vocabulary, dialect: str = "postgres") -> str:
    """One row per subject: case_id, subject_id, p0 … pn for the parts, f_<name> for every fact
    that they read."""
    reading = Reading(vocabulary, step.per, [step.when, *step.cadence.reads])
    tables = compiled.Tables(vocabulary, reading.table, {})
    columns: dict[str, Any] = {
        "case_id": case_id(tables, step.per),
        "subject_id": subject_id(tables, step.per),
    }
    nodes = conjuncts(step.when)
    occurs, anchor = occurrence(step.cadence, tables)
    for number, expression in enumerate(
        [*(compiled.value(node, tables) for node in nodes), occurs]
    ):
        columns[f"p{number}"] = expression
    columns["anchor"] = anchor
    for name, node in values_read([*nodes, *step.cadence.reads, _DAY], vocabulary).items():
        columns[f"f_{name}"] = compiled.value(node, tables)
    return compiled.to_sql(reading.select(columns), dialect)


def values_read(nodes: Sequence[Node], vocabulary: Vocabulary) -> dict[str, Node]:
    """The facts that these conditions name, and the windows and memories that they ask for, by
    name. Of a term, those that it names itself; a total is one value."""
    found: dict[str, Node] = {}
    for node in nodes:
        for name in node.facts():
            meaning = vocabulary.terms.get(name)
            if meaning is not None and meaning.op != TOTAL:
                found |= values_read([meaning], vocabulary)
                continue
            fact = vocabulary.get(name)
            assert fact is not None, name
            found[name] = Node("fact", fact.type, value=name)
        found |= history.reads([node])
    return found


def facts_read(nodes: Sequence[Node], vocabulary: Vocabulary) -> list[str]:
    """The names of what these conditions read."""
    return list(values_read(nodes, vocabulary))
