"""XLSX workbooks through calamine, looked through before they are opened. Use `read_table`.

A workbook is a zip file of XML. Before calamine takes it into memory it is unpacked once in pieces, which finds:
sizes that are not those announced, a stray cell far away (calamine fills the rectangle), formulas without a stored
result, cells that hold an error (calamine gives them as empty).
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

import polars as pl
import python_calamine as calamine

from huikuan.lib.problems import Problem, did_you_mean, problem
from huikuan.lib.tables import (
    LOST_DIGITS,
    MEGABYTE,
    ROW,
    Limits,
    Table,
    finish,
    letters,
    listed,
    private_use,
    read_header,
    unreadable,
)

_CHUNK = 50_000
_FIRST_LOST = 1e15


class _Stop(Exception):
    """The file cannot be read; carries the code and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def read(path: Path, name: str, header_row: int, sheet: str | None, limits: Limits) -> Table:
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            _check_kind(archive)
            _check_sizes(archive, limits)
            sheets = _sheets(archive, raw)
            chosen, others = _choose(sheets, sheet, archive, raw, limits)
            unpacked = 0
            marks = _Marks()
            for info in archive.infolist():
                pieces = _inflate(raw, info, limits.unpacked - unpacked)
                if info.filename == sheets[chosen].part:
                    marks = scan(pieces, limits)
                    unpacked += info.file_size
                else:
                    unpacked += sum(len(piece) for piece in pieces)
        return _read_sheet(path, name, header_row, chosen, others, marks, limits)
    except _Stop as stop:
        return unreadable(name, stop.code, stop.params)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        ElementTree.ParseError,
        NotImplementedError,
        KeyError,
        EOFError,
    ):
        return unreadable(name, "table.damaged")


# The zip file


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        if any(info.flag_bits & 1 for info in archive.infolist()):
            raise _Stop("table.encrypted")
        return
    kinds = {
        "word/document.xml": "DOCX",
        "ppt/presentation.xml": "PPTX",
        "xl/workbook.bin": "XLSB",
        "content.xml": "ODS",
    }
    raise _Stop(
        "table.wrong_type",
        found=next((kind for part, kind in kinds.items() if part in names), "ZIP"),
    )


def _check_sizes(archive: zipfile.ZipFile, limits: Limits) -> None:
    """By what the file announces; what it holds is counted while it is unpacked."""
    total = sum(info.file_size for info in archive.infolist())
    packed = sum(info.compress_size for info in archive.infolist()) or 1
    if total > limits.unpacked or (total > limits.ratio_from and total / packed > limits.ratio):
        raise _Stop("table.zip_bomb", size=total // MEGABYTE)


def _inflate(raw: BinaryIO, info: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
    """Unpack one part in pieces. Python's own reader would stop at the announced size; calamine would not."""
    raw.seek(info.header_offset)
    header = raw.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    raw.seek(name_length + extra_length, 1)
    left, size = info.compress_size, 0
    unpacker = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    if unpacker is None and info.compress_type != zipfile.ZIP_STORED:
        raise _Stop("table.damaged")
    while left > 0:
        packed = raw.read(min(left, MEGABYTE))
        if not packed:
            raise _Stop("table.damaged")
        left -= len(packed)
        while packed:
            piece = unpacker.decompress(packed, 4 * MEGABYTE) if unpacker else packed
            packed = unpacker.unconsumed_tail if unpacker else b""
            size += len(piece)
            if size > limit:
                raise _Stop("table.zip_bomb", size=size // MEGABYTE)
            yield piece
    if size != info.file_size:
        raise _Stop("table.damaged")


@dataclass(frozen=True, slots=True)
class _Sheet:
    part: str
    visible: bool


_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _xml(archive: zipfile.ZipFile, raw: BinaryIO, part: str) -> ElementTree.Element:
    data = b"".join(_inflate(raw, archive.getinfo(part), 16 * MEGABYTE))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _Stop("table.damaged")  # entities that unfold into each other; no workbook has any
    return ElementTree.fromstring(data)  # noqa: S314


def _sheets(archive: zipfile.ZipFile, raw: BinaryIO) -> dict[str, _Sheet]:
    """The worksheets by name, in their order, with the part that holds each."""
    book = _xml(archive, raw, "xl/workbook.xml")
    links = _xml(archive, raw, "xl/_rels/workbook.xml.rels")
    targets = {
        link.get("Id"): link.get("Target", "")
        for link in links
        if link.get("Type", "").endswith("/worksheet")
    }
    sheets = {}
    for element in book.iter():
        identity = element.get(_REL) or element.get(
            _REL.replace("schemas.openxmlformats.org", "purl.oclc.org/ooxml")
        )
        if element.tag.endswith("}sheet") and identity in targets:
            target = targets[identity]
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            sheets[element.get("name", "")] = _Sheet(
                part, element.get("state", "visible") == "visible"
            )
    if not sheets:
        raise _Stop("table.empty")
    return sheets


def _choose(
    sheets: dict[str, _Sheet],
    wanted: str | None,
    archive: zipfile.ZipFile,
    raw: BinaryIO,
    limits: Limits,
) -> tuple[str, list[str]]:
    """The sheet to read, and the other visible ones with contents that are not read."""
    if wanted is not None:
        if wanted not in sheets:
            near = did_you_mean(wanted, sheets) or ", ".join(sheets)
            raise _Stop("table.sheet_missing", name=wanted, suggestion=near)
        return wanted, []
    full = [
        name
        for name, sheet in sheets.items()
        if sheet.visible and _has_rows(raw, archive.getinfo(sheet.part), limits)
    ]
    if not full:
        raise _Stop("table.empty")
    return full[0], full[1:]


def _has_rows(raw: BinaryIO, info: zipfile.ZipInfo, limits: Limits) -> bool:
    start = b""
    for piece in _inflate(raw, info, limits.unpacked):
        start += piece
        if len(start) > 65536 or b"</sheetData>" in start or b"<sheetData/>" in start:
            break
    return re.search(rb"<(?:\w+:)?c[ >]", start) is not None


# A look through the sheet's XML


@dataclass(slots=True)
class _Marks:
    """Cells by their name (B5)."""

    last_row: int = 0
    not_calculated: list[str] = field(default_factory=list)
    zero: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    formulas: Counter[str] = field(default_factory=Counter)


_ROW_AT = re.compile(rb'<row\b[^>]*?\br="([0-9]+)"')
_WIDE = re.compile(rb'\br="([A-Z]{2,3})[0-9]')
_FORMULA = re.compile(rb"<c\b([^>]*)><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v>([^<]*)</v>|<v/>)?")
_ERROR = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(?:<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))?<v>([^<]*)</v>')
_NAME = re.compile(rb'\br="([A-Z]+[0-9]+)"')


def scan(pieces: Iterator[bytes], limits: Limits) -> _Marks:
    marks = _Marks()
    rest, prefix, widest, rows = b"", None, b"", 0
    for piece in pieces:
        text = rest + piece
        if prefix is None:
            found = re.search(rb"<(\w+:)?worksheet\b", text)
            prefix = (found[1] or b"") if found else b""
        if prefix:
            text = text.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
        cut = text.rfind(b"<c ")
        cut = cut if cut > 0 and len(text) - cut < MEGABYTE else len(text)
        text, rest = text[:cut], text[cut:]
        widest = _look(text, marks, widest)
        rows += text.count(b"<row")
    widest = _look(rest, marks, widest)
    last = max(marks.last_row, rows)
    width = _number(widest.decode()) if widest else 26
    if last * width > limits.cells:
        raise _Stop("table.sparse", cell=f"{widest.decode() or 'Z'}{last}")
    return marks


def _look(text: bytes, marks: _Marks, widest: bytes) -> bytes:
    start = text.rfind(b"<row")
    if start >= 0 and (row := _ROW_AT.match(text, start)):
        marks.last_row = max(marks.last_row, int(row[1]))
    widest = max({widest, *_WIDE.findall(text)}, key=lambda name: (len(name), name))
    if b"<f" in text:
        for found in _FORMULA.finditer(text):
            name = _cell_name(found[1])
            column = name.rstrip("0123456789")
            if b't="e"' in found[1]:
                continue
            if found[2] == b"0":
                marks.zero.append(name)
            elif not found[2] and b't="str"' not in found[1]:
                marks.not_calculated.append(name)
            else:
                marks.formulas[column] += 1
    if b't="e"' in text:
        marks.errors.extend(
            (_cell_name(found[1]), found[2].decode()) for found in _ERROR.finditer(text)
        )
    return widest


def _cell_name(attributes: bytes) -> str:
    found = _NAME.search(attributes)
    return found[1].decode() if found else ""


def _number(column: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def _place(cell: str) -> tuple[int, int]:
    """Row and column of B5, from 1."""
    column = cell.rstrip("0123456789")
    return int(cell[len(column) :] or 0), _number(column)


# The cells


def _number_text(value: float) -> str:
    """The number with the 15 digits that a spreadsheet keeps, never in powers of ten; marked when it has more digits
    than that.
    """
    if abs(value) >= _FIRST_LOST:
        return f"{LOST_DIGITS}{value!r}"
    if value.is_integer():
        return str(int(value))
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.20f}".rstrip("0")


def _moment_text(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")


_TEXT: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number_text,
    int: lambda value: str(value) if abs(value) < _FIRST_LOST else f"{LOST_DIGITS}{value}",
    bool: lambda value: "TRUE" if value else "FALSE",
    dt.datetime: _moment_text,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: str,
}


def _read_sheet(
    path: Path,
    name: str,
    header_row: int,
    chosen: str,
    others: list[str],
    marks: _Marks,
    limits: Limits,
) -> Table:
    sheet, rows = _open(path, chosen)
    head = next(itertools.islice(rows, header_row - 1, None), None)
    if head is None:
        raise _Stop("table.no_header" if marks.last_row else "table.empty")
    width = len(head)
    frame = finish(_frame(rows, width, header_row + 1))
    filled = [frame[f"c{n}"].null_count() < frame.height for n in range(width)]
    merged = [
        (low, high) for low, high in sheet.merged_cell_ranges or [] if high[0] >= header_row - 1
    ]
    touching = [_range(low, high) for low, high in merged if low[0] <= header_row - 1]
    header = read_header(head, filled, name, header_row, touching)
    if header.problems:
        return Table(name, pl.DataFrame(), header.problems, sheet=chosen)
    names = dict(zip(header.positions, header.names, strict=True))
    problems, bad = _cell_problems(marks, names, name, header_row)
    for low, high in merged:
        problems.append(
            problem("table.merged", {"cells": _range(low, high)}, file=name, row=low[0] + 1)
        )
        bad.update(range(low[0] + 1, high[0] + 2))
    bad &= set(frame[ROW].to_list()) if bad else set()
    if not frame.height:
        return unreadable(name, "table.no_rows")
    frame = frame.filter(~pl.col(ROW).is_in(sorted(bad))) if bad else frame
    frame = frame.select(ROW, *(pl.col(f"c{n}").alias(column) for n, column in names.items()))
    if others:
        problems.append(
            problem("table.other_sheets", {"name": chosen, "others": ", ".join(others)}, file=name)
        )
    return Table(
        name,
        frame,
        listed([*problems, *private_use(frame, name)], limits.listed),
        refused=len(bad),
        sheet=chosen,
    )


def _open(path: Path, chosen: str) -> tuple[calamine.CalamineSheet, Iterator[list[str]]]:
    try:
        sheet = calamine.load_workbook(str(path)).get_sheet_by_name(chosen)
        rows = sheet.iter_rows()
    except calamine.PasswordError:
        raise _Stop("table.encrypted") from None
    except Exception:
        raise _Stop("table.damaged") from None
    except BaseException as error:
        # a panic inside calamine is not an Exception
        if type(error).__name__ == "PanicException":
            raise _Stop("table.damaged") from None
        raise
    # iter_rows gives the blank rows above the table, not the blank columns left of it
    left = [""] * (sheet.start[1] if sheet.start else 0)
    return sheet, (left + [_TEXT[type(cell)](cell) for cell in row] for row in rows)


def _frame(rows: Iterator[list[str]], width: int, first_row: int) -> pl.DataFrame:
    names = [f"c{n}" for n in range(width)]
    schema = {ROW: pl.UInt32} | dict.fromkeys(names, pl.String)
    pieces = [pl.DataFrame(schema=schema)]
    row = first_row
    while chunk := list(itertools.islice(rows, _CHUNK)):
        columns: dict[str, Any] = {ROW: range(row, row + len(chunk))}
        columns.update(zip(names, map(list, zip(*chunk, strict=True)), strict=True))
        pieces.append(pl.DataFrame(columns, schema=schema))
        row += len(chunk)
    return pl.concat(pieces)


def _range(low: tuple[int, int], high: tuple[int, int]) -> str:
    return f"{letters(low[1])}{low[0] + 1}:{letters(high[1])}{high[0] + 1}"


def _cell_problems(
    marks: _Marks, names: dict[int, str], file: str, header_row: int
) -> tuple[list[Problem], set[int]]:
    """What is wrong with cells below the header, and the rows that cannot be used for it."""
    problems: list[Problem] = []
    bad: set[int] = set()

    def report(code: str, cell: str, **params: object) -> None:
        row, column = _place(cell)
        if row > header_row:
            where = names.get(column - 1, letters(column - 1))
            problems.append(problem(code, params, file=file, row=row, column=where))
            if problems[-1].severity == "error":
                bad.add(row)

    for cell in marks.not_calculated:
        report("cell.formula_not_calculated", cell)
    for cell, error in marks.errors:
        report("cell.error_value", cell, error=error)
    for cell in marks.zero:
        report("cell.formula_zero", cell)
    for column, count in marks.formulas.items():
        where = names.get(_number(column) - 1, column)
        problems.append(
            problem("cell.formula_used", {"count": count}, file=file, row=header_row, column=where)
        )
    return problems, bad
