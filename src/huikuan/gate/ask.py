"""One statement asks all rules in force about any number of acts on one case at one moment."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.numeric import Int8

from huikuan.casebook import facts, fold
from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case, ContactPoint
from huikuan.casebook.run_row import RUN, run_of
from huikuan.casebook.statements import kept
from huikuan.engine.limits import Rule
from huikuan.gate.earliest import Hours, first_moment, window
from huikuan.gate.local import Local, local
from huikuan.gate.rules import InForce, act_sql, in_force

TARGETS = {"debtor": "debtor", "guarantor": "guarantor", "co_debtor": "co_debtor"}
#: Said when no rule can be asked: fail closed.
NO_RULES, NO_FACTS = "NO-RULES", "NO-FACTS"

_ASKED = """
SELECT d.*, s.last_event_on FROM ({query}) d CROSS JOIN casebook_casesummary s ORDER BY d.act_key"""


@dataclass(frozen=True)
class Act:
    """One act that is asked for. point: a number or address, None for a letter or visit to the case's own address."""

    point: ContactPoint | None
    channel: str
    target: str
    purpose: str

    @classmethod
    def of(cls, point: ContactPoint | None, channel: str, purpose: str | None = None) -> Act:
        """The target follows from the point; without a purpose, third persons are only asked for the debtor."""
        target = TARGETS.get(point.whose, "third_party") if point else "debtor"
        return cls(
            point, channel, target, purpose or ("locate" if target == "third_party" else "collect")
        )


@dataclass(frozen=True)
class Circumstances:
    """What holds for all acts of one question. staff: of a visit; item: the one it is about, None for the case."""

    style: str = "unknown"
    staff: int | None = None
    item_id: int | None = None


@dataclass(frozen=True)
class Spoken:
    """A rule that refuses or warns. unknown: because a fact it needs is not known. earliest_at: by this rule alone."""

    code: str
    pack: str
    title: dict[str, str]
    clause: str
    strength: str
    confidence: str
    unknown: bool
    earliest_on: dt.date | None
    earliest_at: dt.datetime | None
    facts: dict[str, Any]

    @property
    def refuses(self) -> bool:
        return self.strength != "advice"


@dataclass(frozen=True)
class Answer:
    """What all rules in force say of one act. facts: those that the rules which apply have read."""

    act: Act
    spoken: tuple[Spoken, ...]
    facts: dict[str, Any]
    earliest_at: dt.datetime | None
    versions: tuple[int, ...]
    #: Of the local day, by the rules that apply.
    hours: Hours = field(default_factory=Hours)

    @property
    def allowed(self) -> bool:
        return not any(spoken.refuses for spoken in self.spoken)

    @property
    def rule(self) -> Spoken | None:
        """The first rule that refused."""
        return next((spoken for spoken in self.spoken if spoken.refuses), None)

    @property
    def warnings(self) -> list[Spoken]:
        return [spoken for spoken in self.spoken if not spoken.refuses]


def ask(
    case: Case, acts: Sequence[Act], at: dt.datetime, circumstances: Circumstances | None = None
) -> list[Answer]:
    """The answers, in the order of the acts. `at` is an aware moment. Nothing is written."""
    here, circumstances = local(case, at), circumstances or Circumstances()
    rules = in_force(here.on, case.creditor_id)
    if not rules.rules:
        return [_closed(act, NO_RULES, rules) for act in acts]
    given = parameters(case, acts, here, circumstances)
    rows = kept(question(rules.versions, False), given)
    if rows and rows[0]["last_event_on"] > here.on:
        rows = kept(question(rules.versions, True), given)
    if len(rows) != len(acts):
        return [_closed(act, NO_FACTS, rules) for act in acts]
    return [answer(act, row, rules, here) for act, row in zip(acts, rows, strict=True)]


def parameters(
    case: Case, acts: Sequence[Act], here: Local, circumstances: Circumstances
) -> dict[str, object]:
    return run_of_act(here.on) | {
        "on": here.on,
        "case": Int8(case.pk),
        "minute": _int8(here.minute),
        "style": circumstances.style,
        "staff": _int8(circumstances.staff),
        "item": _int8(circumstances.item_id),
        "keys": [Int8(number) for number in range(len(acts))],
        "points": [_int8(act.point.pk if act.point else None) for act in acts],
        "channels": [act.channel for act in acts],
        "targets": [act.target for act in acts],
        "purposes": [act.purpose for act in acts],
    }


def run_of_act(on: dt.date) -> dict[str, object]:
    """The row of the day for the gate: contact rules look back over no arrays."""
    return run_of(on, calendar(), counts_working_days=False, looks_back=False)


def _int8(number: int | None) -> Int8 | None:
    """One type whatever the size: psycopg would prepare the statement anew for each."""
    return None if number is None else Int8(number)


@functools.lru_cache(maxsize=64)
def question(versions: tuple[int, ...], history: bool) -> str:
    """The whole statement. history: the facts of the case come from its raw history and not from its summary row."""
    act = fold.with_figures((fold.SQL / "act_facts.sql").read_text(encoding="utf-8"))
    query = act_sql(versions).replace("%", "%%")
    return f"WITH {RUN},\n{one_case(history)},\nact_facts AS (\n{act})" + _ASKED.replace(
        "{query}", query
    )


def one_case(history: bool) -> str:
    """The fact tables as CTEs that hold one case (parameter `case`) with its items and statements.

    They are the summary rows, or the same rows folded from the raw history.
    """
    tables = []
    for subject in facts.of_cases():
        query = f"SELECT * FROM public.{subject.summary} WHERE case_id = %(case)s"
        if history:
            query = fold.rows(subject, f"{subject.row}.{subject.case_column} = %(case)s")
        tables.append(f"{subject.summary} AS (\n{query})")
    # After the summaries, whose folds read the tables themselves.
    for table in ("casebook_contactrecord", "casebook_stepdone"):
        tables.append(f"{table} AS (SELECT * FROM public.{table} WHERE case_id = %(case)s)")
    return ",\n".join(tables)


def answer(act: Act, row: dict[str, Any], rules: InForce, here: Local) -> Answer:
    """The row that the question gave for the act, as an answer."""
    applying = [
        (number, rule) for number, rule in enumerate(rules.rules) if row[f"a{number}"] is not False
    ]
    hours = _hours([rule for _, rule in applying], row, here)
    speaking = [(number, rule) for number, rule in applying if row[f"r{number}"] is not False]
    spoken = tuple(_spoken(rule, row, number, rules, hours, here) for number, rule in speaking)
    days = [s.earliest_on for s in spoken if s.refuses]
    read = dict.fromkeys(
        ["channel", "target", "purpose", *(name for _, rule in applying for name in rule.facts())]
    )
    shown = {name: row[f"f_{name}"] for name in read}
    earliest_at = first_moment(days, hours, here.at, here.zone)
    return Answer(act, spoken, shown, earliest_at, rules.versions, hours)


def _spoken(
    rule: Rule, row: dict[str, Any], number: int, rules: InForce, hours: Hours, here: Local
) -> Spoken:
    day = row[f"e{number}"]
    return Spoken(
        code=rule.id,
        pack=rules.pack_of[rule.id],
        title=dict(rule.title),
        clause=rule.clause_on(here.on),
        strength=rule.strength,
        confidence=rule.confidence,
        unknown=row[f"r{number}"] is None,
        earliest_on=day,
        earliest_at=first_moment([day], hours, here.at, here.zone),
        facts={name: row[f"f_{name}"] for name in rule.facts()},
    )


def _hours(applying: Sequence[Rule], row: dict[str, Any], here: Local) -> Hours:
    """The hours of every rule that applies, whether or not it refuses now: a later moment must respect them."""
    agreed = window([row["f_agreed_from"], row["f_agreed_to"]])
    timed = [rule for rule in applying if rule.earliest.kind == "next_hours" and rule.refuses]
    bounds = [
        window([rule.value_on("opens", here.on), rule.value_on("closes", here.on)])
        for rule in timed
    ]
    pairs = [
        (own, agreed if "agreed_now" in rule.facts() else None)
        for rule, own in zip(timed, bounds, strict=True)
        if own
    ]
    return Hours(tuple(pairs))


def _closed(act: Act, code: str, rules: InForce) -> Answer:
    titles = {
        NO_RULES: {
            "zh": "当日没有生效的联系规则，一律不得联系",
            "en": "No contact rules are in force on the day: nothing is allowed",
        },
        NO_FACTS: {
            "zh": "案件事实不明，不得联系",
            "en": "The facts of the case are not known: nothing is allowed",
        },
    }
    spoken = Spoken(code, "", titles[code], "", "must", "V1", True, None, None, {})
    return Answer(
        act,
        (spoken,),
        {"channel": act.channel, "target": act.target, "purpose": act.purpose},
        None,
        rules.versions,
    )
