"""CSV files. The ordinary file (no quotation marks, or marks that open and close in one line) is cut by polars; any
other by Python's csv module, slower and right. Use `read_table`.

Encoding by our own rule: a byte order mark, else strict UTF-8, else GB18030.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from huikuan.lib.problems import Problem, problem
from huikuan.lib.tables import (
    ROW,
    Limits,
    Table,
    finish,
    listed,
    private_use,
    read_header,
    unreadable,
)

DELIMITERS = ",\t;|"
_CHUNK = 50_000
_END = "\x00end\x00"

#: GB18030 of 2005, and Python, put these 24 characters in the private-use area; Unicode has them now (GB18030-2022
#: and after).
_MOVED = """
E78D:FE10 E78E:FE12 E78F:FE11 E790:FE13 E791:FE14 E792:FE15 E793:FE16 E794:FE17
E795:FE18 E796:FE19 E816:20087 E817:20089 E818:200CC E81E:9FB4 E826:9FB5 E82B:9FB6
E82C:9FB7 E831:215D7 E832:9FB8 E83B:2298F E843:9FB9 E854:9FBA E855:241FE E864:9FBB
"""
PRIVATE_TO_UNICODE = {
    int(old, 16): int(new, 16) for old, new in (pair.split(":") for pair in _MOVED.split())
}


@dataclass(frozen=True, slots=True)
class _Text:
    data: bytes  # UTF-8, lines ended by \n
    encoding: str
    private: bool  # has private-use characters


def read(path: Path, name: str, header_row: int, limits: Limits) -> Table:
    raw = path.read_bytes()
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and (row := long_line(raw, limits.line)):
        return unreadable(name, "table.long_line", {"limit": limits.line // 1024}, row)
    text = decode(raw, name)
    if isinstance(text, Problem):
        return Table(name, pl.DataFrame(), [text])
    if wide and (row := long_line(text.data, limits.line)):
        return unreadable(name, "table.long_line", {"limit": limits.line // 1024}, row)
    del raw
    table = _fast(text, name, header_row, limits) or _careful(text, name, header_row, limits)
    if text.private:
        table.problems.extend(listed(private_use(table.frame, name), limits.listed))
    return table


def long_line(data: bytes, limit: int) -> int | None:
    """The row (from 1) of the first line that is longer than the limit. Hops from line end to line end near the
    limit, so that a hundred megabytes cost a hundred looks.
    """
    position = 0
    end = b"\n" if b"\n" in data[: limit + 1] or b"\r" not in data[: limit + 1] else b"\r"
    while len(data) - position > limit:
        cut = data.rfind(end, position, position + limit + 1)
        if cut < 0:
            return data.count(end, 0, position) + 1
        position = cut + 1
    return None


def decode(raw: bytes, name: str) -> _Text | Problem:
    """To UTF-8 with plain line ends, or the problem with the byte and the row where decoding stopped."""
    encoding = "utf-8"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    reached = 0
    for attempt in [encoding] if encoding == "utf-16" else ["utf-8", "gb18030"]:
        try:
            text = raw.decode(attempt)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
            continue
        private = translated = _has_private(raw, text, attempt)
        if private:
            text = text.translate(PRIVATE_TO_UNICODE)
            private = re.search("[\ue000-\uf8ff]", text) is not None
        data = text.encode("utf-8") if attempt != "utf-8" or translated else raw
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return _Text(data, attempt, private)
    return problem(
        "table.encoding", {"offset": reached}, file=name, row=raw.count(b"\n", 0, reached) + 1
    )


def _has_private(raw: bytes, text: str, encoding: str) -> bool:
    if encoding == "utf-8":  # U+E000–U+F8FF is EE xx xx and EF 80–A3 xx
        return b"\xee" in raw or re.search(b"\xef[\x80-\xa3]", raw) is not None
    return re.search("[\ue000-\uf8ff]", text) is not None


def sniff(lines: list[str]) -> str:
    """The separator that cuts the header in the most cells, if the next lines have it too; a comma for a table of one
    column.
    """
    plain = [re.sub(r'"[^"]*"', "", line) for line in lines if line.strip()]
    if not plain:
        return ","

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in plain]
        return (sum(count == counts[0] for count in counts) if counts[0] else 0, counts[0])

    header = [delimiter for delimiter in DELIMITERS if delimiter in plain[0]]
    return max(header, key=lambda delimiter: score(delimiter), default=",")


def _fast(text: _Text, name: str, header_row: int, limits: Limits) -> Table | None:
    """None when a record may reach over several lines or a quotation mark stands inside a cell."""
    data = text.data
    lines = pl.read_csv(
        data,
        has_header=False,
        separator="\x01",
        quote_char=None,
        infer_schema=False,
        new_columns=["line"],
        truncate_ragged_lines=True,
        eol_char="\n",
    )["line"]
    if b"\x01" in data or len(lines) < header_row:
        return None
    delimiter = sniff([line or "" for line in lines.slice(header_row - 1, 20).to_list()])
    quoted = b'"' in data
    bare = lines
    if quoted:
        cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
        well_formed = rf"^{cell}(?:{re.escape(delimiter)}{cell})*$"
        marked = lines.str.contains('"', literal=True).fill_null(False)
        if not lines.filter(marked).str.contains(well_formed).all():
            return None
        bare = lines.zip_with(~marked, lines.str.replace_all('"[^"]*"', ""))
    counts = bare.str.count_matches(delimiter, literal=True).fill_null(0) + 1
    rows = pl.DataFrame(
        {
            ROW: pl.int_range(1, len(lines) + 1, eager=True, dtype=pl.UInt32),
            "line": lines,
            "cells": counts,
        }
    )
    head = next(csv.reader([lines[header_row - 1] or ""], delimiter=delimiter), [])
    width = len(head)
    body = rows.slice(header_row).filter(pl.col("line").is_not_null() & (pl.col("line") != ""))
    good = body.filter(pl.col("cells") == width)
    odd = body.filter(pl.col("cells") != width)
    # rows of separators only are blank whatever their number
    odd = odd.filter(pl.col("line").str.strip_chars(f"{delimiter} ") != "") if len(odd) else odd
    frame = _cut(
        good,
        data,
        header_row,
        delimiter,
        quoted,
        width,
        untouched=len(good) == len(lines) - header_row,
    )
    if frame is None:
        return None
    ragged = [
        problem("table.ragged", {"found": found, "expected": width}, file=name, row=row)
        for row, found in odd.select(ROW, "cells").iter_rows()
    ]
    return _table(frame, head, ragged, name, header_row, text.encoding, delimiter, limits)


def _cut(
    good: pl.DataFrame,
    data: bytes,
    header_row: int,
    delimiter: str,
    quoted: bool,
    width: int,
    *,
    untouched: bool,
) -> pl.DataFrame | None:
    if not len(good):
        return pl.DataFrame(
            {ROW: pl.Series(dtype=pl.UInt32)}
            | {f"c{n}": pl.Series(dtype=pl.String) for n in range(width)}
        )
    skipped = header_row
    if not untouched:
        data, skipped = "\n".join(good["line"].to_list()).encode(), 0
    frame = pl.read_csv(
        data,
        has_header=False,
        skip_lines=skipped,
        separator=delimiter,
        quote_char='"' if quoted else None,
        infer_schema=False,
        new_columns=[f"c{n}" for n in range(width)],
    )
    # our count and polars' must agree, or a row would get another's number
    if frame.height != len(good) or frame.width != width:
        return None
    return frame.with_columns(good[ROW])


def _careful(text: _Text, name: str, header_row: int, limits: Limits) -> Table:
    decoded = text.data.decode("utf-8")
    first = list(itertools.islice(io.StringIO(decoded), header_row - 1, header_row + 19))
    delimiter = sniff(first)
    records = _records(decoded, delimiter)
    head: list[str] = []
    number = 0
    try:
        for number, cells in records:
            if number == header_row:
                head = cells or []
                break
        pieces, ragged, open_quote = _collect(records, len(head), name)
    except csv.Error:
        return unreadable(name, "table.open_quote", row=number + 1)
    if open_quote is not None:
        ragged.append(problem("table.open_quote", file=name, row=open_quote))
    return _table(
        pl.concat(pieces), head, ragged, name, header_row, text.encoding, delimiter, limits
    )


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with its row; None instead of the cells for the last one when its quotation mark is never closed."""
    reader = csv.reader(
        itertools.chain(io.StringIO(text), ["\n", _END + "\n"]), delimiter=delimiter
    )
    for number, cells in enumerate(reader, start=1):
        if cells == [_END]:
            return
        yield number, None if cells and _END in cells[-1] else cells


def _collect(
    records: Iterator[tuple[int, list[str] | None]], width: int, name: str
) -> tuple[list[pl.DataFrame], list[Problem], int | None]:
    schema = {ROW: pl.UInt32} | {f"c{n}": pl.String for n in range(width)}
    pieces = [pl.DataFrame(schema=schema)]
    ragged: list[Problem] = []
    open_quote = None
    while chunk := list(itertools.islice(records, _CHUNK)):
        good: list[list[str]] = []
        numbers: list[int] = []
        for number, cells in chunk:
            if cells is None:
                open_quote = number
            elif len(cells) == width:
                good.append(cells)
                numbers.append(number)
            elif any(cell.strip() for cell in cells):
                ragged.append(
                    problem(
                        "table.ragged",
                        {"found": len(cells), "expected": width},
                        file=name,
                        row=number,
                    )
                )
        if good:
            columns = dict(zip(schema, [numbers, *map(list, zip(*good, strict=True))], strict=True))
            pieces.append(pl.DataFrame(columns, schema=schema))
    return pieces, ragged, open_quote


def _table(
    frame: pl.DataFrame,
    head: list[str],
    found: list[Problem],
    name: str,
    header_row: int,
    encoding: str,
    delimiter: str,
    limits: Limits,
) -> Table:
    frame = finish(frame)
    filled = [frame[f"c{n}"].null_count() < frame.height for n in range(len(head))]
    header = read_header(head, filled, name, header_row)
    if header.problems:
        return Table(name, pl.DataFrame(), header.problems, encoding=encoding, delimiter=delimiter)
    if not frame.height and not found:
        return unreadable(name, "table.no_rows")
    columns = [
        pl.col(f"c{n}").alias(column)
        for n, column in zip(header.positions, header.names, strict=True)
    ]
    return Table(
        name,
        frame.select(ROW, *columns),
        listed(found, limits.listed),
        refused=len(found),
        encoding=encoding,
        delimiter=delimiter,
    )
