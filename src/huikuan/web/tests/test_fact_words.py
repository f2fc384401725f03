"""Every word that a fact can be is a word in the reader's language."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from huikuan.casebook.act_names import names
from huikuan.engine import options, vocabulary
from huikuan.engine.words import ACTIONS, ADDRESSEES, STRENGTHS
from huikuan.lib.money import EXPONENTS
from huikuan.web import fact_words
from huikuan.web.pack_words import fact_label, fact_value

FACTS = list(vocabulary.standard())
VALUES = [(fact.name, value) for fact in FACTS for value in fact.options]
#: Facts of text whose values come with the data: products as the files name them, outcomes as a house defines them.
OPEN = {"product", "last_outcome", "talk_outcome"}
CHINESE = re.compile(r"[一-鿿]")


def test_each_fact_of_text_has_a_closed_list_or_is_known_to_be_open() -> None:
    assert {fact.name for fact in FACTS if fact.type == "text" and not fact.options} == OPEN


def test_a_procedure_knows_every_currency_that_money_has() -> None:
    assert set(options.CURRENCIES) == set(EXPONENTS)


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_every_value_of_a_fact_has_its_word(name: str, value: str) -> None:
    assert value in fact_words.VALUES[name], "add it to VALUES in web/fact_words.py"
    with translation.override("zh-hans"):
        assert CHINESE.search(fact_value(name, value)) and CHINESE.search(fact_label(name))
    with translation.override("en"):
        word = fact_value(name, value)
        assert word and "_" not in word and not CHINESE.search(word + fact_label(name))


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (names(), tuple(ACTIONS)),
        (fact_words.ADDRESSEES, ADDRESSEES),
        (fact_words.STRENGTHS, STRENGTHS),
    ],
)
def test_every_word_of_a_procedure_has_its_word(
    words: dict[str, object], values: tuple[str, ...]
) -> None:
    for value in values:
        with translation.override("zh-hans"):
            assert CHINESE.search(str(words[value])) or value == "sms", value


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("channel", "call", "电话", "call"),
        ("point_status", "stranger", "号码已换机主", "changed owner"),
        ("debtor_kind", "person", "自然人", "person"),
        ("minute", 1325, "22:05", "22:05"),
        ("agreed_from", 0, "00:00", "00:00"),
        ("told", False, "否", "no"),
        ("letter_age", 3, "3 天", "3 days"),
        ("stage", "second", "第二次催收", "second collection"),
        ("balance", 123_45, "¥123.45", "¥123.45"),
        ("held_until", "2026-12-05", "2026-12-05", "2026-12-05"),
    ],
)
def test_a_value_is_shown_as_people_read_it(name: str, value: object, zh: str, en: str) -> None:
    for language, shown in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert fact_value(name, value) == shown
