"""Masks: one value, and the same for a column."""

from collections.abc import Callable

import polars as pl
import pytest

from huikuan.lib import masks, phones

IDENTITIES = ["310101190503010011", "31010119050301", "123456789", "12345678", "12345", ""]
CARDS = ["6222020000001234", "622202", "1234"]
EMAILS = ["wang@example.com", "a@b.cn", "abcde@b.cn", "abcdef@b.cn", "finance057@b.cn"]
ADDRESSES = ["上海市浦东新区测试路1号", "上海", ""]
MOBILES = ["+8613800005678", "+8619912345678"]


@pytest.mark.parametrize(
    ("one", "column", "values"),
    [
        (masks.identity, masks.identity_column, IDENTITIES),
        (masks.card, masks.card_column, CARDS),
        (masks.email, masks.email_column, EMAILS),
        (masks.address, masks.address_column, ADDRESSES),
        (masks.phone, masks.mobile_column, MOBILES),
    ],
)
def test_a_column_is_masked_as_each_of_its_values(
    one: Callable[[str], str], column: Callable[[pl.Expr], pl.Expr], values: list[str]
) -> None:
    frame = pl.DataFrame({"value": values}, schema={"value": pl.String})
    found = frame.select(column(pl.col("value")).alias("masked"))["masked"].to_list()
    assert found == [one(value) for value in values]


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (masks.identity("310101190503010011"), "3101**********0011"),
        (masks.identity("12345"), "*****"),
        (masks.card("6222020000001234"), "6222****1234"),
        (masks.tail("6222020000001234"), "****1234"),
        (masks.email("wang@example.com"), "w****@example.com"),
        (masks.email("abcde@example.com"), "a****@example.com"),
        (masks.email("finance057@example.com"), "f****57@example.com"),
        (masks.address("上海市浦东新区测试路1号"), "上海市浦东新****"),
    ],
)
def test_forms(masked: str, expected: str) -> None:
    assert masked == expected


def test_the_spelling_of_the_book_is_read_as_it_was_written() -> None:
    number = phones.parse("0755-12345678-801")
    assert phones.stored(number) == "+8675512345678;801"
    assert phones.split_stored(phones.stored(number)) == ("+8675512345678", "801")
    assert phones.split_stored("+8613800005678") == ("+8613800005678", "")
