"""Compares the good rows with the book: which debtor, account and item is known, and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.db.backends.utils import CursorWrapper

from huikuan.intake import bulk, identify, list_payments
from huikuan.intake.cells import ERRORS
from huikuan.intake.check import Checked
from huikuan.intake.mapping import Mapping
from huikuan.intake.sentences import problem

PERSON = {
    "number": pl.String,
    "person_id": pl.Int64,
    "known_name": pl.String,
    "known_index": pl.Binary,
}
CASE = {"person_id": pl.Int64, "product": pl.String, "case_id": pl.Int64, "state": pl.String}
ACCOUNT = {"index": pl.Binary, "account_id": pl.Int64, "account_case": pl.Int64}
ITEM = {
    "account_id": pl.Int64, "item": pl.String, "item_id": pl.Int64, "known_due": pl.Date, "known_minor": pl.Int64,
}  # fmt: skip


@dataclass
class Matched:
    """The good rows with the ids of what the book knows (person_id, case_id, account_id, item_id; null where new)."""

    rows: pl.DataFrame
    persons: pl.DataFrame
    accounts: pl.DataFrame


def match(cursor: CursorWrapper, checked: Checked, mapping: Mapping, creditor_id: int) -> Matched:
    """Needs a transaction. Rows that contradict the book leave the good ones and become errors."""
    persons = _persons(cursor, checked, mapping, creditor_id)
    accounts = _accounts(cursor, checked, creditor_id)
    rows = checked.frame.join(
        persons.select("debtor", "person_id"), on="debtor", how="left", maintain_order="left"
    )
    rows = rows.join(
        accounts.select("account", "account_id", "account_case", "account_key"),
        on="account",
        how="left",
        maintain_order="left",
    )
    cases = _cases(cursor, rows, mapping)
    rows = rows.join(cases, on=["person_id", "product"], how="left", maintain_order="left")
    moved = rows.filter(
        pl.col("account_case").is_not_null() & ~pl.col("account_case").eq_missing(pl.col("case_id"))
    )
    checked.drop(_errors(moved, "account.other", "account"))
    items = _items(cursor, rows)
    rows = rows.join(items, on=["account_id", "item"], how="left", maintain_order="left")
    other = (pl.col("known_due") != pl.col("due_on")) | (pl.col("known_minor") != pl.col("total"))
    checked.drop(_errors(rows.filter(other), "item.other", "item", "number"))
    checked.drop(list_payments.contradictions(cursor, rows, mapping, creditor_id))
    rows = rows.filter(pl.col("row").is_in(checked.frame["row"].implode()))
    if known := rows["item_id"].count():
        checked.general.append(problem("file.rows_known", {"count": known}, file=checked.file))
    return Matched(
        rows, persons.filter(_used(rows, "debtor")), accounts.filter(_used(rows, "account"))
    )


def _used(rows: pl.DataFrame, column: str) -> pl.Expr:
    return pl.col(column).is_in(rows[column].unique().implode())


def _errors(rows: pl.DataFrame, code: str, value: str, param: str | None = None) -> pl.DataFrame:
    if rows.is_empty():
        return pl.DataFrame(schema=ERRORS)
    found = rows.select(
        "row", pl.lit("").alias("column"), pl.lit(code).alias("code"), pl.col(value).alias("value")
    )
    params = pl.lit("{}")
    if param:
        member = pl.struct(pl.col("value").alias(param)).struct.json_encode()
        params = member
    return found.with_columns(params=params).select(*ERRORS)


def _anything(cursor: CursorWrapper, table: str, creditor_id: int) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE creditor_id = %s)", [creditor_id])
    return bool(cursor.fetchone()[0])


def _persons(
    cursor: CursorWrapper, checked: Checked, mapping: Mapping, creditor_id: int
) -> pl.DataFrame:
    persons = identify.persons(checked.frame, mapping)
    known = pl.DataFrame(schema=PERSON)
    if _anything(cursor, "casebook_person", creditor_id):
        bulk.temporary(cursor, "intake_person", "number text", persons.select("number"))
        known = bulk.query(
            cursor,
            "SELECT p.number, p.id, p.name, p.id_index FROM casebook_person p"
            " JOIN pg_temp.intake_person k ON k.number = p.number WHERE p.creditor_id = %s",
            [creditor_id],
            PERSON,
        )
    persons = persons.join(known, on="number", how="left", maintain_order="left")
    other = pl.col("known_index") != pl.col("index")
    other = other | ((pl.col("known_name") != "") & (pl.col("known_name") != pl.col("name")))
    wrong = persons.filter(other.fill_null(False))
    checked.drop(
        _errors(checked.frame.join(wrong, on="debtor", how="semi"), "person.other", "debtor")
    )
    return persons


def _accounts(cursor: CursorWrapper, checked: Checked, creditor_id: int) -> pl.DataFrame:
    accounts = identify.accounts(checked.frame) if checked.frame.height else _no_accounts()
    known = pl.DataFrame(schema=ACCOUNT)
    if accounts.height and _anything(cursor, "casebook_account", creditor_id):
        bulk.temporary(cursor, "intake_account", "index bytea", accounts.select("index"))
        known = bulk.query(
            cursor,
            "SELECT a.number_index, a.id, a.case_id FROM casebook_account a"
            " JOIN pg_temp.intake_account k ON k.index = a.number_index WHERE a.creditor_id = %s",
            [creditor_id],
            ACCOUNT,
        )
    accounts = accounts.with_columns(account_key=pl.col("index").bin.encode("hex").str.head(16))
    return accounts.join(known, on="index", how="left", maintain_order="left")


def _no_accounts() -> pl.DataFrame:
    text, number, binary = pl.String, pl.UInt32, pl.Binary
    return pl.DataFrame(
        schema={"account": text, "debtor": text, "product": text, "row": number, "index": binary}
    )


def _cases(cursor: CursorWrapper, rows: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    persons = rows.select("person_id").drop_nulls().unique()
    if persons.is_empty():
        return pl.DataFrame(schema=CASE)
    bulk.temporary(cursor, "intake_case", "person_id bigint", persons)
    return bulk.query(
        cursor,
        "SELECT c.person_id, c.product, c.id, (SELECT e.kind FROM casebook_caseevent e WHERE e.case_id = c.id"
        " AND e.kind IN ('returned', 'recalled', 'closed', 'reopened') ORDER BY e.valid_on DESC, e.id DESC LIMIT 1)"
        " FROM casebook_case c JOIN pg_temp.intake_case k ON k.person_id = c.person_id WHERE c.currency = %s",
        [mapping.currency],
        CASE,
    )


def _items(cursor: CursorWrapper, rows: pl.DataFrame) -> pl.DataFrame:
    keys = rows.select("account_id", "item").drop_nulls()
    if keys.is_empty():
        return pl.DataFrame(schema=ITEM)
    bulk.temporary(cursor, "intake_item", "account_id bigint, item text", keys)
    return bulk.query(
        cursor,
        "SELECT i.account_id, i.number, i.id, i.due_on, coalesce((SELECT sum(g.amount_minor) FROM casebook_charge g"
        " WHERE g.item_id = i.id AND g.act_id = i.act_id), 0)::bigint FROM casebook_item i"
        " JOIN pg_temp.intake_item k ON k.account_id = i.account_id AND k.item = i.number",
        [],
        ITEM,
    )
