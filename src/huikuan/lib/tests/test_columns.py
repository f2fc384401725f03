import datetime as dt
import string

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib import columns, days, ids, money, phones
from huikuan.lib.problems import Refused

ON = dt.date(2026, 11, 23)


@st.composite
def id_cells(draw):
    front = draw(st.from_regex(r"[0-9]{6}(19|20|18)[0-9]{2}[01][0-9][0-3][0-9]{4}", fullmatch=True))
    right = front + ids.ric_check(front)
    return draw(
        st.sampled_from(
            [
                right,
                right.lower(),
                f" {right}",
                f"'{right}",
                right[:17] + "0",
                right[:15],
                right[:16],
            ]
        )
    )


@st.composite
def credit_cells(draw):
    front = draw(
        st.from_regex(
            rf"[{ids.USCC_SYMBOLS}]{{2}}[0-9]{{6}}[{ids.USCC_SYMBOLS}]{{9}}", fullmatch=True
        )
    )
    return front + draw(st.sampled_from([ids.uscc_check(front), "0", "A", "I", ""]))


def cells(*kinds):
    return st.lists(st.none() | st.one_of(*kinds) | st.text(max_size=20) | st.just(""), max_size=25)


def code(result):
    return result if isinstance(result, str) else None


def both(read, cell):
    try:
        return read(cell or ""), None
    except Refused as refused:
        return None, refused.code


@given(
    cells(id_cells(), st.text(string.digits + "X", min_size=18, max_size=18), st.just("3.1E+17"))
)
def test_identity_numbers_are_judged_as_one_by_one(values):
    series = pl.Series("id", values, dtype=pl.String)
    expected = [code(ids.resident_id(value or "", ON)) for value in values]
    assert columns.id_errors(series, ON).to_list() == expected


@given(cells(credit_cells(), st.text(ids.USCC_SYMBOLS, min_size=18, max_size=18)))
def test_credit_codes_are_judged_as_one_by_one(values):
    series = pl.Series("code", values, dtype=pl.String)
    expected = [code(ids.credit_code(value or "")) for value in values]
    assert columns.credit_code_errors(series).to_list() == expected


@given(cells(st.text(string.digits, min_size=10, max_size=20)))
def test_card_numbers_are_judged_as_one_by_one(values):
    series = pl.Series("card", values, dtype=pl.String)
    expected = [code(ids.card(value or "")) for value in values]
    assert columns.card_errors(series).to_list() == expected


@given(
    cells(
        st.decimals(-(10**13), 10**13, places=2).map(str),
        st.integers(-(10**13), 10**13).map(lambda fen: money.format_minor(fen)),
        st.from_regex(r"-?[¥￥]?[0-9]{0,5}(,[0-9]{3}){0,2}(\.[0-9]{0,3})?元?", fullmatch=True),
    ),
    st.sampled_from(["CNY", "JPY", "USD", "KWD"]),
)
def test_amounts_are_read_as_one_by_one(values, currency):
    found = columns.amounts(pl.Series("a", values, dtype=pl.String), currency)
    assert found.rows() == [
        both(lambda cell: money.parse_minor(cell, currency), value) for value in values
    ]
    assert found.schema == {"minor": pl.Int64, "error": pl.String}


@given(
    cells(
        st.dates().map(str),
        st.dates(dt.date(1890, 1, 1), dt.date(2110, 1, 1)).map(
            lambda day: f"{day.month}/{day.day}/{day.year}"
        ),
        st.from_regex(r"[12][0-9]{3}[-./][01]?[0-9][-./][0-3]?[0-9]", fullmatch=True),
    ),
    st.sampled_from(["auto", "yyyy-mm-dd", "m/d/yyyy", "yyyymmdd"]),
)
def test_days_are_read_as_one_by_one(values, form):
    found = columns.dates(pl.Series("d", values, dtype=pl.String), form)
    assert found.rows() == [
        both(lambda cell: days.parse_date(cell, form), value) for value in values
    ]


@given(
    cells(
        st.from_regex(r"(\+86|0086|86|0)?1[2-9][0-9]{8,10}", fullmatch=True),
        st.from_regex(r"0[1-9][0-9]{1,3}-?[0-9]{6,9}(-[0-9]{1,4})?", fullmatch=True),
        st.from_regex(r"0?[48]00-?[0-9]{7}", fullmatch=True),
    )
)
def test_telephone_numbers_are_read_as_one_by_one(values):
    expected = []
    for value in values:
        phone, error = both(phones.parse, value)
        expected.append(
            (phone.e164, phone.kind, phone.extension or None, None)
            if phone
            else (None, None, None, error)
        )
    assert columns.numbers(pl.Series("p", values, dtype=pl.String)).rows() == expected


def test_numbers_of_another_region():
    found = columns.numbers(pl.Series(["2345 6789", "13800005678"]), "HK")
    assert found["e164"].to_list()[0] == "+85223456789"


@pytest.mark.parametrize(
    "read",
    [
        columns.amounts,
        columns.dates,
        columns.numbers,
        columns.credit_code_errors,
        columns.card_errors,
    ],
)
def test_an_empty_column_and_a_column_of_nothing(read):
    assert len(read(pl.Series("x", [], dtype=pl.String))) == 0
    assert len(read(pl.Series("x", [None, None], dtype=pl.Null))) == 2
