"""Cells of a CSV file as a spreadsheet opens it."""

from __future__ import annotations

#: With these a spreadsheet takes a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(cell: object) -> object:
    """The cell; a text that would be taken for a formula begins with an apostrophe."""
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell
