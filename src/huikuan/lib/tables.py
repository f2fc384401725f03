"""What both kinds of tabular file share: the table, its limits, its header, and what is wrong with its cells.

A column named `ROW` holds the row as the spreadsheet shows it, the header being row 1 unless it is said to stand
lower.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


def unreadable(
    name: str, code: str, params: Mapping[str, object] | None = None, row: int | None = None
) -> Table:
    """Nothing could be read, and why."""
    return Table(name, pl.DataFrame(), [problem(code, params, file=name, row=row)])


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
