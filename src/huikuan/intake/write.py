"""Writes the good rows into the book, table by table, by COPY, inside the caller's transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import polars as pl
from django.db.backends.utils import CursorWrapper

from huikuan.casebook.models import Act, Placement
from huikuan.intake import bulk, identify
from huikuan.intake.mapping import Mapping
from huikuan.intake.match import Matched

#: The order in which a payment is set against charges: costs, interest, principal (Civil Code art. 561).
ORDER = {"cost": 0, "fee": 1, "interest": 2, "penalty": 3, "principal": 4}
KNOWN_CHARGE = {
    "item_id": pl.Int64, "id": pl.Int64, "kind": pl.String, "amount_minor": pl.Int64, "allocated": pl.Int64,
}  # fmt: skip


@dataclass
class Writer:
    """`new` counts what was written; `cases` are the ids of the new cases, `touched` of the others."""

    cursor: CursorWrapper
    mapping: Mapping
    placement: Placement
    act: Act
    new: dict[str, int] = field(default_factory=dict)
    cases: pl.Series = field(default_factory=lambda: pl.Series("id", [], dtype=pl.Int64))
    touched: pl.Series = field(default_factory=lambda: pl.Series("id", [], dtype=pl.Int64))

    def write(self, matched: Matched) -> None:
        rows = self._persons(matched)
        rows = self._cases(rows)
        rows = self._accounts(rows, matched.accounts)
        rows = self._items(rows)
        charges = self._charges(rows)
        payments = self._payments(rows, charges)
        self._allocate(charges, payments)
        self._disputes(rows)
        self._points(rows)

    def _copy(self, table: str, frame: pl.DataFrame) -> int:
        """Adds what every row carries, and writes."""
        owner = self.placement
        return bulk.copy_in(
            self.cursor,
            f"casebook_{table}",
            frame.with_columns(
                organisation_id=pl.lit(owner.organisation_id), creditor_id=pl.lit(owner.creditor_id), act_id=pl.lit(self.act.pk)
            ),
        )

    def _ids(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(id=bulk.ids(self.cursor, f"casebook_{table}", frame.height))

    @property
    def _recorded(self) -> pl.Expr:
        return pl.lit(self.act.at.astimezone(dt.UTC).isoformat()).alias("recorded_at")

    def _persons(self, matched: Matched) -> pl.DataFrame:
        new = identify.seal_persons(matched.persons.filter(pl.col("person_id").is_null()))
        new = self._ids("person", new).join(self._keys(new["key"]), on="key", how="left", maintain_order="left")
        self.new["persons"] = self._copy(
            "person",
            new.select(
                "id", "key_id", pl.lit(self.mapping.debtor).alias("kind"), "number", pl.col("name").fill_null(""), "initials",
                "id_sealed", pl.col("index").alias("id_index"), "id_masked", "born_on", pl.col("sex").fill_null(""),
                pl.col("region").fill_null(""), pl.lit("").alias("timezone"), "details",
            ),
        )  # fmt: skip
        self._complete_persons(matched.persons.filter(pl.col("person_id").is_not_null() & pl.col("known_index").is_null()))
        ids = new.select("debtor", pl.col("id").alias("new_person"), pl.col("number").alias("debtor_number"))
        known = matched.persons.filter(pl.col("person_id").is_not_null())
        ids = pl.concat([ids, known.select("debtor", pl.lit(None, pl.Int64).alias("new_person"), pl.col("number").alias("debtor_number"))])
        rows = matched.rows.join(ids, on="debtor", how="left", maintain_order="left")
        return rows.with_columns(person_id=pl.coalesce("person_id", "new_person"))

    def _keys(self, keys: pl.Series) -> pl.DataFrame:
        """PersonKey rows: the same human under another creditor has the same one."""
        distinct = pl.DataFrame({"key": keys.drop_nulls().unique()}).sort("key")
        if distinct.is_empty():
            return pl.DataFrame(schema={"key": pl.Binary, "key_id": pl.Int64})
        self.cursor.execute("CREATE TEMP TABLE intake_key (key bytea) ON COMMIT DROP")
        bulk.copy_in(self.cursor, "pg_temp.intake_key", distinct)
        # sorted, so that two imports at once never wait for each other in a circle
        self.cursor.execute(
            "INSERT INTO casebook_personkey (key) SELECT key FROM pg_temp.intake_key ORDER BY key ON CONFLICT (key) DO NOTHING"
        )
        return bulk.query(
            self.cursor,
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
        self.cursor.execute(
            "CREATE TEMP TABLE intake_identity (id bigint, key_id bigint, sealed bytea, index bytea, masked text,"
            " born_on date, sex text, region text) ON COMMIT DROP"
        )
        bulk.copy_in(
            self.cursor,
            "pg_temp.intake_identity",
            found.select(
                pl.col("person_id").alias("id"), "key_id", pl.col("id_sealed").alias("sealed"), "index",
                pl.col("id_masked").alias("masked"), "born_on", pl.col("sex").fill_null(""), pl.col("region").fill_null(""),
            ),
        )  # fmt: skip
        self.cursor.execute(
            "UPDATE casebook_person p SET key_id = n.key_id, id_sealed = n.sealed, id_index = n.index, id_masked = n.masked,"
            " born_on = coalesce(p.born_on, n.born_on), sex = coalesce(nullif(p.sex, ''), n.sex),"
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
        new = self._ids("case", found.filter(pl.col("case_id").is_null()).sort("debtor_number", "product"))
        serial = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
        self.new["cases"] = self._copy(
            "case",
            new.select(
                "id", (self.placement.number + "-" + serial).alias("number"), "person_id",
                pl.lit(self.placement.pk).alias("placement_id"), "product", pl.lit(self.mapping.currency).alias("currency"),
                pl.col("hand").fill_null(1), "placed_on", "return_on", "told_on", "settles_by_receipts", "statement_cycle",
                self._recorded,
            ),
        )  # fmt: skip
        self.cases = new["id"]
        known = found.filter(pl.col("case_id").is_not_null())
        self.touched = known["case_id"]
        self._known_cases(known)
        ids = new.select("person_id", "product", pl.col("id").alias("new_case"))
        rows = rows.join(ids, on=["person_id", "product"], how="left", maintain_order="left")
        return rows.with_columns(case_id=pl.coalesce("case_id", "new_case"))

    def _known_cases(self, known: pl.DataFrame) -> None:
        """A case that was given back is placed again, one hand later; an earlier placement day moves an open one's forward."""
        back = pl.col("state").is_in(["returned", "recalled", "closed"]).fill_null(False)
        again, still = known.filter(back), known.filter(~back)
        if again.height:
            self._copy(
                "caseevent",
                again.select("case_id", pl.lit("reopened").alias("kind"), pl.col("placed_on").alias("valid_on"), self._recorded),
            )
        update = "UPDATE casebook_case c SET {sets} FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::date[], %s::int[])"
        update += " AS n(id, placed_on, return_on, told_on, hand) WHERE c.id = n.id"
        for part, sets in (
            (again, "hand = greatest(c.hand + 1, n.hand), return_on = n.return_on, told_on = coalesce(n.told_on, c.told_on)"),
            (
                still,
                "placed_on = least(c.placed_on, n.placed_on), return_on = coalesce(c.return_on, n.return_on),"
                " told_on = least(c.told_on, n.told_on)",
            ),
        ):
            if part.height:
                columns = ("case_id", "placed_on", "return_on", "told_on", "hand")
                self.cursor.execute(update.format(sets=sets), [part[column].to_list() for column in columns])

    def _accounts(self, rows: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
        new = identify.seal_accounts(accounts.filter(pl.col("account_id").is_null()), self.mapping.account_kind)
        cases = rows.group_by("account").agg(pl.col("case_id").first())
        new = self._ids("account", new.join(cases, on="account", how="left", maintain_order="left"))
        self.new["accounts"] = self._copy(
            "account",
            new.select(
                "id", "case_id", "product", pl.col("sealed").alias("number_sealed"), pl.col("index").alias("number_index"),
                pl.col("shown").alias("number_shown"), pl.lit(self.mapping.currency).alias("currency"),
                pl.col("row").alias("placement_row"),
            ),
        )  # fmt: skip
        ids = new.select("account", pl.col("id").alias("new_account"))
        rows = rows.join(ids, on="account", how="left", maintain_order="left")
        return rows.with_columns(account_id=pl.coalesce("account_id", "new_account"))

    def _items(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Gives the rows with `item_id`, and `is_new`."""
        new = rows.filter(pl.col("item_id").is_null()).sort("account_id", "item")
        new = self._ids("item", new)
        self.new["items"] = self._copy(
            "item",
            new.select(
                "id", "case_id", "account_id", pl.col("item").alias("number"), "due_on", "confirmed_on",
                pl.col("item_on").alias("valid_on"), self._recorded,
            ),
        )  # fmt: skip
        new = new.with_columns(item_id="id", is_new=pl.lit(True)).drop("id")
        return pl.concat([new, rows.filter(pl.col("item_id").is_not_null()).with_columns(is_new=pl.lit(False))])

    def _charges(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Writes the charges of new items. Gives item_id, id, kind, rest of all charges that a payment could be set against."""
        new = rows.filter("is_new")
        parts = [
            new.filter(pl.col(f"charge_{n}") > 0).select(
                "case_id", "item_id", pl.lit(charge.kind).alias("kind"), pl.lit(charge.basis).alias("basis"),
                pl.lit(self.mapping.currency).alias("currency"), pl.col(f"charge_{n}").alias("amount_minor"),
                pl.col("item_on").alias("valid_on"),
            )
            for n, charge in enumerate(self.mapping.charges)
        ]  # fmt: skip
        charges = self._ids("charge", pl.concat(parts))
        self.new["charges"] = self._copy("charge", charges.with_columns(self._recorded))
        found = charges.select("item_id", "id", "kind", rest="amount_minor")
        if not self.mapping.payments:
            return found
        paying = pl.any_horizontal(pl.col(f"pay_{n}_on").is_not_null() for n in range(len(self.mapping.payments)))
        known = rows.filter(~pl.col("is_new") & paying)["item_id"]
        if known.is_empty():
            return found
        old = bulk.query(
            self.cursor,
            "SELECT g.item_id, g.id, g.kind, g.amount_minor, coalesce((SELECT sum(x.amount_minor) FROM casebook_allocation x"
            " WHERE x.charge_id = g.id AND NOT EXISTS (SELECT 1 FROM casebook_reversal r WHERE r.payment_id = x.payment_id)),"
            " 0)::bigint FROM casebook_charge g WHERE g.item_id = ANY(%s)",
            [known.to_list()],
            KNOWN_CHARGE,
        )
        return pl.concat([found, old.select("item_id", "id", "kind", rest=pl.col("amount_minor") - pl.col("allocated"))])

    def _payments(self, rows: pl.DataFrame, charges: pl.DataFrame) -> pl.DataFrame:
        """Writes the payments that are not in the book yet. Gives id, item_id, case_id, valid_on, amount_minor."""
        rest = charges.group_by("item_id").agg(pl.col("rest").sum())
        rows = rows.join(rest, on="item_id", how="left", maintain_order="left")
        parts = []
        for n, payment in enumerate(self.mapping.payments):
            amount = pl.col(f"pay_{n}") if payment.amount else pl.col("rest")
            reference = pl.concat_str(
                pl.lit("placement:"), pl.col("account_key"), pl.lit(":"), pl.col("item"), pl.lit(":"), pl.col(f"pay_{n}_on"), pl.lit(f":{n}")
            )
            parts.append(
                rows.filter(pl.col(f"pay_{n}_on").is_not_null() & (amount > 0)).select(
                    "case_id", "item_id", pl.lit(self.mapping.currency).alias("currency"), amount.alias("amount_minor"),
                    reference.alias("reference"), pl.lit(payment.source).alias("source"), pl.col(f"pay_{n}_on").alias("valid_on"),
                )
            )  # fmt: skip
        found = pl.concat(parts) if parts else pl.DataFrame(schema={"item_id": pl.Int64})
        if found.is_empty():
            self.new["payments"] = 0
            return found
        found = found.join(self._posted(rows, found), on="reference", how="anti", maintain_order="left")
        found = self._ids("payment", found)
        self.new["payments"] = self._copy("payment", found.drop("item_id").with_columns(self._recorded))
        return found

    def _posted(self, rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """References of these payments that the book has; a new item has none."""
        known = found.join(rows.filter(~pl.col("is_new")).select("item_id"), on="item_id", how="semi")["reference"]
        sql = "SELECT reference FROM casebook_payment WHERE creditor_id = %s AND reference = ANY(%s)"
        return bulk.query(self.cursor, sql, [self.placement.creditor_id, known.to_list()], {"reference": pl.String})

    def _allocate(self, charges: pl.DataFrame, payments: pl.DataFrame) -> None:
        """Each payment against the charges of its item, in the order of ORDER, until one of the two is used up."""
        if payments.is_empty():
            return
        owed = charges.filter(pl.col("rest") > 0).with_columns(rank=pl.col("kind").replace_strict(ORDER)).sort("item_id", "rank", "id")
        owed = owed.with_columns(to=pl.col("rest").cum_sum().over("item_id")).with_columns(start=pl.col("to") - pl.col("rest"))
        paid = payments.sort("item_id", "valid_on", "id")
        paid = paid.with_columns(paid_to=pl.col("amount_minor").cum_sum().over("item_id"))
        paid = paid.with_columns(paid_from=pl.col("paid_to") - pl.col("amount_minor"))
        both = paid.join(owed.select("item_id", "start", "to", charge_id="id"), on="item_id")
        amount = pl.min_horizontal("to", "paid_to") - pl.max_horizontal("start", "paid_from")
        both = both.with_columns(part=amount).filter(pl.col("part") > 0)
        self._copy(
            "allocation",
            both.select("case_id", "item_id", "charge_id", "valid_on", payment_id="id", amount_minor="part").with_columns(self._recorded),
        )

    def _disputes(self, rows: pl.DataFrame) -> None:
        """A dispute holds its item. A known dispute gets its end when the file knows one."""
        parts = [
            rows.filter(pl.col(f"dispute_{n}").is_not_null()).select(
                "case_id", "item_id", "is_new", pl.lit(dispute.reason).alias("reason"),
                pl.col(f"dispute_{n}").alias("valid_on"), pl.col(f"dispute_{n}_end").alias("ended_on"),
            )
            for n, dispute in enumerate(self.mapping.disputes)
        ]  # fmt: skip
        found = pl.concat(parts) if parts else pl.DataFrame(schema={"item_id": pl.Int64, "is_new": pl.Boolean})
        known = found.filter(~pl.col("is_new"))
        if known.height:
            held = bulk.query(
                self.cursor,
                "SELECT item_id, valid_on FROM casebook_hold WHERE scope = 'item' AND kind = 'dispute' AND item_id = ANY(%s)",
                [known["item_id"].to_list()],
                {"item_id": pl.Int64, "valid_on": pl.Date},
            )
            ended = known.filter(pl.col("ended_on").is_not_null()).join(held, on=["item_id", "valid_on"], how="semi")
            self.cursor.execute(
                "UPDATE casebook_hold h SET ended_on = n.ended_on, ended_at = %s FROM unnest(%s::bigint[], %s::date[], %s::date[])"
                " AS n(item_id, valid_on, ended_on) WHERE h.item_id = n.item_id AND h.valid_on = n.valid_on AND h.kind = 'dispute'"
                " AND h.scope = 'item' AND h.ended_on IS NULL",
                [self.act.at, *(ended[column].to_list() for column in ("item_id", "valid_on", "ended_on"))],
            )
            found = found.join(held, on=["item_id", "valid_on"], how="anti")
        if found.height:
            ended_at = pl.when(pl.col("ended_on").is_not_null()).then(self._recorded).alias("ended_at")
            self._copy(
                "hold",
                found.drop("is_new").with_columns(
                    self._recorded, ended_at, scope=pl.lit("item"), kind=pl.lit("dispute")
                ),
            )

    def _points(self, rows: pl.DataFrame) -> None:
        found = identify.points(rows, self.mapping)
        if found.is_empty():
            return
        found = found.join(rows.select("debtor", "person_id", "case_id").unique("debtor"), on="debtor", how="left")
        known = rows.filter(pl.col("new_person").is_null())["person_id"].unique()
        if len(known):
            sql = "SELECT person_id, kind, value_index FROM casebook_contactpoint WHERE person_id = ANY(%s)"
            schema = {"person_id": pl.Int64, "kind": pl.String, "index": pl.Binary}
            have = bulk.query(self.cursor, sql, [known.to_list()], schema)
            found = found.join(have, on=["person_id", "kind", "index"], how="anti")
        found = identify.seal_points(found.sort("person_id", "nth", "value"))
        self.new["points"] = self._copy(
            "contactpoint",
            found.select(
                "person_id", "kind", "whose", "place", "holder", "relation", "source", pl.col("sealed").alias("value_sealed"),
                pl.col("index").alias("value_index"), pl.col("masked").alias("value_masked"), "tail",
                pl.col("placed_on").alias("valid_on"), self._recorded,
            ),
        )  # fmt: skip
