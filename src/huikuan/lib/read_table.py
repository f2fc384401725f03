"""Tabular files, as people send them: CSV and XLSX to a frame of text columns.

Nothing is typed here: the mapping knows what a column means. What cannot be read is a Problem with
its row; good rows stay.
"""

from __future__ import annotations

from pathlib import Path

from huikuan.lib import csvfile, xlsxfile
from huikuan.lib.tables import MEGABYTE, Limits, Table, unreadable


def read_table(
    path: Path,
    *,
    name: str | None = None,
    header_row: int = 1,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> Table:
    """Read a CSV or XLSX file; the contents decide which, not the ending.

    Never raises for what is in the file.
    """
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
    """The code of the problem and what the file is instead of a table, told by its first bytes."""
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
    """An OLE file: a workbook with a password, an old .xls, a .doc.

    Told by the names of its streams, which are UTF-16.
    """
    with path.open("rb") as file:
        data = file.read(64 * MEGABYTE)
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "table.encrypted", ""
    if "WordDocument".encode("utf-16-le") in data:
        return "table.wrong_type", "DOC"
    if "Workbook".encode("utf-16-le") in data:
        return "table.wrong_type", "XLS"
    return "table.wrong_type", "OLE"
