"""Writes the good rows into the book, table by table, by COPY, inside the caller's transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from huikuan.intake import bulk, identify
from huikuan.intake.ledger import Ledger
from huikuan.intake.match import Matched
from huikuan.intake.pen import Pen
from huikuan.intake.shards import persons_shards

#: Items of the book that nobody confirmed, and of which no line of a statement speaks.
_UNCONFIRMED = """
    SELECT s.item_id FROM casebook_itemsummary s
    WHERE s.item_id = ANY(%s) AND s.confirmed_on IS NULL
        AND NOT EXISTS (SELECT 1 FROM casebook_statementline l WHERE l.item_id = s.item_id)
"""


@dataclass
class Writer:
    """`cases` are the ids of the new cases, `touched` of the others that the file speaks of."""

    pen: Pen
    cases: pl.Series = field(default_factory=lambda: pl.Series("id", [], dtype=pl.Int64))
    touched: pl.Series = field(default_factory=lambda: pl.Series("id", [], dtype=pl.Int64))

    def write(self, matched: Matched) -> None:
        """Sealing is work for this process and writing for the database: the numbers of one table are sealed while
        another is being written."""
        mapping = self.pen.mapping
        with ThreadPoolExecutor(max_workers=1) as aside:
            new = matched.accounts.filter(pl.col("account_id").is_null())
            accounts = aside.submit(identify.seal_accounts, new, mapping.account_kind)
            points = aside.submit(
                lambda: identify.seal_points(identify.points(matched.rows, mapping))
            )
            rows = self._persons(matched)
            rows = self._cases(rows)
            rows = self._accounts(rows, accounts.result())
            rows = self._items(rows)
            Ledger(self.pen).write(rows)
            self._points(rows, points.result())

    def _persons(self, matched: Matched) -> pl.DataFrame:
        new = identify.seal_persons(matched.persons.filter(pl.col("person_id").is_null()))
        new = self.pen.numbered("person", new).join(
            self._keys(new["key"]), on="key", how="left", maintain_order="left"
        )
        shard = persons_shards(self.pen.placement.creditor_id, new)
        self.pen.new["persons"] = self.pen.copy(
            "person",
            new.select(
                "id",
                shard,
                "key_id",
                pl.lit(self.pen.mapping.debtor).alias("kind"),
                "number",
                pl.col("name").fill_null(""),
                "initials",
                "id_sealed",
                pl.col("index").alias("id_index"),
                "id_masked",
                "born_on",
                pl.col("sex").fill_null(""),
                pl.col("region").fill_null(""),
                pl.lit("").alias("timezone"),
                "details",
            ),
        )
        self._complete_persons(
            matched.persons.filter(
                pl.col("person_id").is_not_null() & pl.col("known_index").is_null()
            )
        )
        ids = new.select(
            "debtor", pl.col("id").alias("new_person"), pl.col("number").alias("debtor_number")
        )
        known = matched.persons.filter(pl.col("person_id").is_not_null())
        ids = pl.concat(
            [
                ids,
                known.select(
                    "debtor",
                    pl.lit(None, pl.Int64).alias("new_person"),
                    pl.col("number").alias("debtor_number"),
                ),
            ]
        )
        rows = matched.rows.join(ids, on="debtor", how="left", maintain_order="left")
        return rows.with_columns(person_id=pl.coalesce("person_id", "new_person"))

    def _keys(self, keys: pl.Series) -> pl.DataFrame:
        """PersonKey rows: the same human under another creditor has the same one."""
        distinct = pl.DataFrame({"key": keys.drop_nulls().unique()}).sort("key")
        if distinct.is_empty():
            return pl.DataFrame(schema={"key": pl.Binary, "key_id": pl.Int64})
        bulk.temporary(self.pen.cursor, "intake_key", "key bytea", distinct)
        # sorted, so that two imports at once never wait for each other in a circle
        self.pen.cursor.execute(
            "INSERT INTO casebook_personkey (key, shard) SELECT key, casebook_shard(key) FROM pg_temp.intake_key ORDER BY key"
            " ON CONFLICT (key) DO NOTHING"
        )
        return bulk.query(
            self.pen.cursor,
            "SELECT p.key, p.id FROM casebook_personkey p JOIN pg_temp.intake_key k ON k.key = p.key",
            [],
            {"key": pl.Binary, "key_id": pl.Int64},
        )

    def _complete_persons(self, known: pl.DataFrame) -> None:
        """A known debtor whose identity number comes only now."""
        found = known.filter(pl.col("index").is_not_null())
        if found.is_empty():
            return
        found = identify.seal_persons(found)
        found = found.join(self._keys(found["key"]), on="key", how="left")
        bulk.temporary(
            self.pen.cursor,
            "intake_identity",
            "id bigint, key_id bigint, sealed bytea, index bytea, masked text, born_on date, sex text, region text",
            found.select(
                pl.col("person_id").alias("id"),
                "key_id",
                pl.col("id_sealed").alias("sealed"),
                "index",
                pl.col("id_masked").alias("masked"),
                "born_on",
                pl.col("sex").fill_null(""),
                pl.col("region").fill_null(""),
            ),
        )
        self.pen.cursor.execute(
            "UPDATE casebook_person p SET key_id = n.key_id, id_sealed = n.sealed, id_index = n.index,"
            " id_masked = n.masked, born_on = coalesce(p.born_on, n.born_on), sex = coalesce(nullif(p.sex, ''), n.sex),"
            " region = coalesce(nullif(p.region, ''), n.region)"
            " FROM pg_temp.intake_identity n WHERE n.id = p.id AND p.id_index IS NULL"
        )

    def _cases(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = rows.group_by("person_id", "product").agg(
            pl.col("debtor_number", "case_id", "state").first(),
            pl.col("placed_on", "return_on", "told_on").min(),
            pl.col("hand").max(),
            pl.col("settles_by_receipts", "statement_cycle").any(),
        )
        new = self.pen.numbered(
            "case", found.filter(pl.col("case_id").is_null()).sort("debtor_number", "product")
        )
        serial = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
        self.pen.new["cases"] = self.pen.copy(
            "case",
            new.select(
                "id",
                (self.pen.placement.number + "-" + serial).alias("number"),
                "person_id",
                pl.lit(self.pen.placement.pk).alias("placement_id"),
                "product",
                pl.lit(self.pen.mapping.currency).alias("currency"),
                pl.col("hand").fill_null(1),
                "placed_on",
                "return_on",
                "told_on",
                "settles_by_receipts",
                "statement_cycle",
                self.pen.recorded,
            ),
        )
        self.cases = new["id"]
        known = found.filter(pl.col("case_id").is_not_null())
        self.touched = known["case_id"]
        self._known_cases(known)
        ids = new.select("person_id", "product", pl.col("id").alias("new_case"))
        rows = rows.join(ids, on=["person_id", "product"], how="left", maintain_order="left")
        return rows.with_columns(case_id=pl.coalesce("case_id", "new_case"))

    def _known_cases(self, known: pl.DataFrame) -> None:
        """A case that was given back is placed again, one hand later; an earlier placement day moves an open one's
        forward.
        """
        back = pl.col("state").is_in(["returned", "recalled", "closed"]).fill_null(False)
        again, still = known.filter(back), known.filter(~back)
        if again.height:
            self.pen.copy(
                "caseevent",
                again.select(
                    "case_id",
                    pl.lit("reopened").alias("kind"),
                    pl.col("placed_on").alias("valid_on"),
                    self.pen.recorded,
                ),
            )
        update = "UPDATE casebook_case c SET {sets} FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::date[], %s::int[])"
        update += " AS n(id, placed_on, return_on, told_on, hand) WHERE c.id = n.id"
        for part, sets in (
            (
                again,
                "hand = greatest(c.hand + 1, n.hand), return_on = n.return_on,"
                " told_on = coalesce(n.told_on, c.told_on)",
            ),
            (
                still,
                "placed_on = least(c.placed_on, n.placed_on), return_on = coalesce(c.return_on, n.return_on),"
                " told_on = least(c.told_on, n.told_on)",
            ),
        ):
            if part.height:
                columns = ("case_id", "placed_on", "return_on", "told_on", "hand")
                self.pen.cursor.execute(
                    update.format(sets=sets), [part[column].to_list() for column in columns]
                )

    def _accounts(self, rows: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
        cases = rows.group_by("account").agg(pl.col("case_id").first())
        new = self.pen.numbered(
            "account", new.join(cases, on="account", how="left", maintain_order="left")
        )
        self.pen.new["accounts"] = self.pen.copy(
            "account",
            new.select(
                "id",
                "case_id",
                "product",
                pl.col("sealed").alias("number_sealed"),
                pl.col("index").alias("number_index"),
                pl.col("shown").alias("number_shown"),
                pl.lit(self.pen.mapping.currency).alias("currency"),
                pl.col("row").alias("placement_row"),
            ),
        )
        ids = new.select("account", pl.col("id").alias("new_account"))
        rows = rows.join(ids, on="account", how="left", maintain_order="left")
        return rows.with_columns(account_id=pl.coalesce("account_id", "new_account"))

    def _items(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Gives the rows with `item_id`, and `is_new`."""
        new = rows.filter(pl.col("item_id").is_null()).sort("account_id", "item")
        new = self.pen.numbered("item", new)
        self.pen.new["items"] = self.pen.copy(
            "item",
            new.select(
                "id",
                "case_id",
                "account_id",
                pl.col("item").alias("number"),
                "due_on",
                "confirmed_on",
                pl.col("item_on").alias("valid_on"),
                self.pen.recorded,
            ),
        )
        new = new.with_columns(item_id="id", is_new=pl.lit(True)).drop("id")
        known = rows.filter(pl.col("item_id").is_not_null()).with_columns(is_new=pl.lit(False))
        self._confirmations(known)
        return pl.concat([new, known])

    def _confirmations(self, known: pl.DataFrame) -> None:
        """What the file says newly of items of the book: the customer confirmed them. One that is
        confirmed already keeps its day; a difference that is open is settled where it was entered.
        """
        said = known.filter(pl.col("confirmed_on").is_not_null())
        if said.is_empty():
            return
        unconfirmed = bulk.query(
            self.pen.cursor, _UNCONFIRMED, [said["item_id"].to_list()], {"item_id": pl.Int64}
        )
        said = said.join(unconfirmed, on="item_id", how="semi").sort("item_id")
        self.pen.copy(
            "itemconfirmation",
            said.select(
                "case_id",
                "item_id",
                pl.lit(self.pen.placement.number).alias("evidence"),
                pl.col("confirmed_on").alias("valid_on"),
                self.pen.recorded,
            ),
        )

    def _points(self, rows: pl.DataFrame, found: pl.DataFrame) -> None:
        if found.is_empty():
            return
        found = found.join(
            rows.select("debtor", "person_id", "case_id").unique("debtor"), on="debtor", how="left"
        )
        known = rows.filter(pl.col("new_person").is_null())["person_id"].unique()
        if len(known):
            sql = "SELECT person_id, kind, value_index FROM casebook_contactpoint WHERE person_id = ANY(%s)"
            schema = {"person_id": pl.Int64, "kind": pl.String, "index": pl.Binary}
            have = bulk.query(self.pen.cursor, sql, [known.to_list()], schema)
            found = found.join(have, on=["person_id", "kind", "index"], how="anti")
        found = found.sort("person_id", "nth", "value")
        self.pen.new["points"] = self.pen.copy(
            "contactpoint",
            found.select(
                "person_id",
                "kind",
                "whose",
                "place",
                "holder",
                "relation",
                "source",
                pl.col("sealed").alias("value_sealed"),
                pl.col("index").alias("value_index"),
                pl.col("masked").alias("value_masked"),
                "tail",
                pl.col("placed_on").alias("valid_on"),
                self.pen.recorded,
            ),
        )
