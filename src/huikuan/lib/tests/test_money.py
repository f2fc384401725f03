from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.money import EXPONENTS, format_minor, parse_minor, split, to_decimal
from huikuan.lib.problems import Refused

MINOR = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    "written, fen",
    [
        ("12908", 1290800),
        ("¥12,908.00", 1290800),
        ("￥１２，９０８．００", 1290800),
        ("12908元", 1290800),
        ("人民币12元整", 1200),
        ("RMB 12", 1200),
        ("CNY12.5", 1250),
        ("12 908.00", 1290800),
        ("12\u00a0908.00", 1290800),
        ("1'234.00", 123400),
        ("-¥3.5", -350),
        ("¥-3.5", -350),
        ("−3", -300),
        ("(1,234.50)", -123450),
        ("（¥1,234.50）", -123450),
        ("¥(1,234.50)", -123450),
        (".5", 50),
        ("12.", 1200),
        ("0", 0),
        ("12908.0000", 1290800),
        (12, 1200),
        (1.1, 110),
        (100.0, 10000),
        (Decimal("12.34"), 1234),
        (Decimal("1E+3"), 100000),
    ],
)
def test_amounts_as_people_and_systems_write_them(written, fen):
    assert parse_minor(written, "CNY") == fen


@pytest.mark.parametrize(
    "written, code",
    [
        ("", "money.empty"),
        (" ", "money.empty"),
        ("12.345", "money.decimals"),
        ("1.000", "money.decimals"),  # a thousand, or one?
        (0.1 + 0.2, "money.decimals"),  # binary noise is not rounded away
        ("12,34", "money.grouping"),
        ("1,2908.00", "money.grouping"),
        ("12.908,00", "money.grouping"),
        ("1.2万", "money.unit"),
        ("3亿元", "money.unit"),
        ("$5", "money.currency"),
        ("5 EUR", "money.currency"),
        ("合计12", "money.form"),
        ("--3", "money.form"),
        ("(-3)", "money.form"),
        ("3-", "money.form"),
        ("-", "money.form"),
        ("1.2.3", "money.form"),
        (float("nan"), "money.form"),
        ("1E+16", "cell.lost_digits"),
        (1e20, "cell.lost_digits"),
        ("#LOST:1e+16", "cell.lost_digits"),
        ("9" * 14, "money.too_large"),
    ],
)
def test_what_is_not_certainly_an_amount_is_refused(written, code):
    with pytest.raises(Refused) as refused:
        parse_minor(written, "CNY")
    assert refused.value.code == code
    assert refused.value.problem().text()


def test_the_decimals_are_those_of_the_currency():
    assert parse_minor("¥1,200", "JPY") == 1200
    assert parse_minor("1.234", "KWD") == 1234
    with pytest.raises(Refused):
        parse_minor("1.5", "JPY")


def test_amounts_are_shown_with_symbol_separators_and_all_decimals():
    assert format_minor(1290800) == "¥12,908.00"
    assert format_minor(-5) == "-¥0.05"
    assert format_minor(1234, "USD", "en") == "$12.34"
    assert format_minor(1234, "USD", "zh-hans") == "US$12.34"
    assert format_minor(1234567, "JPY") == "JP¥1,234,567"
    assert format_minor(1234, "SGD") == "SGD 12.34"


@given(MINOR, st.sampled_from(sorted(set(EXPONENTS) - {"KWD", "BHD"})))
def test_what_is_written_is_read_back(minor, currency):
    assert parse_minor(to_decimal(minor, currency), currency) == minor
    shown = format_minor(minor, currency, "en")
    if currency != "JPY":
        assert parse_minor(shown, currency) == minor


@given(MINOR, st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_shares_add_up_and_stay_within_one_unit(total, weights):
    shares = split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)
        assert weight or not share


def test_equal_remainders_go_to_the_first():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_share_nothing_out_are_our_mistake(weights):
    with pytest.raises(ValueError):
        split(1, weights)
