"""Compiling contact rules: what cannot apply vanishes before SQL is made, and one text serves every day."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import ibis
import pytest

import huikuan.packs
from huikuan.engine import compile as compiled
from huikuan.engine import gate, sources, vocabulary
from huikuan.engine.limits import Limits, read_limits
from huikuan.engine.playbook import Playbook, Step, read_playbook

WORDS = vocabulary.standard()
PACKS = Path(huikuan.packs.__file__).parent


def files(name: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (PACKS / name).glob("*.yaml")}


def limits(name: str) -> Limits:
    found, problems = read_limits(files(name), WORDS)
    assert found is not None, [str(p) for p in problems]
    return found


LIMITS = [limits("limits_cn"), limits("limits_b2b")]


@pytest.fixture(scope="module")
def book() -> Playbook:
    shipped = files("phone_collection")
    steps = [
        line
        for line in shipped["playbook.yaml"].splitlines()
        if not line.strip().startswith("script:")
    ]
    found, problems = read_playbook(
        {"pack.yaml": shipped["pack.yaml"], "playbook.yaml": "\n".join(steps)}, WORDS
    )
    assert found is not None, [str(p) for p in problems]
    return found


def text(step: Step, packs: list[Limits]) -> str:
    tables = compiled.Tables(WORDS, sources.unbound(WORDS, step.per), {})
    verdict, earliest = gate.day_gate(packs)(step, tables)
    sql: Any = compiled.to_sql(tables.joined.select(verdict=verdict, earliest=earliest))
    return str(sql)


def test_no_rules_say_allowed(book: Playbook) -> None:
    sql = text(book.step("notice_letter"), [])
    assert "'allowed' AS \"verdict\"" in sql and "CASE" not in sql


def test_rules_for_others_vanish(book: Playbook) -> None:
    to_debtor, to_third = (
        text(book.step("first_call"), LIMITS),
        text(book.step("relay_call"), LIMITS),
    )
    assert "CN-HOLD" in to_debtor and "CN-3P" not in to_debtor
    assert "CN-3P-LOST" in to_third and "CN-MINOR" not in to_third


def test_rules_of_the_moment_and_advice_are_left_to_the_act(book: Playbook) -> None:
    every = "".join(text(step, LIMITS) for step in book.steps if step.contacts)
    assert "CN-HOURS" not in every and "CN-FREQ" not in every and "CN-LETTER" not in every


def test_the_step_says_why_it_makes_contact(book: Playbook) -> None:
    """What asks for payment collects; of anything else the step says what it is."""
    step = book.step("first_call")
    quiet = dataclasses.replace(step, dunning=False)
    reminding = dataclasses.replace(quiet, purpose="remind")
    asked = (step, quiet, reminding, book.step("relay_call"))
    purposes = [gate.purpose_of(each) for each in asked]
    assert purposes == ["collect", "business", "remind", "locate"]

    assert "CN-PAID" in text(step, LIMITS)
    assert "CN-PAID" not in text(quiet, LIMITS), "business goes on when nothing is owed"
    assert "oldest_due_on" in text(reminding, LIMITS)  # exempt only until the due day


def test_who_cannot_be_reached_so_is_not_to_be_called_today(book: Playbook) -> None:
    """A call needs a number that is known; a letter goes to the address of the case."""
    call = text(book.step("first_call"), LIMITS)
    assert "NO-POINT" in call and "has_phone" in call
    assert "NO-POINT" not in text(book.step("relay_call"), LIMITS)
    assert "NO-POINT" not in text(book.step("notice_letter"), LIMITS)


def test_a_demand_cannot_call_itself_otherwise(book: Playbook) -> None:
    """The purpose of a step that asks for payment is not the step's to choose."""
    demand = dataclasses.replace(book.step("first_call"), purpose="business")
    assert gate.purpose_of(demand) == "collect"


def test_the_text_holds_no_day_and_serves_every_channel() -> None:
    query = gate.act_query(LIMITS, WORDS)
    for column in ("on_day", "channel", "target", "purpose"):
        assert f'"{column}"' in query.sql
    assert [rule.strength for rule in query.rules] == sorted(
        (r.strength for r in query.rules), key=["must", "should", "advice"].index
    )


def test_packs_compile_alike_in_any_order() -> None:
    assert gate.act_query(LIMITS, WORDS).sql == gate.act_query(LIMITS[::-1], WORDS).sql


def test_what_is_off_is_not_compiled() -> None:
    assert any(rule.id == "CN-PSAPL-STOP" and not rule.active for rule in LIMITS[0].rules)
    assert all(rule.id != "CN-PSAPL-STOP" for rule in gate.act_query(LIMITS, WORDS).rules)


def test_ids_are_unique_over_the_shipped_packs() -> None:
    ids = [rule.id for pack in LIMITS for rule in pack.rules]
    assert len(ids) == len(set(ids))


def test_no_shipped_fact_clashes_with_a_column() -> None:
    joined = sources.unbound(WORDS, "case")
    act = {fact.name for fact in WORDS.stored("act")}
    assert not act & set(joined.columns)
    assert isinstance(joined, ibis.expr.types.Table)
