"""A file of payments, CSV or XLSX, read into lines. Columns are known by their usual headings, Chinese and English."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from huikuan.lib.days import parse_date
from huikuan.lib.money import EXPONENTS, parse_minor
from huikuan.lib.problems import Problem, Refused
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.read_table import read_table
from huikuan.lib.tables import LOST_DIGITS, ROW
from huikuan.payments.sentences import problem

#: Field → headings, the first one being what we write ourselves.
HEADINGS = {
    "reference": "流水号|交易流水号|银行流水号|凭证号|参考号|交易号|reference|transaction id|ref",
    "case": "案件号|案件编号|案号|case number|case",
    "account": "账号|卡号|账户|账户号|贷款编号|借据号|合同号|account number|account|loan number",
    "item": "账单号|发票号|发票编号|invoice number|invoice|item",
    "debtor": "客户号|客户编号|debtor number|customer number|customer|debtor",
    "name": "姓名|客户姓名|户名|付款人|付款方|name|payer",
    "amount": "还款金额|金额|付款金额|到账金额|交易金额|amount",
    "currency": "币种|currency",
    "paid_on": "还款日期|到账日期|交易日期|付款日期|入账日期|日期|paid on|payment date|value date|date",
}
WORDS = {"reference": _("reference"), "amount": _("amount"), "paid_on": _("payment day")}
KEYS = ("case", "account", "item", "debtor", "name")
_FIELDS = {
    unicodedata.normalize("NFKC", word).lower(): field
    for field, words in HEADINGS.items()
    for word in words.split("|")
}


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One row of the file. `currency` is empty where the file has none: that of the case then."""

    row: int
    reference: str
    amount_minor: int
    paid_on: dt.date
    currency: str = ""
    case: str = ""
    account: str = ""
    item: str = ""
    debtor: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """The lines that could be read, a problem for each thing that could not; `refused` counts rows that are no lines.

    `clashing` are refused rows that could be read, each with the row that it contradicts.
    """

    name: str
    lines: tuple[PaymentLine, ...]
    problems: tuple[Problem, ...]
    refused: int = 0
    clashing: tuple[tuple[PaymentLine, int], ...] = ()

    @property
    def unread(self) -> dict[int, list[Problem]]:
        """Row → what is wrong with it, of the rows that could not be read."""
        known = {line.row for line in self.lines} | {line.row for line, _ in self.clashing}
        found: dict[int, list[Problem]] = {}
        for one in self.problems:
            if one.row and one.row not in known and one.severity == "error":
                found.setdefault(one.row, []).append(one)
        return found

    @property
    def usable(self) -> bool:
        """Whether it is a file of payments at all, with at least one row."""
        return bool(self.lines or self.clashing or self.unread)


def read_file(path: Path, *, name: str | None = None) -> PaymentSheet:
    """Reads the file; never raises for what is in it."""
    table = read_table(path, name=name)
    columns: dict[str, str] = {}
    problems = list(table.problems)
    for column in table.columns:
        field = _FIELDS.get(unicodedata.normalize("NFKC", column).strip().lower().replace("_", " "))
        if field is not None:
            columns.setdefault(field, column)
    if table.readable:
        problems += _headings(columns, table.name)
        problems += _unread(table.columns, columns, table.name)
    if not table.readable or any(one.code in ("file.column", "file.no_key") for one in problems):
        return PaymentSheet(table.name, (), tuple(problems), table.frame.height + table.refused)
    lines, wrong = [], 0
    for row in table.frame.iter_rows(named=True):
        line, found = _line(row, columns, table.name)
        problems += found
        if line:
            lines.append(line)
        else:
            wrong += 1
    clashing = _clashing(lines)
    refused_rows = {line.row for line, _ in clashing}
    good = tuple(line for line in lines if line.row not in refused_rows)
    problems += [twice(line, other, table.name) for line, other in clashing if line.row > other]
    return PaymentSheet(
        table.name, good, tuple(problems), table.refused + wrong + len(clashing), tuple(clashing)
    )


def _headings(columns: dict[str, str], file: str) -> list[Problem]:
    found = [
        problem(
            "file.column", file=file, field=gettext(word), known=HEADINGS[field].replace("|", ", ")
        )
        for field, word in WORDS.items()
        if field not in columns
    ]
    if not any(key in columns for key in KEYS):
        found.append(problem("file.no_key", file=file))
    return found


def _unread(all_columns: Sequence[str], columns: dict[str, str], file: str) -> list[Problem]:
    """Names the columns that nothing is read from: one of them may hold what the sender means."""
    unread = [column for column in all_columns if column not in columns.values()]
    if not unread:
        return []
    return [problem("file.unread", file=file, count=len(unread), columns=", ".join(unread))]


def _line(
    row: dict[str, str | None], columns: dict[str, str], file: str
) -> tuple[PaymentLine | None, list[Problem]]:
    number = int(row[ROW] or 0)
    problems: list[Problem] = []
    cells = {field: (row[column] or "").strip() for field, column in columns.items()}

    def wrong(code: str, field: str, **params: object) -> None:
        problems.append(
            problem(code, row=number, column=columns.get(field, field), file=file, **params)
        )

    for field in (*KEYS, "reference"):
        if cells.get(field, "").startswith(LOST_DIGITS):
            wrong("cell.lost_digits", field)
    if not cells["reference"]:
        wrong("payment.reference_missing", "reference")
    currency = cells.pop("currency", "").upper()
    if currency and currency not in EXPONENTS:
        wrong("money.currency", "currency", found=currency, currency="CNY")
        currency = ""
    amount = paid_on = None
    try:
        amount = parse_minor(cells.pop("amount"), currency or "CNY")
        if amount <= 0:
            wrong("payment.amount", "amount")
    except Refused as refused:
        wrong(refused.code, "amount", **refused.params)
    try:
        paid_on = parse_date(cells.pop("paid_on"))
    except Refused as refused:
        wrong(refused.code, "paid_on", **refused.params)
    if problems or amount is None or paid_on is None:
        return None, problems
    return PaymentLine(
        row=number, amount_minor=amount, paid_on=paid_on, currency=currency, **cells
    ), problems


def _clashing(lines: list[PaymentLine]) -> list[tuple[PaymentLine, int]]:
    """The rows that share a reference and differ: none of them can be trusted. Equal rows are not among them."""
    first: dict[str, PaymentLine] = {}
    other: dict[str, int] = {}
    for line in lines:
        one = first.setdefault(line.reference, line)
        if _contents(one) != _contents(line):
            other.setdefault(line.reference, line.row)
    clashing = [line for line in lines if line.reference in other]
    return [
        (line, one.row if (one := first[line.reference]) != line else other[line.reference])
        for line in clashing
    ]


def twice(line: PaymentLine, other: int, file: str = "") -> Problem:
    """Row `other` has the line's reference and other contents."""
    place = {"row": line.row, "file": file or None, "column": "reference"}
    return problem("file.twice", **place, other=other, reference=line.reference)  # type: ignore[arg-type]


def _contents(line: PaymentLine) -> tuple[object, ...]:
    return (
        line.amount_minor,
        line.paid_on,
        line.currency,
        line.case,
        line.account,
        line.item,
        line.debtor,
    )
