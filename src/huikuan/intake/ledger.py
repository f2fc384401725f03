"""The money and the disputes of the rows: charges, payments, holds on disputed items.

What a payment is set against is decided by casebook/settle, as for every other door.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from huikuan.casebook import payment_queue
from huikuan.casebook.known_payments import Candidate, KnownPayment, probably_same
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Case
from huikuan.casebook.payment_queue import WaitingPayment
from huikuan.casebook.settle import settle
from huikuan.intake import bulk, list_payments
from huikuan.intake.pen import Pen

OPEN = {"item_id": pl.Int64, "rest": pl.Int64}
#: What is open of items of the book.
OPEN_SQL = """
    SELECT i.id, (
        coalesce((SELECT sum(g.amount_minor) FROM casebook_charge g WHERE g.item_id = i.id), 0)
        - coalesce((
            SELECT sum(x.amount_minor) FROM casebook_allocation x
            LEFT JOIN casebook_reversal r ON r.payment_id = x.payment_id
            WHERE x.item_id = i.id AND r.id IS NULL), 0)
    )::bigint
    FROM casebook_item i WHERE i.id = ANY(%s)
"""

END_DISPUTES = """
    UPDATE casebook_hold h SET ended_on = n.ended_on, ended_at = %s
    FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS n(item_id, valid_on, ended_on)
    WHERE h.item_id = n.item_id AND h.valid_on = n.valid_on AND h.kind = 'dispute'
        AND h.scope = 'item' AND h.ended_on IS NULL
"""


class Ledger:
    """Writes the ledger rows of accepted rows (with item_id, case_id, is_new, new_case)."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def write(self, rows: pl.DataFrame) -> None:
        """Charges first, then what money in hand pays of them, then the payments of the list."""
        known = rows.filter(pl.col("new_case").is_null())["case_id"].unique()
        lock_cases(known.to_list())

        self._charges(rows)
        # A paid-up customer is not chased for an invoice that money in hand has paid.
        self._settle(known)

        paid = self._payments(rows)
        self._settle(paid)
        self._disputes(rows)

    def _settle(self, cases: pl.Series) -> None:
        settle(cases.to_list(), act=self.pen.act, at=self.pen.act.at)

    def _charges(self, rows: pl.DataFrame) -> None:
        """Writes the charges of new items."""
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

        charges = pl.concat(parts).with_columns(self.pen.recorded)
        self.pen.new["charges"] = self.pen.copy("charge", charges)

    def _payments(self, rows: pl.DataFrame) -> pl.Series:
        """Writes the payments that are not in the book yet, each with the item that it names.

        Gives the cases of these payments. What is probably in the book already waits for a person.
        """
        payments = list_payments.payments_of(self._with_rest(rows), self.pen.mapping)
        payments = self._unknown(payments)
        payments = self._without_twins(payments)
        self.pen.new["payments"] = payments.height
        if payments.is_empty():
            return pl.Series("case_id", [], dtype=pl.Int64)

        payments = self.pen.numbered("payment", payments)
        written = payments.select(
            "id", "case_id", "currency", "amount_minor", "reference", "source", "valid_on"
        )
        self.pen.copy("payment", written.with_columns(self.pen.recorded))

        # The row of a list says which item was paid: the payer's designation (Civil Code art. 560).
        named = payments.select(
            "case_id", "item_id", "valid_on", pl.lit(0).alias("nth"), payment_id="id"
        )
        self.pen.copy("designation", named.with_columns(self.pen.recorded))
        return payments["case_id"].unique()

    def _with_rest(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with what is open of their item, as `rest`: a settled item is paid whole."""
        charged = rows.select(
            pl.col("item_id"),
            pl.sum_horizontal(f"charge_{n}" for n in range(len(self.pen.mapping.charges)))
            .cast(pl.Int64)
            .alias("rest"),
        )
        known = rows.filter(pl.col("new_case").is_null())["item_id"]
        if known.is_empty() or not self.pen.mapping.payments:
            return rows.join(charged, on="item_id", how="left", maintain_order="left")

        is_open = bulk.query(self.pen.cursor, OPEN_SQL, [known.to_list()], OPEN)
        charged = charged.join(is_open, on="item_id", how="left", suffix="_known")
        charged = charged.select("item_id", rest=pl.coalesce("rest_known", "rest"))
        return rows.join(charged, on="item_id", how="left", maintain_order="left")

    def _unknown(self, payments: pl.DataFrame) -> pl.DataFrame:
        """Without those whose reference the book or the queue has; a new item has none."""
        asked = payments.filter(~pl.col("is_new"))["reference"].to_list()
        if not asked:
            return payments

        creditor_id = self.pen.placement.creditor_id
        posted = list_payments.posted(self.pen.cursor, creditor_id, asked)
        waiting = payment_queue.seen_before(creditor_id, asked)
        known = set(posted["reference"]) | waiting
        return payments.filter(~pl.col("reference").is_in(list(known)))

    def _without_twins(self, payments: pl.DataFrame) -> pl.DataFrame:
        """Without those that are probably in the book under another reference: they wait."""
        asked = payments.filter(pl.col("new_case").is_null())
        if asked.is_empty():
            return payments

        rows = list(asked.iter_rows(named=True))
        known = probably_same(
            [
                Candidate(
                    row["case_id"],
                    row["valid_on"],
                    row["amount_minor"],
                    row["reference"],
                    (row["item_id"],),
                )
                for row in rows
            ]
        )
        twins = [(row, found) for row, found in zip(rows, known, strict=True) if found]
        self._queue(twins)
        waiting = [row["reference"] for row, _ in twins]
        return payments.filter(~pl.col("reference").is_in(waiting))

    def _queue(self, twins: list[tuple[dict[str, object], list[KnownPayment]]]) -> None:
        numbers = dict(
            Case.objects.filter(pk__in=[row["case_id"] for row, _ in twins]).values_list(
                "pk", "number"
            )
        )
        waiting = [_waiting(row, numbers, found) for row, found in twins]
        payment_queue.wait(self.pen.placement, waiting, act=self.pen.act)
        self.pen.waiting = len(waiting)

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
                END_DISPUTES,
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


def _waiting(
    row: dict[str, object], numbers: dict[int, str], found: list[KnownPayment]
) -> WaitingPayment:
    """A payment of a row as it waits in the queue. `numbers`: case → its number."""
    values: dict[str, Any] = row

    return WaitingPayment(
        row=values["row"],
        case_id=values["case_id"],
        case_number=numbers[values["case_id"]],
        item_number=values["item"],
        reference=values["reference"],
        amount_minor=values["amount_minor"],
        currency=values["currency"],
        paid_on=values["valid_on"],
        probably=tuple(found),
    )
