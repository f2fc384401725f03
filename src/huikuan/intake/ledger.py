"""The money and the disputes of the rows: charges, payments, what each payment settles, holds on disputed items."""

from __future__ import annotations

import polars as pl

from huikuan.intake import bulk
from huikuan.intake.pen import Pen

#: The order in which a payment is set against charges: costs, interest, principal (Civil Code art. 561).
ORDER = {"cost": 0, "fee": 1, "interest": 2, "penalty": 3, "principal": 4}
KNOWN_CHARGE = {
    "item_id": pl.Int64,
    "id": pl.Int64,
    "kind": pl.String,
    "amount_minor": pl.Int64,
    "allocated": pl.Int64,
}


class Ledger:
    """Writes the ledger rows of accepted rows (with item_id, case_id, is_new)."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def write(self, rows: pl.DataFrame) -> None:
        charges = self._charges(rows)
        self._allocate(charges, self._payments(rows, charges))
        self._disputes(rows)

    def _charges(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Writes the charges of new items. Gives item_id, id, kind, rest of all charges that a payment could be set
        against.
        """
        new = rows.filter("is_new")
        parts = [
            new.filter(pl.col(f"charge_{n}") > 0).select(
                "case_id",
                "item_id",
                pl.lit(charge.kind).alias("kind"),
                pl.lit(charge.basis).alias("basis"),
                pl.lit(self.pen.mapping.currency).alias("currency"),
                pl.col(f"charge_{n}").alias("amount_minor"),
                pl.col("item_on").alias("valid_on"),
            )
            for n, charge in enumerate(self.pen.mapping.charges)
        ]
        charges = self.pen.numbered("charge", pl.concat(parts))
        self.pen.new["charges"] = self.pen.copy("charge", charges.with_columns(self.pen.recorded))
        found = charges.select("item_id", "id", "kind", rest="amount_minor")
        if not self.pen.mapping.payments:
            return found
        paying = pl.any_horizontal(
            pl.col(f"pay_{n}_on").is_not_null() for n in range(len(self.pen.mapping.payments))
        )
        known = rows.filter(~pl.col("is_new") & paying)["item_id"]
        if known.is_empty():
            return found
        old = bulk.query(
            self.pen.cursor,
            "SELECT g.item_id, g.id, g.kind, g.amount_minor, coalesce((SELECT sum(x.amount_minor)"
            " FROM casebook_allocation x WHERE x.charge_id = g.id"
            " AND NOT EXISTS (SELECT 1 FROM casebook_reversal r WHERE r.payment_id = x.payment_id)), 0)::bigint"
            " FROM casebook_charge g WHERE g.item_id = ANY(%s)",
            [known.to_list()],
            KNOWN_CHARGE,
        )
        return pl.concat(
            [
                found,
                old.select(
                    "item_id", "id", "kind", rest=pl.col("amount_minor") - pl.col("allocated")
                ),
            ]
        )

    def _payments(self, rows: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
        """Writes the payments that are not in the book yet. Gives id, item_id, case_id, valid_on, amount_minor."""
        rest = charges.group_by("item_id").agg(pl.col("rest").sum())
        rows = rows.join(rest, on="item_id", how="left", maintain_order="left")
        parts = []
        for n, payment in enumerate(self.pen.mapping.payments):
            amount = pl.col(f"pay_{n}") if payment.amount else pl.col("rest")
            reference = pl.concat_str(
                pl.lit("placement:"),
                pl.col("account_key"),
                pl.lit(":"),
                pl.col("item"),
                pl.lit(":"),
                pl.col(f"pay_{n}_on"),
                pl.lit(f":{n}"),
            )
            parts.append(
                rows.filter(pl.col(f"pay_{n}_on").is_not_null() & (amount > 0)).select(
                    "case_id",
                    "item_id",
                    pl.lit(self.pen.mapping.currency).alias("currency"),
                    amount.alias("amount_minor"),
                    reference.alias("reference"),
                    pl.lit(payment.source).alias("source"),
                    pl.col(f"pay_{n}_on").alias("valid_on"),
                )
            )
        found = pl.concat(parts) if parts else pl.DataFrame(schema={"item_id": pl.Int64})
        if found.is_empty():
            self.pen.new["payments"] = 0
            return found
        found = found.join(
            self._posted(rows, found), on="reference", how="anti", maintain_order="left"
        )
        found = self.pen.numbered("payment", found)
        self.pen.new["payments"] = self.pen.copy(
            "payment", found.drop("item_id").with_columns(self.pen.recorded)
        )
        return found

    def _posted(self, rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """References of these payments that the book has; a new item has none."""
        known = found.join(
            rows.filter(~pl.col("is_new")).select("item_id"), on="item_id", how="semi"
        )["reference"]
        sql = (
            "SELECT reference FROM casebook_payment WHERE creditor_id = %s AND reference = ANY(%s)"
        )
        return bulk.query(
            self.pen.cursor,
            sql,
            [self.pen.placement.creditor_id, known.to_list()],
            {"reference": pl.String},
        )

    def _allocate(self, charges: pl.DataFrame, payments: pl.DataFrame) -> None:
        """Each payment against the charges of its item, in the order of ORDER, until one of the two is used up."""
        if payments.is_empty():
            return
        owed = (
            charges.filter(pl.col("rest") > 0)
            .with_columns(rank=pl.col("kind").replace_strict(ORDER))
            .sort("item_id", "rank", "id")
        )
        owed = owed.with_columns(to=pl.col("rest").cum_sum().over("item_id")).with_columns(
            start=pl.col("to") - pl.col("rest")
        )
        paid = payments.sort("item_id", "valid_on", "id")
        paid = paid.with_columns(paid_to=pl.col("amount_minor").cum_sum().over("item_id"))
        paid = paid.with_columns(paid_from=pl.col("paid_to") - pl.col("amount_minor"))
        both = paid.join(owed.select("item_id", "start", "to", charge_id="id"), on="item_id")
        amount = pl.min_horizontal("to", "paid_to") - pl.max_horizontal("start", "paid_from")
        both = both.with_columns(part=amount).filter(pl.col("part") > 0)
        self.pen.copy(
            "allocation",
            both.select(
                "case_id", "item_id", "charge_id", "valid_on", payment_id="id", amount_minor="part"
            ).with_columns(self.pen.recorded),
        )

    def _disputes(self, rows: pl.DataFrame) -> None:
        """A dispute holds its item. A known dispute gets its end when the file knows one."""
        parts = [
            rows.filter(pl.col(f"dispute_{n}").is_not_null()).select(
                "case_id",
                "item_id",
                "is_new",
                pl.lit(dispute.reason).alias("reason"),
                pl.col(f"dispute_{n}").alias("valid_on"),
                pl.col(f"dispute_{n}_end").alias("ended_on"),
            )
            for n, dispute in enumerate(self.pen.mapping.disputes)
        ]
        found = (
            pl.concat(parts)
            if parts
            else pl.DataFrame(schema={"item_id": pl.Int64, "is_new": pl.Boolean})
        )
        known = found.filter(~pl.col("is_new"))
        if known.height:
            held = bulk.query(
                self.pen.cursor,
                "SELECT item_id, valid_on FROM casebook_hold"
                " WHERE scope = 'item' AND kind = 'dispute' AND item_id = ANY(%s)",
                [known["item_id"].to_list()],
                {"item_id": pl.Int64, "valid_on": pl.Date},
            )
            ended = known.filter(pl.col("ended_on").is_not_null()).join(
                held, on=["item_id", "valid_on"], how="semi"
            )
            self.pen.cursor.execute(
                "UPDATE casebook_hold h SET ended_on = n.ended_on, ended_at = %s"
                " FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS n(item_id, valid_on, ended_on)"
                " WHERE h.item_id = n.item_id AND h.valid_on = n.valid_on AND h.kind = 'dispute'"
                " AND h.scope = 'item' AND h.ended_on IS NULL",
                [
                    self.pen.act.at,
                    *(ended[column].to_list() for column in ("item_id", "valid_on", "ended_on")),
                ],
            )
            found = found.join(held, on=["item_id", "valid_on"], how="anti")
        if found.height:
            ended_at = (
                pl.when(pl.col("ended_on").is_not_null()).then(self.pen.recorded).alias("ended_at")
            )
            self.pen.copy(
                "hold",
                found.drop("is_new").with_columns(
                    self.pen.recorded, ended_at, scope=pl.lit("item"), kind=pl.lit("dispute")
                ),
            )
