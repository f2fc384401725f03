"""The payments that the rows of a list speak of, and what the book knows of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl
from django.db.backends.utils import CursorWrapper

from huikuan.casebook.known_payments import by_reference
from huikuan.casebook.payment_words import FROM_LIST
from huikuan.intake import bulk
from huikuan.intake.cells import ERRORS
from huikuan.intake.mapping import Mapping

POSTED_SQL = """
    SELECT reference, amount_minor
    FROM casebook_payment WHERE creditor_id = %s AND reference = ANY(%s)
"""
POSTED = {"reference": pl.String, "known_minor": pl.Int64}
#: Of a mapping without payments.
NO_PAYMENTS = {"reference": pl.String, "is_new": pl.Boolean, "new_case": pl.Int64}


def reference(n: int) -> pl.Expr:
    """The reference that we make of the n-th payment of a row: lists bring none of their own.

    It says item and day. A list that gives the payment in another column, or another list, makes
    another reference of the same money: casebook/known_payments looks at case, day and amount.
    """
    return pl.concat_str(
        pl.lit(FROM_LIST),
        pl.col("account_key"),
        pl.lit(":"),
        pl.col("item"),
        pl.lit(":"),
        pl.col(f"pay_{n}_on"),
        pl.lit(f":{n}"),
    )


def payments_of(rows: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """A line for each payment, with row, case_id, item_id, item, is_new and new_case of its row.

    A payment without an amount pays what is open of its item: the column `rest` of the rows.
    """
    parts = []
    for n, payment in enumerate(mapping.payments):
        amount = pl.col("rest")
        if payment.amount:
            amount = pl.col(f"pay_{n}")

        parts.append(
            rows.filter(pl.col(f"pay_{n}_on").is_not_null() & (amount > 0)).select(
                "row",
                "case_id",
                "item_id",
                "item",
                "is_new",
                "new_case",
                pl.lit(mapping.currency).alias("currency"),
                amount.alias("amount_minor"),
                reference(n).alias("reference"),
                pl.lit(payment.source).alias("source"),
                pl.col(f"pay_{n}_on").alias("valid_on"),
            )
        )
    if not parts:
        return pl.DataFrame(schema=NO_PAYMENTS)
    return pl.concat(parts)


def posted(cursor: CursorWrapper, creditor_id: int, references: Sequence[str]) -> pl.DataFrame:
    """Those of the references that the book has, with their amounts."""
    return bulk.query(cursor, POSTED_SQL, [creditor_id, list(references)], POSTED)


def contradictions(
    cursor: CursorWrapper, rows: pl.DataFrame, mapping: Mapping, creditor_id: int
) -> pl.DataFrame:
    """An error for each payment whose reference the book has with another amount.

    `rows` are matched rows. One whose payment says no amount says nothing that could contradict.
    """
    known_rows = rows.filter(pl.col("item_id").is_not_null())
    errors = [pl.DataFrame(schema=ERRORS)]
    for n, payment in enumerate(mapping.payments):
        if payment.amount is None or known_rows.is_empty():
            continue

        said = known_rows.filter(pl.col(f"pay_{n}_on").is_not_null()).select(
            "row", reference(n).alias("reference"), pl.col(f"pay_{n}").alias("amount_minor")
        )
        known = posted(cursor, creditor_id, said["reference"].to_list())
        other = said.join(known, on="reference").filter(
            pl.col("amount_minor") != pl.col("known_minor")
        )
        column = payment.amount.column or ""
        errors.append(_errors(other, column, creditor_id))
    return pl.concat(errors)


def _errors(other: pl.DataFrame, column: str, creditor_id: int) -> pl.DataFrame:
    """The errors, each with the amount, the day and the place of what the book has."""
    wanted = [(creditor_id, text) for text in other["reference"]]
    known = by_reference(wanted)
    found = []
    for row, text in other.select("row", "reference").iter_rows():
        payment = known[creditor_id, text]
        params = {name: str(value) for name, value in payment.params.items()}
        found.append((row, column, "payment.other", json.dumps(params, ensure_ascii=False), ""))
    names = ["row", "column", "code", "params", "value"]
    frame = pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row", strict=False)
    return frame.select(pl.col(name).cast(kind) for name, kind in ERRORS.items())
