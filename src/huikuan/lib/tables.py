"""Tabular files, as people send them: CSV and XLSX to a frame of text columns with the row numbers of the source.

Nothing is typed here: the mapping knows what a column means. What cannot be read is a Problem with its row; good rows
stay. A column named `ROW` holds the row as the spreadsheet shows it, the header being row 1 unless it is said to
stand lower.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from huikuan.lib.problems import Problem, problem

ROW = "_row"
#: Stands before a number whose last digits the spreadsheet has lost; every reader of this layer refuses such a cell.
LOST_DIGITS = "#LOST:"
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, unless said otherwise. `ratio` is unpacked to packed; `listed` problems of one kind are reported one by
    one.
    """

    file: int = 2048 * MEGABYTE
    line: int = MEGABYTE
    unpacked: int = 1024 * MEGABYTE
    ratio: int = 200
    ratio_from: int = 64 * MEGABYTE
    cells: int = 60_000_000
    listed: int = 1000


@dataclass(frozen=True, slots=True)
class Table:
    """`frame` has `ROW` and one text column a header name, null where a cell is empty; without blank rows and without
    the rows that a problem names. `refused` counts those rows. `readable` is False when nothing could be read.
    """

    name: str
    frame: pl.DataFrame
    problems: list[Problem]
    refused: int = 0
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    @property
    def readable(self) -> bool:
        return self.frame.width > 0

    @property
    def columns(self) -> list[str]:
        return [column for column in self.frame.columns if column != ROW]


def read_table(
    path: Path,
    *,
    name: str | None = None,
    header_row: int = 1,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> Table:
    """Read a CSV or XLSX file; the contents decide which, not the ending. Never raises for what is in the file."""
    from huikuan.lib import csvfile, xlsxfile

    limits = limits or Limits()
    shown = name or path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError:
        return unreadable(shown, "table.not_found")
    if not start.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        return unreadable(shown, "table.empty")
    if size > limits.file:
        return unreadable(shown, "table.too_large", {"limit": limits.file // MEGABYTE})
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return xlsxfile.read(path, shown, header_row, sheet, limits)
    if code_found := _other_type(path, start):
        code, found = code_found
        return unreadable(shown, code, {"found": found})
    return csvfile.read(path, shown, header_row, limits)


def unreadable(
    name: str, code: str, params: Mapping[str, object] | None = None, row: int | None = None
) -> Table:
    """Nothing could be read, and why."""
    return Table(name, pl.DataFrame(), [problem(code, params, file=name, row=row)])


_MAGIC = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"{\\rtf": "RTF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"SQLite": "SQLite",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
    b"PAR1": "Parquet",
    b"BM": "BMP",
    b"RIFF": "RIFF",
    b"ID3": "MP3",
}


def _other_type(path: Path, start: bytes) -> tuple[str, str] | None:
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path)
    for magic, found in _MAGIC.items():
        if start.startswith(magic) and (magic not in (b"BM", b"MZ", b"ID3") or b"\x00" in start):
            return "table.wrong_type", found
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:256].lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<style")):
        return "table.wrong_type", "HTML"
    if head.startswith(b"<"):
        return "table.wrong_type", "XML"
    if head.startswith((b"{", b"[{")):
        return "table.wrong_type", "JSON"
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "table.wrong_type", "binary"
    return None


def _compound(path: Path) -> tuple[str, str]:
    """An OLE file: a workbook with a password, an old .xls, a .doc. Told by the names of its streams, which are
    UTF-16.
    """
    with path.open("rb") as file:
        data = file.read(64 * MEGABYTE)
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "table.encrypted", ""
    if "WordDocument".encode("utf-16-le") in data:
        return "table.wrong_type", "DOC"
    return "table.wrong_type", "XLS" if "Workbook".encode("utf-16-le") in data else "OLE"


# The header, for both kinds of file


@dataclass(slots=True)
class Header:
    """Names of the columns that are kept, their positions, and what is wrong."""

    names: list[str] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def header_name(cell: str) -> str:
    """A column name as it is compared: plain characters, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", cell).replace("\ufeff", "").split())


def read_header(
    cells: Sequence[str], filled: Sequence[bool], name: str, row: int, merged: Sequence[str] = ()
) -> Header:
    """`cells` of the header row; `filled` tells for each column whether any row below has a value; `merged` names the
    merged ranges that touch the header. Columns without name and values (a separator at the end of each line) are
    left out.
    """
    header = Header()
    names = [header_name(cell) for cell in cells]

    def report(code: str, column: str | int | None = None, **params: object) -> None:
        header.problems.append(problem(code, params, file=name, row=row, column=column))

    if merged:
        report("table.header_merged", cells=", ".join(merged))
        return header
    used = [index for index, text in enumerate(names) if text]
    # a title above the real header: one cell, and more columns below
    if len(used) == 1 and sum(filled) > 1:
        report("table.header_merged", cells=f"{letters(used[0])}{row}")
        return header
    if not any(any(character.isalpha() for character in text) for text in names):
        report("table.no_header")
        return header
    for index, text in enumerate(names):
        if text:
            header.names.append(text)
            header.positions.append(index)
        elif filled[index]:
            report("table.header_blank", letters(index), number=letters(index))
    for text, count in Counter(header.names).items():
        if count > 1:
            numbers = ", ".join(
                letters(index) for index, other in enumerate(names) if other == text
            )
            # names are not parameters' names: `name` of the sentence is the column's
            header.problems.append(
                problem(
                    "table.header_duplicate",
                    {"name": text, "numbers": numbers},
                    file=name,
                    row=row,
                    column=text,
                )
            )
    return header


def letters(index: int) -> str:
    """The spreadsheet's letters of a column counted from 0: A, B, … Z, AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def listed(found: list[Problem], limit: int) -> list[Problem]:
    """At most `limit` problems of each code, and one that counts the rest."""
    seen: Counter[str] = Counter()
    kept = []
    for item in found:
        seen[item.code] += 1
        if seen[item.code] <= limit:
            kept.append(item)
    for code, count in seen.items():
        if count > limit:
            last = next(item for item in reversed(found) if item.code == code)
            kept.append(
                problem(
                    "table.too_many",
                    {"count": count - limit},
                    file=last.file,
                    severity=last.severity,
                )
            )
    return kept


def finish(frame: pl.DataFrame) -> pl.DataFrame:
    """Empty cells become null, rows without any value are left out."""
    columns = [column for column in frame.columns if column != ROW]
    frame = (
        frame.with_columns(pl.col(column).replace({"": None}) for column in columns)
        if columns
        else frame
    )
    return (
        frame.filter(~pl.all_horizontal(pl.col(column).is_null() for column in columns))
        if columns
        else frame
    )


def private_use(frame: pl.DataFrame, name: str) -> list[Problem]:
    """A warning for each cell with a private-use character: most often a rare character of a name."""
    found: list[Problem] = []
    for column in frame.columns:
        if column == ROW:
            continue
        hits: Any = frame.filter(pl.col(column).str.contains("[\ue000-\uf8ff]")).select(ROW, column)
        for row, cell in hits.iter_rows():
            character = next(c for c in cell if "\ue000" <= c <= "\uf8ff")
            params = {"codepoint": f"{ord(character):04X}"}
            found.append(
                problem("cell.private_use", params, file=name, row=row, column=column, value=cell)
            )
    return found
