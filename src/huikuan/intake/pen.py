"""What every written row carries: whose it is, which act wrote it, when that was learned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import polars as pl
from django.db.backends.utils import CursorWrapper

from huikuan.casebook.models import Act, Placement
from huikuan.intake import bulk
from huikuan.intake.mapping import Mapping
from huikuan.intake.shards import ShardsOfImport


@dataclass
class Pen:
    """Writes frames into the tables of the case book. `new` counts the rows by kind, `waiting` the
    payments that a person has to look at.
    """

    cursor: CursorWrapper
    mapping: Mapping
    placement: Placement
    act: Act
    new: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    shards: ShardsOfImport = field(init=False)

    def __post_init__(self) -> None:
        self.shards = ShardsOfImport(self.cursor)

    def copy(self, table: str, frame: pl.DataFrame) -> int:
        """Adds organisation, creditor and act, and writes into casebook_`table`."""
        owner = self.placement
        owned = frame.with_columns(
            organisation_id=pl.lit(owner.organisation_id),
            creditor_id=pl.lit(owner.creditor_id),
            act_id=pl.lit(self.act.pk),
        )
        return bulk.copy_in(self.cursor, f"casebook_{table}", self.shards.of(table, owned))

    def numbered(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with fresh ids of the table, as column `id`."""
        return frame.with_columns(id=bulk.ids(self.cursor, f"casebook_{table}", frame.height))

    @property
    def recorded(self) -> pl.Expr:
        """Column recorded_at: the moment of the act."""
        return pl.lit(self.act.at.astimezone(dt.UTC).isoformat()).alias("recorded_at")
