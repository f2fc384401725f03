"""Checks a whole file against its mapping, column by column. Nothing stops at the first problem; good rows go on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from huikuan.intake.cells import ERRORS, SEXES, Cells
from huikuan.intake.mapping import Mapping, MonthsLate, Source
from huikuan.intake.mapping_file import missing_columns
from huikuan.intake.sentences import problem, sentence
from huikuan.lib.problems import Problem
from huikuan.lib.tables import ROW, Table

#: Columns of the problem report that come back with a corrected file: the batch and row that a line corrects.
BATCH, BATCH_ROW, SAID = "#批次 batch", "#行 row", "#问题 problem"
#: A line that could not be cut into cells comes as it is.
LINE = "#原文 line"
REPORT_COLUMNS = (BATCH, BATCH_ROW, SAID, LINE)


@dataclass
class Checked:
    """`frame`: the good rows in our terms. `errors`: row, column, code, params, value of every cell or row that is
    not right. `general`: problems of the file as a whole or of rows that could not be read. `refused`: nothing of the
    file can be taken."""

    file: str
    table: Table
    frame: pl.DataFrame
    errors: pl.DataFrame
    general: list[Problem]
    received: int
    refused: bool = False
    header_row: int = 1

    @property
    def bad_rows(self) -> set[int]:
        """Rows that are not accepted."""
        unread = {
            found.row
            for found in self.general
            if found.row is not None and found.severity == "error"
        }
        if self.refused:
            read = set(self.table.frame[ROW].to_list()) if self.table.readable else set()
            return read | (unread - {self.header_row} if self.table.readable else set())
        return set(_serious(self.errors)["row"].to_list()) | unread

    @property
    def accepted(self) -> int:
        return 0 if self.refused else self.frame.height

    @property
    def reported(self) -> int:
        return self.received - self.accepted

    def drop(self, errors: pl.DataFrame) -> None:
        """Takes the rows of these errors out of the good ones."""
        self.errors = pl.concat([self.errors, errors.select(*ERRORS)])
        self.frame = self.frame.filter(~pl.col("row").is_in(_serious(errors)["row"].implode()))

    def problems(self, limit: int | None = None) -> Iterator[Problem]:
        """Every problem as data, in the order of the file."""
        yield from self.general
        found = self.errors.sort("row", "column", "code")
        for row, column, code, params, value in (
            found.head(limit).iter_rows() if limit else found.iter_rows()
        ):
            yield problem(
                code,
                json.loads(params),
                file=self.file,
                row=row,
                column=column or None,
                value=value,
            )

    def by_code(self) -> dict[str, int]:
        counts = dict(self.errors.group_by("code").len().iter_rows())
        for found in self.general:
            counts[found.code] = counts.get(found.code, 0) + 1
        return dict(sorted(counts.items()))


def check(table: Table, mapping: Mapping, on: dt.date, *, today: dt.date | None = None) -> Checked:
    """Checks the cells and the rows against each other.

    `on`: local day of the arrival, on which a case without a day of its own was placed. `today`:
    the day on which the file is read (default `on`); what lies after it lies in the future.
    """
    general = list(table.problems)
    empty = pl.DataFrame(schema=ERRORS)
    received = (table.frame.height if table.readable else 0) + table.refused
    if table.readable:
        header = [column for column in table.columns if column not in REPORT_COLUMNS]
        general += missing_columns(mapping, header, table.name)
    fatal = any(
        found.severity == "error" and (found.row is None or found.row == mapping.header_row)
        for found in general
    )
    if not table.readable or fatal:
        return Checked(
            table.name,
            table,
            pl.DataFrame(),
            empty,
            general,
            received,
            refused=True,
            header_row=mapping.header_row,
        )
    cells = Cells(table.frame, mapping.currency, on, today or on)
    frame = _stage(cells, mapping)
    checked = Checked(
        table.name, table, frame, empty, general, received, header_row=mapping.header_row
    )
    checked.drop(cells.all_errors())
    for rule in (_same_rows, _one_person, _one_account):
        checked.drop(rule(checked.frame))
    return checked


def _stage(cells: Cells, mapping: Mapping) -> pl.DataFrame:
    """One line per row of the file, in our terms."""
    fields = mapping.fields
    height = cells.frame.height

    def nothing(dtype: type[pl.DataType]) -> pl.Series:
        return pl.Series([None], dtype=dtype).new_from_index(0, height)

    def given(key: str, read: Callable[[Source], pl.Series], dtype: type[pl.DataType]) -> pl.Series:
        return read(fields[key]) if key in fields else nothing(dtype)

    stage: dict[str, pl.Series] = {"row": cells.rows}
    stage["product"] = cells.text(fields["product"], 40)
    stage["person_number"] = given(
        "person.number", lambda s: cells.text(s, 80, names_something=True), pl.String
    )
    stage["name"] = given("person.name", lambda s: cells.text(s, 120), pl.String)
    stage["id_number"] = given("person.id", cells.identity, pl.String)
    stage["credit_code"] = given("person.credit_code", cells.credit_code, pl.String)
    stage["born_on"] = given("person.born_on", lambda s: cells.day(s, past=True), pl.Date)
    stage["sex"] = given("person.sex", lambda s: cells.choice(s, SEXES), pl.String)
    stage["region"] = given("person.region", lambda s: cells.text(s, 12), pl.String)
    account = fields["account.number"]
    read_account = (
        cells.card
        if mapping.account_kind == "card"
        else lambda s: cells.text(s, 80, names_something=True)
    )
    stage["account"] = read_account(account)
    stage["placed_on"] = given(
        "case.placed_on", lambda s: cells.day(s, past=True), pl.Date
    ).fill_null(cells.on)
    stage["return_on"] = given("case.return_on", cells.day, pl.Date)
    stage["told_on"] = given("case.told_on", lambda s: cells.day(s, past=True), pl.Date)
    stage["hand"] = given("case.hand", lambda s: cells.count(s, lowest=1), pl.Int64)
    for key in ("settles_by_receipts", "statement_cycle"):
        stage[key] = given(f"case.{key}", cells.truth, pl.Boolean).fill_null(False)
    stage["item"] = cells.text(fields["item.number"], 80, names_something=True)
    stage["due_on"] = (
        cells.day(fields["item.due_on"])
        if "item.due_on" in fields
        else _due(cells, mapping.months_late)
    )
    earliest = pl.select(pl.min_horizontal(stage["placed_on"], stage["due_on"])).to_series()
    stage["item_on"] = given("item.valid_on", lambda s: cells.day(s, past=True), pl.Date).fill_null(
        earliest
    )
    stage["confirmed_on"] = given("item.confirmed_on", lambda s: cells.day(s, past=True), pl.Date)
    stage |= _charges(cells, mapping)
    stage |= _payments(cells, mapping, stage["item_on"])
    stage |= _disputes(cells, mapping, stage["item_on"])
    stage |= _points(cells, mapping)
    for number, source in enumerate(mapping.details):
        stage[f"detail_{number}"] = cells.coded(source)
    if "case.return_on" in fields:
        bad = stage["return_on"] < stage["placed_on"]
        cells.flag(fields["case.return_on"], bad, "date.before_placement", stage["return_on"])
    return pl.DataFrame(stage).with_columns(debtor=_debtor())


def _debtor() -> pl.Expr:
    """What identifies the debtor within the file: the creditor's number, else the identity number, else the company
    code.
    """
    return pl.coalesce("person_number", "id_number", "credit_code")


def _due(cells: Cells, late: MonthsLate | None) -> pl.Series:
    if late is None:
        raise ValueError("the mapping has neither item.due_on nor months_late")
    months = cells.count(late.months, lowest=-100)
    back = pl.format("-{}mo", pl.col("months").clip(0))
    due = (
        pl.when(pl.col("months") > 0)
        .then(pl.lit(late.statement_on).dt.offset_by(back))
        .when(pl.col("months").is_not_null())
        .then(pl.lit(late.otherwise_on))
    )
    return pl.DataFrame({"months": months}).select(due.alias("due")).to_series()


def _charges(cells: Cells, mapping: Mapping) -> dict[str, pl.Series]:
    found = {
        f"charge_{n}": cells.money(charge.amount).fill_null(0)
        for n, charge in enumerate(mapping.charges)
    }
    total = pl.DataFrame(found).select(pl.sum_horizontal(pl.all())).to_series()
    wrong = (
        pl.concat(cells.errors)["row"].unique() if cells.errors else pl.Series([], dtype=pl.UInt32)
    )
    nothing = (total == 0) & ~cells.rows.is_in(wrong.implode())
    cells.flag(mapping.charges[0].amount, nothing, "amount.nothing_owed", total)
    return found | {"total": total}


def _payments(cells: Cells, mapping: Mapping, start: pl.Series) -> dict[str, pl.Series]:
    found: dict[str, pl.Series] = {}
    for n, payment in enumerate(mapping.payments):
        day = cells.day(payment.on, past=True)
        early = pl.select(pl.when(day < start).then(pl.lit("date.before_debt"))).to_series()
        cells.report(payment.on, early, start.cast(pl.String), lambda value: {"start": value})
        found[f"pay_{n}_on"] = day
        if payment.amount is not None:
            found[f"pay_{n}"] = cells.money(payment.amount)
    return found


def _disputes(cells: Cells, mapping: Mapping, start: pl.Series) -> dict[str, pl.Series]:
    found: dict[str, pl.Series] = {}
    for n, dispute in enumerate(mapping.disputes):
        disputed = cells.truth(dispute.when)
        opened = cells.day(replace(dispute.start, optional=True), past=True)
        cells.flag(
            dispute.start, disputed & cells.raw(dispute.start).is_null(), "date.empty", opened
        )
        ended = (
            cells.day(dispute.end)
            if dispute.end
            else pl.Series([None], dtype=pl.Date).new_from_index(0, len(disputed))
        )
        found[f"dispute_{n}"] = pl.select(pl.when(disputed).then(opened)).to_series()
        found[f"dispute_{n}_end"] = pl.select(pl.when(disputed).then(ended)).to_series()
    return found


def _points(cells: Cells, mapping: Mapping) -> dict[str, pl.Series]:
    found: dict[str, pl.Series] = {}
    for n, point in enumerate(mapping.points):
        value, kind = cells.point(point.value, point.kind)
        found[f"point_{n}"], found[f"point_{n}_kind"] = value, kind
        whose = cells.coded(point.whose)
        found[f"point_{n}_whose"] = pl.select(
            pl.when(value.is_not_null()).then(whose.fill_null("other"))
        ).to_series()
        for part, source, limit in (("holder", point.holder, 80), ("relation", point.relation, 40)):
            if source is not None:
                found[f"point_{n}_{part}"] = cells.text(source, limit)
    return found


def _serious(errors: pl.DataFrame) -> pl.DataFrame:
    codes = [code for code in errors["code"].unique() if sentence(code).severity == "error"]
    return errors.filter(pl.col("code").is_in(codes))


def _error_rows(found: pl.DataFrame, code: str, params: pl.Expr, value: str) -> pl.DataFrame:
    return found.select(
        "row",
        pl.lit("").alias("column"),
        pl.lit(code).alias("code"),
        params.alias("params"),
        pl.col(value).alias("value"),
    )


def _same_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with the account and item number of another row: the same again, or a contradiction."""
    twice = frame.filter(pl.struct("account", "item").is_duplicated())
    if twice.is_empty():
        return pl.DataFrame(schema=ERRORS)
    contents = [column for column in frame.columns if column != "row"]
    key = ["account", "item"]
    twice = twice.with_columns(
        first=pl.col("row").min().over(key),
        rows=pl.col("row").sort().cast(pl.String).implode().list.head(10).list.join(", ").over(key),
        differs=pl.struct(contents).n_unique().over(key) > 1,
    )
    again = twice.filter(~pl.col("differs") & (pl.col("row") != pl.col("first")))
    other = twice.filter("differs")
    return pl.concat(
        [
            _error_rows(again, "row.duplicate", _json("first", "first"), "item"),
            _error_rows(other, "row.contradiction", _json("rows", "rows"), "item"),
        ]
    )


def _json(name: str, column: str) -> pl.Expr:
    """A JSON object with one member."""
    return pl.concat_str(pl.lit(f'{{"{name}": "'), pl.col(column).cast(pl.String), pl.lit('"}'))


def _contradictions(frame: pl.DataFrame, key: str, others: list[str], code: str) -> pl.DataFrame:
    """Rows of a `key` that stands with more than one value of another column."""
    mixed = pl.any_horizontal(pl.col(other).drop_nulls().n_unique() > 1 for other in others)
    keys = frame.group_by(key).agg(mixed=mixed).filter("mixed")
    if keys.is_empty():
        return pl.DataFrame(schema=ERRORS)
    found = frame.join(keys, on=key, how="semi").with_columns(
        rows=pl.col("row").sort().cast(pl.String).implode().list.head(10).list.join(", ").over(key)
    )
    return _error_rows(found, code, _json("rows", "rows"), key)


def _one_person(frame: pl.DataFrame) -> pl.DataFrame:
    return _contradictions(
        frame, "debtor", ["name", "id_number", "credit_code"], "person.contradiction"
    )


def _one_account(frame: pl.DataFrame) -> pl.DataFrame:
    return _contradictions(frame, "account", ["debtor", "product"], "account.contradiction")
