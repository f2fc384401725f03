"""The plan's verdict and the gate's answer are the same judgement: on random facts, over every kind of step
that ships."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from huikuan.casebook.run_row import RUN
from huikuan.engine import compile as compiled
from huikuan.engine import gate, sources, vocabulary
from huikuan.engine.acts import REACHED_BY
from huikuan.engine.limits import read_limits
from huikuan.engine.playbook import Step, read_playbook
from huikuan.gate.ask import run_of_act
from huikuan.gate.specification import Example, columns, judge
from huikuan.gate.tests.conftest import procedure
from huikuan.gate.tests.test_properties import PACKS, READ, _value

WORDS = vocabulary.standard()


def _steps() -> dict[tuple[str, str, str], Step]:
    books = [
        read_playbook(procedure(name), WORDS)[0] for name in ("phone_collection", "b2b_receivables")
    ]
    steps = [
        step
        for book in books
        if book
        for step in book.steps
        if step.contacts and step.per == "case"
    ]
    return {
        (step.action, step.addressee, gate.purpose_of(step)): step
        for step in steps
        if step.addressee != "client"
    }


STEPS = _steps()
RULE = """
rules:
  - id: OWN-DAY
    title: {zh: 不得, en: Not}
    clause: 本机构规定
    source: 会议纪要
    strength: must
    confidence: V1
    checked: 2026-11-23
    from: 2020-01-01
    decides: day
    refuse_when: not told
    earliest: %s
"""
PACK = """pack: own
kind: limits
version: "1"
title: {zh: 自定, en: Own}
source: 本机构
effective_from: 2020-01-01
"""
_texts: dict[str, str] = {}


def _text(step: Step) -> str:
    if step.id not in _texts:
        tables = compiled.Tables(WORDS, sources.unbound(WORDS, "case"), {})
        verdict, earliest = gate.day_gate(PACKS)(step, tables)
        _texts[step.id] = compiled.to_sql(tables.joined.select(verdict=verdict, earliest=earliest))
    return _texts[step.id]


def _day(
    step: Step, on: dt.date, facts: dict[str, object], text: str = ""
) -> tuple[str, dt.date | None]:
    case = ", ".join(
        [
            "1::bigint AS case_id, 1::bigint AS organisation_id, 1::bigint AS creditor_id",
            *columns(WORDS, "case"),
        ]
    )
    values: dict[str, Any] = {
        f"v_{fact.name}": facts.get(fact.name) for fact in WORDS.stored("case")
    } | run_of_act(on)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {RUN}, casebook_casesummary AS (SELECT {case})\n"
            + (text or _text(step)).replace("%", "%%"),
            values,
        )
        return cursor.fetchone()


@pytest.mark.django_db
@settings(
    max_examples=examples(30, 300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_plan_and_act_agree(data: st.DataObject) -> None:
    (action, addressee, purpose), step = data.draw(
        st.sampled_from(sorted(STEPS.items(), key=lambda item: item[0]))
    )
    on = data.draw(st.dates(dt.date(2022, 1, 1), dt.date(2027, 6, 1)))
    facts: dict[str, object] = {name: data.draw(_value(name)) for name in READ}
    items, disputed = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
    facts |= {
        "open_items": items,
        "disputed_items": disputed,
        "subject_held": items > 0 and disputed >= items,
        # Of an act somebody has chosen the point.
        **dict.fromkeys(REACHED_BY.values(), True),
    }
    at = dt.datetime.combine(on, dt.time(10), dt.timezone(dt.timedelta(hours=8)))
    situation = Example("", "", at, facts | {"minute": 600}, action, addressee, purpose)
    day_rules = {rule.id for pack in PACKS for rule in pack.rules if rule.decides == "day"}
    refusing = [s for s in judge(situation, PACKS).spoken if s.refuses and s.code in day_rules]
    verdict, earliest = _day(step, on, facts)
    assert verdict == (refusing[0].code if refusing else "allowed")
    days = [s.earliest_on for s in refusing]
    assert earliest == (max(d for d in days if d) if days and all(days) else None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("earliest", "first"),
    [
        ("next_day", dt.date(2026, 2, 15)),
        ("next_working_day", dt.date(2026, 2, 24)),
        ("{after: held_until}", dt.date(2026, 3, 1)),
        ("{after: placed_on}", None),
        ("never", None),
        ("unknown", None),
    ],
)
def test_the_first_day_is_one_and_the_same(earliest: str, first: dt.date | None) -> None:
    """On the last working day before the Spring Festival, for each way to name the first day."""
    own, problems = read_limits({"pack.yaml": PACK, "rules.yaml": RULE % earliest}, WORDS)
    assert own is not None, problems
    on = dt.date(2026, 2, 14)
    facts = {
        "told": False,
        "has_phone": True,
        "held_until": dt.date(2026, 3, 1),
        "placed_on": dt.date(2026, 1, 5),
    }
    step = STEPS["call", "debtor", "collect"]

    tables = compiled.Tables(WORDS, sources.unbound(WORDS, "case"), {})
    verdict, day = gate.day_gate((own,))(step, tables)
    text = compiled.to_sql(tables.joined.select(verdict=verdict, earliest=day))
    assert _day(step, on, facts, text) == ("OWN-DAY", first)

    at = dt.datetime.combine(on, dt.time(10), dt.timezone(dt.timedelta(hours=8)))
    asked = Example("", "", at, facts | {"minute": 600}, "call", "debtor", "collect")
    (spoken,) = judge(asked, (own,)).spoken
    assert spoken.earliest_on == first
