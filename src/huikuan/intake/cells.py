"""Turns the text columns of a file into typed columns, as the mapping says, and collects every cell that cannot be
read.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from huikuan.intake.mapping import Source
from huikuan.lib import columns, days, ids, money, phones
from huikuan.lib.problems import Refused
from huikuan.lib.tables import LOST_DIGITS, ROW

#: What people write where there is nothing.
NOTHING = [
    "无",
    "没有",
    "不详",
    "未知",
    "暂无",
    "空",
    "-",
    "--",
    "—",
    "/",
    "\\",
    "0",
    "N/A",
    "n/a",
    "NA",
    "null",
    "NULL",
    "None",
    "none",
]
TRUE = ["true", "1", "y", "yes", "是", "有", "对"]
FALSE = ["false", "0", "n", "no", "否", "无", "不", ""]
SEXES = {"男": "m", "m": "m", "male": "m", "1": "m", "女": "f", "f": "f", "female": "f", "2": "f"}
LOST = rf"^({LOST_DIGITS}.*|[0-9](\.[0-9]+)?[eE]\+?[0-9]{{2,}})$"
EMAIL = r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}$"
ERRORS = {
    "row": pl.UInt32,
    "column": pl.String,
    "code": pl.String,
    "params": pl.String,
    "value": pl.String,
}
Explain = Callable[[str], dict[str, object]]


@dataclass
class Cells:
    """The cells of one file. `errors` are frames of row, column, code, params (JSON) and value.

    `on`: the day of its arrival; `today`: the day on which it is read, after which is the future.
    """

    frame: pl.DataFrame
    currency: str
    on: dt.date
    today: dt.date
    errors: list[pl.DataFrame] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = self.frame[ROW].cast(pl.UInt32)

    def raw(self, source: Source) -> pl.Series:
        """The cells of a source as text, trimmed; null where empty; codes not yet translated."""
        height = self.frame.height
        if source.column is None or source.column not in self.frame.columns:
            value = source.value if source.column is None else None
            return pl.Series([value or None], dtype=pl.String).new_from_index(0, height)
        text = (
            self.frame[source.column]
            .str.replace_all(r"[\x00-\x1f\x7f\x{feff}]+", " ")
            .str.strip_chars()
        )
        return text.replace({"": None})

    def report(
        self,
        source: Source | None,
        codes: pl.Series,
        values: pl.Series,
        explain: Explain | None = None,
    ) -> None:
        """Keeps an error for each cell whose code is not null. `explain` gives the parameters, once per code and
        value.
        """
        bad = codes.is_not_null()
        if not bad.any():
            return
        column = (source.column or "") if source else ""
        frame = pl.DataFrame(
            {"row": self.rows.filter(bad), "code": codes.filter(bad), "value": values.filter(bad)}
        )
        if explain is None:
            frame = frame.with_columns(params=pl.lit("{}"))
        else:
            distinct = frame.select("value").unique()
            params = [
                json.dumps(explain(value or ""), ensure_ascii=False, default=str)
                for value in distinct["value"]
            ]
            distinct = distinct.with_columns(params=pl.Series(params, dtype=pl.String))
            frame = frame.join(distinct, on="value", how="left", nulls_equal=True)
        self.errors.append(frame.with_columns(column=pl.lit(column)).select(*ERRORS))

    def flag(
        self, source: Source | None, bad: pl.Series, code: str, values: pl.Series, **params: object
    ) -> None:
        """Reports `code` where `bad` is true."""
        codes = pl.select(pl.when(bad.fill_null(False)).then(pl.lit(code))).to_series()
        self.report(
            source, codes, values.cast(pl.String), (lambda _value: params) if params else None
        )

    def _required(self, source: Source, cells: pl.Series, code: str = "value.missing") -> None:
        if not source.optional:
            self.flag(source, cells.is_null(), code, cells)

    def coded(self, source: Source) -> pl.Series:
        """The cells translated by the code dictionary; a word that it does not know is reported. Empty cells get the
        default.
        """
        cells = self.raw(source)
        if source.codes and source.column is not None:
            known = list(source.codes)
            self._unknown(source, cells.is_not_null() & ~cells.is_in(known), cells, known)
            cells = cells.replace_strict(
                source.codes, default=None, return_dtype=pl.String
            ).replace({"": None})
        return cells if source.default is None else cells.fill_null(source.default)

    def _unknown(
        self, source: Source, unknown: pl.Series, cells: pl.Series, known: list[str]
    ) -> None:
        codes = pl.select(pl.when(unknown.fill_null(False)).then(pl.lit("value.code"))).to_series()
        self.report(source, codes, cells, lambda value: {"value": value, "known": ", ".join(known)})

    def text(self, source: Source, limit: int, *, names_something: bool = False) -> pl.Series:
        cells = self.coded(source)
        self._required(source, cells)
        if names_something:
            self.flag(source, cells.str.contains(LOST), "cell.lost_digits", cells)
        self.flag(source, cells.str.len_chars() > limit, "value.long", cells, limit=limit)
        return cells

    def choice(self, source: Source, words: dict[str, str]) -> pl.Series:
        """Words with a fixed meaning, by the mapping's codes or else by `words` (small letters)."""
        if source.codes or source.column is None:
            cells = self.coded(source)
        else:
            given = self.raw(source)
            cells = given.str.to_lowercase().replace_strict(
                words, default=None, return_dtype=pl.String
            )
            self._unknown(source, given.is_not_null() & cells.is_null(), given, list(words))
            cells = cells if source.default is None else cells.fill_null(source.default)
        self._required(source, cells)
        return cells

    def truth(self, source: Source) -> pl.Series:
        words = dict.fromkeys(TRUE, "true") | dict.fromkeys(FALSE, "false")
        return (self.choice(source, words) == "true").fill_null(False)

    def count(self, source: Source, *, lowest: int = 0) -> pl.Series:
        cells = self.coded(source)
        self._required(source, cells)
        number = cells.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
        self.flag(
            source,
            cells.is_not_null() & (number.is_null() | (number < lowest)),
            "value.count",
            cells,
        )
        return number

    def day(self, source: Source, *, past: bool = False) -> pl.Series:
        """A day; `past` refuses one in the future."""
        cells = self.coded(source)
        found = columns.dates(cells, source.form)
        errors = _unless_empty(found["error"], cells) if source.optional else found["error"]
        self.report(
            source,
            errors,
            cells,
            lambda value: _params(lambda: days.parse_date(value, source.form)),
        )
        if past:
            self.flag(source, found["day"] > self.today, "date.future", cells)
        return found["day"]

    def money(self, source: Source) -> pl.Series:
        """Minor units, not negative; null where the cell is empty and may be."""
        cells = self.coded(source)
        found = columns.amounts(cells, self.currency)
        errors = _unless_empty(found["error"], cells) if source.optional else found["error"]
        self.report(
            source,
            errors,
            cells,
            lambda value: _params(lambda: money.parse_minor(value, self.currency)),
        )
        self.flag(source, found["minor"] < 0, "amount.negative", cells)
        return found["minor"]

    def identity(self, source: Source) -> pl.Series:
        cells = self.raw(source)
        errors = columns.id_errors(cells, self.today)
        self._number(source, cells, errors)
        return columns.clean_ids(cells)

    def credit_code(self, source: Source) -> pl.Series:
        cells = self.raw(source)
        self._number(source, cells, columns.credit_code_errors(cells))
        return columns.clean_ids(cells)

    def card(self, source: Source) -> pl.Series:
        cells = self.raw(source)
        self._number(source, cells, columns.card_errors(cells))
        return columns.clean_ids(cells)

    def _number(self, source: Source, cells: pl.Series, errors: pl.Series) -> None:
        errors = _unless_empty(errors, cells) if source.optional else errors
        self.report(source, errors, cells, lambda value: {"length": ids.length_of(value)})

    def point(self, source: Source, kind: str) -> tuple[pl.Series, pl.Series]:
        """The contact point in its one spelling, and its kind (a mobile in a landline column is a mobile)."""
        cells = self.raw(source)
        cells = pl.select(pl.when(~cells.is_in(NOTHING)).then(cells)).to_series()
        kinds = pl.Series([kind], dtype=pl.String).new_from_index(0, len(cells))
        if kind == "address":
            self.flag(source, cells.str.len_chars() > 300, "value.long", cells, limit=300)
            return cells, kinds
        if kind == "email":
            cells = cells.str.to_lowercase()
            self.flag(source, ~cells.str.contains(EMAIL), "value.email", cells)
            return cells, kinds
        given = cells.is_not_null()
        found = columns.numbers(cells.filter(given))
        found = found.with_columns(
            spelled=pl.col("e164")
            + pl.when(pl.col("extension").is_null())
            .then(pl.lit(""))
            .otherwise(phones.EXTENSION_MARK + pl.col("extension")),
            ours=pl.when(pl.col("kind") == "mobile")
            .then(pl.lit("mobile"))
            .otherwise(pl.lit("phone")),
        )
        if kind == "mobile":
            # A landline in this column is dialled as one; what is nobody's number is not.
            is_service = pl.col("error").is_null() & (pl.col("kind") == "service")
            nobodys = pl.when(is_service).then(pl.lit("phone.service"))
            found = found.with_columns(error=nobodys.otherwise(pl.col("error")))
        empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(cells))
        places = given.arg_true()
        self.report(
            source,
            empty.scatter(places, found["error"]),
            cells,
            lambda value: _params(lambda: phones.parse(value)),
        )
        return empty.scatter(places, found["spelled"]), kinds.scatter(places, found["ours"])

    def all_errors(self) -> pl.DataFrame:
        return pl.concat(self.errors) if self.errors else pl.DataFrame(schema=ERRORS)


def _unless_empty(errors: pl.Series, cells: pl.Series) -> pl.Series:
    return pl.select(pl.when(cells.is_not_null()).then(errors)).to_series()


def _params(read: Callable[[], object]) -> dict[str, object]:
    """The parameters with which the scalar reader refuses this value."""
    try:
        read()
    except Refused as refused:
        return refused.params
    return {}
