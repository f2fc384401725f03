"""Whole columns at once: the same answers as the scalar readers in `ids`, `phones`, `money`, `days`, for a million
rows.

The ordinary form of a value is decided by arithmetic on the column; whatever is left goes through the scalar reader,
once per distinct value. So both agree by construction on the odd values, and by a property test on the ordinary ones.
Codes are those of `huikuan.lib.catalogue`; null means valid. An empty cell is null or "" and gives the code
`….empty`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl

from huikuan.lib import days, ids, money, phones
from huikuan.lib.problems import Refused

Read = Callable[[str], Any]


# Identity numbers


def id_errors(cells: pl.Series, on: dt.date) -> pl.Series:
    weighted = _sum((_byte(place) - 48) * weight for place, weight in enumerate(ids.RIC_WEIGHTS))
    born = pl.col("clean").str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    error = (
        pl.when(born.is_null() | (born.dt.year() < ids.FIRST_BIRTH_YEAR))
        .then(pl.lit("id.birth_date"))
        .when(born > on)
        .then(pl.lit("id.birth_future"))
        .when(_byte(17) != _one_of(ids.RIC_CHECKS, weighted % 11))
        .then(pl.lit("id.check_digit"))
    )
    return _checked(
        cells, 18, ids.RIC_FORM.pattern, error, lambda text: _code(ids.resident_id(text, on))
    )


def credit_code_errors(cells: pl.Series) -> pl.Series:
    total = _sum(_symbol(_byte(place)) * weight for place, weight in enumerate(ids.USCC_WEIGHTS))
    expected = _one_of(ids.USCC_SYMBOLS, (31 - total % 31) % 31)
    wrong = pl.when(_byte(17) != expected).then(pl.lit("credit_code.check_digit"))
    return _checked(
        cells, 18, ids.USCC_FORM.pattern, wrong, lambda text: _code(ids.credit_code(text))
    )


def card_errors(cells: pl.Series) -> pl.Series:
    # Filled with zeros in front, which change no Luhn sum.
    digits = [_byte(18 - place) - 48 for place in range(19)]
    doubled = [
        pl.when(digit > 4).then(digit * 2 - 9).otherwise(digit * 2) for digit in digits[1::2]
    ]
    wrong = pl.when(_sum([*digits[::2], *doubled]) % 10 != 0).then(pl.lit("card.check_digit"))
    return _checked(cells, 19, "[0-9]{12,19}", wrong, lambda text: _code(ids.card(text)))


def clean_ids(cells: pl.Series) -> pl.Series:
    """`ids.clean` of every cell; null where nothing is left."""
    text = cells.cast(pl.String)
    plain = text.str.contains("^[0-9A-Z]*$")
    if plain.all():  # blank cells are null here, and ignored
        return text.replace({"": None})
    odd = ~plain & text.is_not_null()
    return _patch(text, odd, ids.clean).replace({"": None})


def _byte(place: int) -> pl.Expr:
    return pl.col("bytes").arr.get(place).cast(pl.Int32)


def _symbol(byte: pl.Expr) -> pl.Expr:
    """The place of a byte among the code's 31 symbols, which leave out I, O, S, V and Z."""
    skipped = _sum((byte > ord(left_out)).cast(pl.Int32) for left_out in "IOSV")
    return pl.when(byte < 58).then(byte - 48).otherwise(byte - 55 - skipped)


def _one_of(symbols: str, index: pl.Expr) -> pl.Expr:
    """The byte of the symbol with this index."""
    return pl.lit(pl.Series([list(symbols.encode())], dtype=pl.List(pl.Int32))).list.get(index)


def _code(result: object) -> str | None:
    return result if isinstance(result, str) else None


def _checked(
    cells: pl.Series, width: int, form: str, error: pl.Expr, scalar: Callable[[str], str | None]
) -> pl.Series:
    """Where the cleaned cell has the form, `error` decides, with the columns `clean` and `bytes` (an array of
    `width`).
    """
    clean = clean_ids(cells)
    fits = clean.str.contains(f"^{form}$").fill_null(False)
    errors = pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(clean))
    ordinary = clean.filter(fits)
    if len(ordinary):
        arrays = (
            ordinary.str.zfill(width)
            .cast(pl.Binary)
            .bin.reinterpret(dtype=pl.Array(pl.UInt8, width))
        )
        decided = pl.DataFrame({"clean": ordinary, "bytes": arrays}).select(error.alias("error"))[
            "error"
        ]
        errors = decided if len(decided) == len(clean) else errors.scatter(fits.arg_true(), decided)
    if len(ordinary) < len(clean):
        odd = clean.filter(~fits).fill_null("")
        errors = errors.scatter((~fits).arg_true(), _by_distinct(odd, scalar, pl.String))
    return errors.alias(cells.name)


# Amounts, days, telephone numbers: a frame with the value and, where there is none, the code


def amounts(cells: pl.Series, currency: str = "CNY") -> pl.DataFrame:
    """Columns `minor` (Int64, minor units) and `error`; the rules of `money.parse_minor`."""
    places = money.exponent(currency)
    text = cells.cast(pl.String)
    if currency == "CNY":
        # the usual dress of an amount, taken off only where it is worn rightly
        dressed = text.str.contains(
            r"^[¥￥]?-?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?元?$"
        ).fill_null(False)
        if dressed.any():
            text = text.zip_with(~dressed, text.str.replace_all("[¥￥,元]", ""))
    decimals = rf"(?:\.[0-9]{{1,{places}}})?" if places else ""
    fits = text.str.contains(rf"^-?[0-9]{{1,{14 - places}}}{decimals}$").fill_null(False)
    unsigned = text.str.strip_prefix("-")
    whole = unsigned.str.extract(r"^([0-9]*)").cast(pl.Int64, strict=False)
    part = unsigned.str.extract(r"\.([0-9]*)$").fill_null("").str.pad_end(places, "0")
    minor = whole * 10**places + part.cast(pl.Int64, strict=False).fill_null(0)
    minor = pl.select(pl.when(text.str.starts_with("-")).then(-minor).otherwise(minor)).to_series()
    return _patched("minor", minor, text, fits, lambda cell: money.parse_minor(cell, currency))


def dates(cells: pl.Series, form: str = "auto") -> pl.DataFrame:
    """Columns `day` (Date) and `error`; the rules of `days.parse_date`."""
    text = cells.cast(pl.String)
    empty = pl.Series(values=[None], dtype=pl.Date).new_from_index(0, len(text))
    if form not in ("auto", "yyyy-mm-dd"):
        return _patched(
            "day", empty, text, text.is_null() & False, lambda cell: days.parse_date(cell, form)
        )
    iso = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$").fill_null(False)
    day = text.str.to_date("%Y-%m-%d", strict=False)
    fits = iso & day.dt.year().is_between(days.FIRST_YEAR, days.LAST_YEAR).fill_null(False)
    return _patched("day", day, text, fits, lambda cell: days.parse_date(cell, form))


def numbers(cells: pl.Series, region: str = "CN") -> pl.DataFrame:
    """Telephone numbers: columns `e164`, `kind`, `extension` (null without one) and `error`; the rules of
    `phones.parse`.
    """
    text = cells.cast(pl.String)
    mobile = text.str.contains(f"^{phones.MOBILE.pattern}$").fill_null(False) & (region == "CN")
    landline = text.str.contains(_LANDLINE).fill_null(False) & (region == "CN")
    fits = mobile | landline
    frame = pl.DataFrame({"text": text, "mobile": mobile}).select(
        e164="+86"
        + pl.when("mobile")
        .then(pl.col("text").str.slice(-11))
        .otherwise(pl.col("text").str.replace("-", "").str.slice(1)),
        kind=pl.when("mobile").then(pl.lit("mobile")).otherwise(pl.lit("landline")),
        extension=pl.lit(None, dtype=pl.String),
        error=pl.lit(None, dtype=pl.String),
    )
    if fits.all():
        return frame
    left = text.filter(~fits).fill_null("")
    distinct = left.unique()
    rows = [_phone(cell, region) for cell in distinct]
    table = pl.DataFrame(
        rows, schema=dict.fromkeys(frame.columns, pl.String), orient="row"
    ).with_columns(cell=distinct)
    found = pl.DataFrame({"cell": left}).join(table, on="cell", how="left", maintain_order="left")
    places = (~fits).arg_true()
    return pl.DataFrame([frame[column].scatter(places, found[column]) for column in frame.columns])


#: With the area code and at most the one hyphen behind it; a 400 or 800 number is none.
_LANDLINE = "^0(?:10-?[1-9][0-9]{7}|2[0-57-9]-?[1-9][0-9]{7}|(?:3[0-9]{2}|[4-9][1-9][0-9]|[4-9]0[1-9])-?[1-9][0-9]{6,7})$"


def _phone(cell: str, region: str) -> tuple[str | None, str | None, str | None, str | None]:
    try:
        phone = phones.parse(cell, region)
    except Refused as refused:
        return None, None, None, refused.code
    return phone.e164, phone.kind, phone.extension or None, None


# How the odd values are read


def _patched(
    name: str, values: pl.Series, text: pl.Series, fits: pl.Series, read: Read
) -> pl.DataFrame:
    """Keep the values where the fast form fits, read the other cells one by one (each distinct text once)."""
    errors = pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(text))
    if not fits.all():
        left = text.filter(~fits).fill_null("")
        distinct = left.unique()
        results = [_try(read, cell) for cell in distinct]
        table = pl.DataFrame(
            {
                "cell": distinct,
                "value": pl.Series(values=[value for value, _ in results], dtype=values.dtype),
                "error": pl.Series(values=[code for _, code in results], dtype=pl.String),
            }
        )
        found = pl.DataFrame({"cell": left}).join(
            table, on="cell", how="left", maintain_order="left"
        )
        places = (~fits).arg_true()
        values, errors = (
            values.scatter(places, found["value"]),
            errors.scatter(places, found["error"]),
        )
    return pl.DataFrame({name: values, "error": errors})


def _try(read: Read, cell: str) -> tuple[Any, str | None]:
    try:
        return read(cell), None
    except Refused as refused:
        return None, refused.code


def _by_distinct(
    cells: pl.Series, scalar: Callable[[str], str | None], dtype: type[pl.DataType]
) -> pl.Series:
    distinct = cells.unique()
    values = pl.Series(values=[scalar(cell) for cell in distinct], dtype=dtype)
    return cells.replace_strict(distinct, values, return_dtype=dtype)


def _patch(text: pl.Series, odd: pl.Series, scalar: Callable[[str], str]) -> pl.Series:
    return text.scatter(
        odd.fill_null(False).arg_true(), _by_distinct(text.filter(odd), scalar, pl.String)
    )


def _sum(terms: Any) -> pl.Expr:
    first, *rest = terms
    for term in rest:
        first = first + term
    return first
