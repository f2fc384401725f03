"""What must hold of every set of rules and facts: rules only refuse, the unknown never allows, order never matters."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws import examples

from huikuan.engine import limits as engine_limits
from huikuan.engine import vocabulary, words
from huikuan.engine.limits import Limits, read_limits
from huikuan.gate.specification import Example, judge
from huikuan.gate.tests.conftest import shipped

EVERY = settings(
    max_examples=examples(25, 300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = vocabulary.standard()
ACT = ("channel", "target", "purpose", "working_day", "minute")
#: Optional dates and hours: unknown says that there is none (no hold, no letter, no agreement).
ABSENCE_IS_KNOWN = {
    "agreed_from",
    "agreed_to",
    "held_from",
    "held_until",
    "hold_kind",
    "letter_on",
    "minor_until",
    "told_on",
}


def _shipped() -> tuple[Limits, ...]:
    read = [read_limits(shipped(name), WORDS)[0] for name in ("limits_cn", "limits_b2b")]
    return tuple(pack for pack in read if pack)


PACKS = _shipped()
READ = sorted(
    {name for pack in PACKS for rule in pack.rules for name in engine_limits.stored_facts(rule)}
    - set(ACT)
    - {"on"}
)


def _value(name: str) -> st.SearchStrategy[object]:
    fact = WORDS.get(name)
    assert fact is not None
    kinds: dict[str, st.SearchStrategy[object]] = {
        "bool": st.booleans(),
        "int": st.integers(0, 9),
        "money": st.integers(0, 10**7),
        "date": st.dates(dt.date(2026, 10, 1), dt.date(2027, 3, 1)),
        "text": st.sampled_from(tuple(fact.options) or ("card",)),
    }
    return st.none() | kinds[fact.type]


@st.composite
def situations(draw: st.DrawFn) -> Example:
    target = draw(st.sampled_from(engine_limits.TARGETS))
    minute = draw(st.integers(0, 1439))
    at = dt.datetime(
        2026,
        11,
        draw(st.integers(1, 30)),
        minute // 60,
        minute % 60,
        tzinfo=dt.timezone(dt.timedelta(hours=8)),
    )
    known = {name: draw(_value(name)) for name in READ} | {
        "minute": draw(st.none() | st.just(minute))
    }
    return Example(
        name="",
        place="",
        at=at,
        channel=draw(st.sampled_from(tuple(words.CONTACT_ACTIONS))),
        target=target,
        purpose=draw(st.sampled_from(engine_limits.PURPOSES)),
        facts=known,
        allowed=False,
        rule="",
        warns=(),
        earliest=None,
        law_case="",
    )


@pytest.mark.django_db
@EVERY
@given(situations())
def test_one_more_pack_never_allows_more(situation: Example) -> None:
    both = judge(situation, PACKS)
    for pack in PACKS:
        alone = judge(situation, (pack,))
        assert alone.allowed or not both.allowed
        assert {s.code for s in alone.spoken} <= {s.code for s in both.spoken}


@pytest.mark.django_db
@EVERY
@given(situations(), st.data())
def test_forgetting_a_fact_never_allows_more(situation: Example, data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from([name for name in [*READ, "minute"] if name not in ABSENCE_IS_KNOWN])
    )
    before = judge(situation, PACKS)
    after = judge(dataclasses.replace(situation, facts=situation.facts | {name: None}), PACKS)
    assert before.allowed or not after.allowed


@pytest.mark.django_db
@EVERY
@given(situations(), st.permutations(range(len(PACKS))))
def test_the_order_of_packs_never_matters(situation: Example, order: list[int]) -> None:
    said, other = judge(situation, PACKS), judge(situation, tuple(PACKS[i] for i in order))
    assert [s.code for s in said.spoken] == [s.code for s in other.spoken]
    assert (said.allowed, said.earliest_at) == (other.allowed, other.earliest_at)


@pytest.mark.django_db
@EVERY
@given(situations())
def test_the_earliest_moment_lies_ahead_and_within_the_hours(situation: Example) -> None:
    answer = judge(situation, PACKS)
    if answer.earliest_at is None:
        return
    assert answer.earliest_at >= situation.at and not answer.allowed
    minute = answer.earliest_at.hour * 60 + answer.earliest_at.minute
    later = dataclasses.replace(
        situation, at=answer.earliest_at, facts=situation.facts | {"minute": minute}
    )
    assert not {"CN-HOURS", "B2B-HOURS"} & {s.code for s in judge(later, PACKS).spoken}
