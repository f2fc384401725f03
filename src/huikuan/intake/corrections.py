"""Corrected rows: a line that comes in again settles the row that was waiting for it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

from huikuan.casebook import sealed
from huikuan.casebook.models import Placement, PlacementRow
from huikuan.intake.check import BATCH, BATCH_ROW, Checked
from huikuan.intake.mapping import Mapping
from huikuan.intake.waiting_rows import is_waiting, waiting_rows

Key = tuple[str, ...]


def settle(placement: Placement, checked: Checked, mapping: Mapping) -> int:
    """Marks the waiting rows that this file brings again. Gives their number.

    Known again by the batch and row in the problem report, or else by account and item number. A row that comes in
    again and is still wrong waits anew, under this placement.
    """
    waiting = PlacementRow.objects.filter(
        is_waiting(),
        placement__creditor_id=placement.creditor_id,
        placement__mapping=placement.mapping,
    ).exclude(placement=placement)
    if not checked.table.readable or not waiting.exists():
        return 0
    frame = checked.table.frame
    named = set(_references(frame))
    sources = (mapping.fields["account.number"], mapping.fields["item.number"])
    columns = [
        source.column for source in sources if source.column in frame.columns and source.column
    ]
    keys = set(frame.select(columns).drop_nulls().iter_rows()) if columns else set()
    found = [
        row.pk
        for row in waiting.select_related("placement").iterator()
        if _again(row, named, keys, columns)
    ]
    PlacementRow.objects.filter(pk__in=found).update(corrected_by=placement)
    return len(found)


def _references(frame: pl.DataFrame) -> Iterator[tuple[str, int]]:
    if BATCH not in frame.columns or BATCH_ROW not in frame.columns:
        return
    rows = frame.select(BATCH, pl.col(BATCH_ROW).cast(pl.Int64, strict=False)).drop_nulls()
    yield from rows.iter_rows()


def _again(
    row: PlacementRow, named: set[tuple[str, int]], keys: set[Key], columns: list[str]
) -> bool:
    if (row.placement.number, row.row) in named:
        return True
    if not columns or not keys:
        return False
    cells = json.loads(sealed.unseal(row.sealed))
    return tuple(cells.get(column) for column in columns) in keys


def waiting_cells(placement: Placement) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The rows of a placement that wait for correction, with their cells as they came."""
    for row in waiting_rows(placement).iterator():
        yield row.row, json.loads(sealed.unseal(row.sealed))
