"""The shards of the rows that an import writes: named with the rows, so that no trigger is called
a million times."""

from __future__ import annotations

import polars as pl
from django.db.backends.utils import CursorWrapper

from huikuan.casebook import shards
from huikuan.intake import bulk

#: Tables whose rows belong to a person; those of all others belong to a case.
OF_PERSONS = ("case", "contactpoint")


def persons_shards(creditor_id: int, persons: pl.DataFrame) -> pl.Series:
    """The shards of new persons, from the columns `number` and `key` (null: not known)."""
    values = [
        shards.of_person(creditor_id, number, key)
        for number, key in zip(persons["number"], persons["key"], strict=True)
    ]
    return pl.Series("shard", values, dtype=pl.Int64)


class ShardsOfImport:
    """Knows the shards of the persons and cases of one import, and adds them to what belongs to
    these."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self._cursor = cursor
        empty = {"id": pl.Int64, "shard": pl.Int64}
        self._known = {"person": pl.DataFrame(schema=empty), "case": pl.DataFrame(schema=empty)}

    def of(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows for casebook_`table` with their column `shard`."""
        if frame.is_empty():
            return frame

        if "shard" not in frame.columns:
            parent = "person" if table in OF_PERSONS else "case"
            frame = self._with_shard(parent, frame)
        if table in self._known:
            self._remember(table, frame)
        return frame

    def _with_shard(self, parent: str, frame: pl.DataFrame) -> pl.DataFrame:
        column = f"{parent}_id"
        self._look_up(parent, frame[column].unique())
        known = self._known[parent].rename({"id": column})
        return frame.join(known, on=column, how="left", maintain_order="left")

    def _look_up(self, parent: str, ids: pl.Series) -> None:
        """Asks the book for those that this import did not make."""
        missing = ids.filter(~ids.is_in(self._known[parent]["id"].implode()))
        if missing.is_empty():
            return

        found = bulk.query(
            self._cursor,
            f"SELECT id, shard FROM casebook_{parent} WHERE id = ANY(%s)",
            [missing.to_list()],
            {"id": pl.Int64, "shard": pl.Int64},
        )
        self._remember(parent, found)

    def _remember(self, table: str, frame: pl.DataFrame) -> None:
        rows = frame.select("id", pl.col("shard").cast(pl.Int64))
        self._known[table] = pl.concat([self._known[table], rows])
