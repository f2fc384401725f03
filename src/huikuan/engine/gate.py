"""Contact rules compiled: a verdict for each task of the plan, and one row of answers for each act that is asked for.

Rules only ever refuse, so one more rule never allows more; their order only decides which one is named first. What a
rule needs and nobody knows refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from huikuan.engine import compile as compiled
from huikuan.engine import sources
from huikuan.engine.acts import REACHED_BY, needs_point
from huikuan.engine.limits import Limits, Rule
from huikuan.engine.nodes import Node
from huikuan.engine.plan import DayGate
from huikuan.engine.playbook import Step
from huikuan.engine.vocabulary import Vocabulary
from huikuan.engine.words import NO_POINT

ALLOWED = "allowed"
#: A hold without an end ends on this day (casebook/sql/holds.sql).
FOREVER = dt.date(9999, 12, 31)


def purpose_of(step: Step) -> str:
    """Why a step makes contact: third persons are only asked for the debtor; what asks for payment
    collects; of anything else the step says what it is.
    """
    if step.addressee == "third_party":
        return "locate"
    if step.dunning:
        return "collect"
    return step.purpose


def day_gate(packs: Sequence[Limits]) -> DayGate:
    """The day's verdict on a step: 'allowed' or the first refusing rule's code, and the first day without a refusal.
    What no rule refuses and nobody could do, because the debtor cannot be reached so, is NO_POINT.

    Only rules that the day can decide, and that refuse (advice only warns). Rules for other channels, targets and
    purposes vanish here, before anything is compiled.
    """
    rules = [rule for rule in in_order(packs) if rule.decides == "day" and rule.refuses]

    def gate(step: Step, tables: compiled.Tables) -> tuple[Any, Any]:
        purpose, target = purpose_of(step), step.addressee
        speaking = [rule for rule in rules if rule.speaks_of(step.action, target, purpose)]
        if not speaking and not _needs_point(step):
            return ibis.literal(ALLOWED), ibis.null("date")
        known = {"channel": step.action, "target": target, "purpose": purpose} | _of_the_day(
            step, tables
        )
        asked = compiled.Tables(tables.vocabulary, tables.joined, {**tables.act, **known})
        judged = [(rule.id, *_judged(rule, asked, purpose)) for rule in speaking]
        if _needs_point(step):
            reached = compiled.value(Node("fact", "bool", value=REACHED_BY[step.action]), asked)
            judged.append((NO_POINT, ~ibis.coalesce(reached, False), ibis.null("date")))
        return _verdict(judged, tables.joined.on_day)

    return gate


def _needs_point(step: Step) -> bool:
    """Whether the step wants a number or address of the debtor that has to be known."""
    return step.addressee == "debtor" and needs_point(step.action)


def _of_the_day(step: Step, tables: compiled.Tables) -> dict[str, Any]:
    """A task about an item is about that item; one about the case is held when every unpaid item is disputed."""
    joined = tables.joined
    held = (
        joined.held
        if step.per == "item"
        else (joined.open_items > 0) & (joined.disputed_items >= joined.open_items)
    )
    return {"subject_held": held, "working_day": joined.last_working_day == joined.on_day}


def _judged(rule: Rule, asked: compiled.Tables, purpose: str) -> tuple[Any, Any]:
    """(refuses, first day allowed or the day without end) as expressions."""
    own = compiled.Tables(
        rule.vocabulary, asked.joined, {**asked.act, **figures(rule, asked.joined.on_day)}
    )
    refuses = applies(rule, own) & ibis.coalesce(compiled.value(rule.refuse_when, own), True)
    if purpose == "remind" and "remind" in rule.exempt:
        refuses = refuses & _overdue(own)
    return refuses, _first_day(rule, own)


def _verdict(judged: list[tuple[str, Any, Any]], on: Any) -> tuple[Any, Any]:
    """`judged`: the code of what refuses, whether it does, and the first day without it."""
    verdict = ibis.cases(
        *((refuses, ibis.literal(code)) for code, refuses, _ in judged),
        else_=ibis.literal(ALLOWED),
    )
    days = [
        ibis.ifelse(refuses, ibis.coalesce(first, ibis.literal(FOREVER)), on)
        for _, refuses, first in judged
    ]
    # nullif names the long expression once; a comparison would have it computed three times
    return verdict, ibis.greatest(on, *days).nullif(on).nullif(ibis.literal(FOREVER))


def _first_day(rule: Rule, tables: compiled.Tables) -> Any:
    """The first day that this rule alone would allow, for the plan and for an act. Null: nobody can
    say, or never; a hold without an end ends for nobody.
    """
    run = tables.joined
    days = {
        "next_hours": run.on_day,
        "next_day": compiled.add_days(run.on_day, 1),
        "next_working_day": run.next_working_day,
    }
    if rule.earliest.kind in days:
        return days[rule.earliest.kind]
    if rule.earliest.kind != "after" or rule.earliest.node is None:
        return ibis.null("date")

    after = compiled.value(rule.earliest.node, tables)
    is_ahead = (run.on_day < after) & (after < ibis.literal(FOREVER))
    return ibis.ifelse(is_ahead, after, ibis.null("date"))


def in_order(packs: Sequence[Limits]) -> list[Rule]:
    """Active rules, the strongest first; packs by name, rules in the order of their file."""
    strengths = {"must": 0, "should": 1, "advice": 2}
    rules = [
        rule
        for pack in sorted(packs, key=lambda pack: pack.pack.name)
        for rule in pack.rules
        if rule.active
    ]
    return sorted(rules, key=lambda rule: strengths[rule.strength])


def figures(rule: Rule, on: Any) -> dict[str, Any]:
    """The rule's figures in force on the day of the run, as CASE on that day, so that one text serves every day."""
    unknown = ibis.null("int32")  # date_pli takes no bigint
    return {
        name: ibis.cases(
            *(
                (on >= ibis.literal(line.start), ibis.literal(line.value, "int32"))
                for line in reversed(lines)
            ),
            else_=unknown,
        )
        for name, lines in rule.values.items()
    }


def applies(rule: Rule, tables: compiled.Tables) -> Any:
    """In force on the day and in scope. An unknown scope is in scope."""
    on = tables.joined.on_day
    holds = on >= ibis.literal(rule.start)
    if rule.end is not None:
        holds = holds & (on <= ibis.literal(rule.end))
    if rule.scope is not None:
        holds = holds & ibis.coalesce(compiled.value(rule.scope, tables), True)
    return holds


def _overdue(tables: compiled.Tables) -> Any:
    """A reminder is collection once something is past its due day. Unknown: it is."""
    joined = tables.joined
    return ibis.coalesce(joined.on_day > joined.oldest_due_on, True)


@dataclass(frozen=True)
class ActQuery:
    """The question of an act: SQL over `run`, `casebook_casesummary` and `act_facts`, one row per act.

    Columns: act_key, f_<fact> for every fact that a rule reads, and for each rule n of `rules` a<n> (it
    applies), r<n> (it refuses; null: a fact is unknown, so it refuses) and e<n> (first day that it would allow).
    """

    sql: str
    rules: tuple[Rule, ...]
    facts: tuple[str, ...]


def act_query(
    packs: Sequence[Limits], vocabulary: Vocabulary, dialect: str = "postgres"
) -> ActQuery:
    """Compiled once for a combination of packs: channel, target and purpose are columns, so it serves every act."""
    rules, names = in_order(packs), facts_of(packs)
    return ActQuery(
        compiled.to_sql(_act_select(rules, names, vocabulary), dialect), tuple(rules), tuple(names)
    )


def facts_of(packs: Sequence[Limits]) -> list[str]:
    """Every fact that an active rule reads, and what the explanation always shows."""
    always = ["channel", "target", "purpose", "agreed_from", "agreed_to"]
    return list(
        dict.fromkeys([*always, *(name for rule in in_order(packs) for name in rule.facts())])
    )


def _act_select(rules: Sequence[Rule], names: Sequence[str], vocabulary: Vocabulary) -> Any:
    stored = {
        f.name: compiled.IBIS_TYPES[f.type]
        for f in vocabulary.stored("act")
        if f.name != "working_day"
    }
    act = ibis.table({"act_key": "int64"} | stored, name="act_facts")
    joined = sources.unbound(vocabulary, "case").cross_join(act)
    known = {"working_day": joined.last_working_day == joined.on_day}
    tables = compiled.Tables(vocabulary, joined, known)
    columns: dict[str, Any] = {"act_key": joined.act_key}
    for name in names:
        columns[f"f_{name}"] = compiled.value(Node("fact", "", value=name), tables)
    for number, rule in enumerate(rules):
        own = compiled.Tables(rule.vocabulary, joined, known | figures(rule, joined.on_day))
        columns[f"a{number}"] = _asked_of(rule, joined) & applies(rule, own)
        columns[f"r{number}"] = compiled.value(rule.refuse_when, own)
        columns[f"e{number}"] = _first_day(rule, own)
    return joined.select(**columns)


def _asked_of(rule: Rule, joined: Any) -> Any:
    """The rule speaks of this channel, target and purpose. A word that is unknown is spoken of."""
    spoken = ibis.coalesce(joined.channel.isin(rule.channels), True) & ibis.coalesce(
        joined.target.isin(rule.targets), True
    )
    exempt = [purpose for purpose in rule.exempt if purpose != "remind"]
    if exempt:
        spoken = spoken & ~ibis.coalesce(joined.purpose.isin(exempt), False)
    if "remind" in rule.exempt:
        due = ibis.coalesce(joined.on_day <= joined.oldest_due_on, False)
        spoken = spoken & ~(ibis.coalesce(joined.purpose == "remind", False) & due)
    return spoken
