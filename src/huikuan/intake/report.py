"""The problem report: the rows that wait, as an XLSX file to correct and send again. Numbers are text, so that none
is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huikuan.casebook.models import Placement, PlacementProblem, PlacementRow
from huikuan.intake import corrections
from huikuan.intake.check import BATCH, BATCH_ROW, LINE, SAID, Checked
from huikuan.intake.waiting_rows import waiting_rows
from huikuan.lib.problems import Problem
from huikuan.lib.tables import ROW

Cells = dict[str, str | None]
Line = tuple[int, Cells, list[Problem]]


def write(target: Path | IO[bytes], checked: Checked, batch: str) -> int:
    """The report of a file that was just checked. Gives the number of rows written."""
    return _sheet(target, batch, _checked_lines(checked))


def write_stored(target: Path | IO[bytes], placement: Placement) -> int:
    """The report of a placement's rows that still wait for correction."""
    return _sheet(target, placement.number, _stored_lines(placement))


def stored_problems(placement: Placement, limit: int | None = None) -> list[Problem]:
    """The problems of a placement that are left, as data; those of the whole file first."""
    of_file = open_problems(placement).filter(row__isnull=True)
    of_rows = open_problems(placement).filter(row__isnull=False)
    listed = [*of_file[:limit], *of_rows[:limit]]
    return [_problem(placement, stored) for stored in listed[:limit]]


def open_problems(placement: Placement) -> QuerySet[PlacementProblem]:
    """What is still wrong with a placement: of rows that were corrected or given up nothing is."""
    waiting = waiting_rows(placement).values("row")
    problems = PlacementProblem.objects.filter(placement=placement)
    left = problems.filter(
        Q(row__isnull=True) | Q(row__in=waiting) | ~Q(row__in=_stored(placement))
    )
    return left.order_by("row", "column", "pk")


def _stored(placement: Placement) -> QuerySet[PlacementRow, int]:
    """Numbers of all rows that were kept; a warning may speak of a row that was accepted."""
    return PlacementRow.objects.filter(placement=placement).values_list("row", flat=True)


def _problem(placement: Placement, stored: PlacementProblem) -> Problem:
    from huikuan.intake.sentences import severity

    return Problem(
        code=stored.code, message=stored.message, remedy=stored.remedy, params=stored.params, file=placement.file_name,
        row=stored.row, column=stored.column or None, severity=severity(stored.code),
    )  # fmt: skip


def _checked_lines(checked: Checked) -> Iterator[Line]:
    by_row: dict[int, list[Problem]] = {}
    for found in checked.problems():
        if found.row is not None:
            by_row.setdefault(found.row, []).append(found)
    bad = checked.bad_rows
    if checked.table.readable:
        for cells in checked.table.frame.iter_rows(named=True):
            row = cells.pop(ROW)
            if row in bad:
                yield row, cells, by_row.get(row, [])
    read = set(checked.table.frame[ROW].to_list()) if checked.table.readable else set()
    for row in sorted(bad - read):
        yield (
            row,
            {LINE: next((p.value for p in by_row.get(row, []) if p.value), "")},
            by_row.get(row, []),
        )


def _stored_lines(placement: Placement) -> Iterator[Line]:
    by_row: dict[int, list[Problem]] = {}
    for stored in PlacementProblem.objects.filter(placement=placement, row__isnull=False).order_by(
        "row", "column"
    ):
        by_row.setdefault(stored.row or 0, []).append(_problem(placement, stored))
    for row, cells in corrections.waiting_cells(placement):
        yield row, cells, by_row.get(row, [])


def _sheet(target: Path | IO[bytes], batch: str, lines: Iterable[Line]) -> int:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    sheet = book.add_worksheet("1")
    text, head = (
        book.add_format({"num_format": "@"}),
        book.add_format({"num_format": "@", "bold": True, "bottom": 1}),
    )
    wrong = book.add_format({"num_format": "@", "bg_color": "#FDEAEA"})
    columns: list[str] = []
    count = 0
    for count, (row, cells, problems) in enumerate(lines, start=1):
        if count == 1:
            columns = _head(sheet, cells, head)
        values: Cells = {**cells, BATCH: batch, BATCH_ROW: str(row), SAID: _said(problems)}
        flagged = {problem.column for problem in problems}
        for place, column in enumerate(columns):
            sheet.write_string(
                count, place, values.get(column) or "", wrong if column in flagged else text
            )
    if count == 0:
        sheet.write_string(0, 0, _("No row waits for correction."), head)
    book.close()
    return count


def _head(sheet: Any, cells: Cells, head: Any) -> list[str]:
    columns = [
        BATCH,
        BATCH_ROW,
        SAID,
        *(name for name in cells if name not in (BATCH, BATCH_ROW, SAID)),
    ]
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 60 if column == SAID else 18)
        sheet.write_string(0, place, column, head)
    sheet.freeze_panes(1, 0)
    return columns


def _said(problems: list[Problem]) -> str:
    """What is wrong with a row and what to do, in one cell."""
    parts = []
    for found in problems:
        sentence = "; ".join(part for part in (found.text(_), found.remedy_text(_)) if part)
        parts.append(f"{found.column}: {sentence}" if found.column else sentence)
    return "\n".join(parts)
