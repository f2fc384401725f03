"""A payment reference that we made of a list is read in words; one that was given stays."""

from __future__ import annotations

import polars as pl
import pytest

from huikuan.casebook.payment_words import reference_words
from huikuan.intake.list_payments import reference
from huikuan.payments.sources import source_name


@pytest.mark.parametrize("item", ["FP003701", "2026:11"])
def test_the_reference_of_a_list_is_its_item_and_its_day(item: str) -> None:
    row = {"account_key": ["2b99396f9a501a51"], "item": [item], "pay_0_on": ["2026-11-13"]}
    (made,) = pl.DataFrame(row).select(reference(0).alias("made"))["made"]
    assert reference_words(made) == f"委托方名单：账款 {item}，2026-11-13"


@pytest.mark.parametrize("given", ["PY2026111300231", "DEMO-1-2026-11-20", "placement:", ""])
def test_a_reference_that_was_given_stands_as_it_is(given: str) -> None:
    assert reference_words(given) == given


def test_what_came_with_the_list_of_the_creditor_says_so() -> None:
    assert source_name("creditor") == "委托方名单"
