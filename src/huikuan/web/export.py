"""Lists as XLSX, written row by row so that memory does not grow with the list."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.functional import Promise

from huikuan.lib.money import EXPONENTS, to_decimal

Kind = Literal["text", "money", "number", "percent", "date", "moment"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS: dict[str, int] = {
    "text": 18,
    "money": 15,
    "number": 10,
    "percent": 10,
    "date": 12,
    "moment": 17,
}
_FORMATS = {
    "number": "#,##0",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet. `money`: minor units of `currency`; `percent`: a share of 1; `moment`: aware."""

    label: str | Promise
    kind: Kind = "text"
    width: int = 0
    currency: str = "CNY"


def xlsx_response(
    name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> FileResponse:
    """A download `name`.xlsx with one sheet. Text stays text: no cell calculates, no long number is rounded."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(file, columns, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def write_xlsx(file: Any, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write the sheet to an open binary file; gives the number of rows."""
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bg_color": "#F1F3F5", "bottom": 1})
    formats = [book.add_format({"num_format": _number_format(column)}) for column in columns]
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width or _WIDTHS[column.kind])
        sheet.write_string(0, place, str(column.label), head)
    sheet.freeze_panes(1, 0)
    zone = timezone.get_current_timezone()
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, count, place, column, value, formats[place], zone)
    sheet.autofilter(0, 0, count, max(len(columns) - 1, 0))
    book.close()
    return count


def _number_format(column: Column) -> str:
    if column.kind != "money":
        return _FORMATS.get(column.kind, "@")
    places = EXPONENTS[column.currency]
    return "#,##0." + "0" * places if places else "#,##0"


def _write(
    sheet: Any,
    row: int,
    place: int,
    column: Column,
    value: Any,
    form: Any,
    zone: dt.tzinfo | ZoneInfo,
) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, form)
    elif column.kind == "money":
        sheet.write_number(row, place, to_decimal(value, column.currency), form)
    elif column.kind in ("number", "percent"):
        sheet.write_number(
            row, place, Decimal(value) if not isinstance(value, float) else value, form
        )
    elif column.kind == "date":
        sheet.write_datetime(row, place, value, form)
    elif column.kind == "moment":
        sheet.write_datetime(row, place, value.astimezone(zone).replace(tzinfo=None), form)
    else:
        sheet.write_string(row, place, str(value), form)
