"""Who and what the good rows speak of: debtors, accounts and contact points, each once, with their numbers sealed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from huikuan.casebook import sealed
from huikuan.casebook.models.cases import MADE, MADE_LENGTH
from huikuan.intake.mapping import Mapping
from huikuan.lib import masks, names, phones

DETAIL = "detail:"


def persons(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """One line a debtor: debtor, number, name, number_known (identity number or company code), index, born_on, sex,
    region, details.
    """
    once = frame["debtor"].n_unique() == frame.height
    found = _one_row_each(frame, mapping) if once else _several_rows(frame, mapping)
    details = [name for name in found.columns if name.startswith(DETAIL)]
    found = found.with_columns(
        index=_binary(found["identity"], lambda texts: sealed.index_many("id", texts)),
        born_on=pl.coalesce(
            pl.col("id_number").str.slice(6, 8).str.to_date("%Y%m%d", strict=False), "born_on"
        ),
        sex=pl.coalesce(_sex(pl.col("id_number")), "sex"),
        region=pl.coalesce(
            pl.col("id_number").str.slice(0, 6),
            pl.col("region"),
            pl.when(pl.col("id_number").is_null()).then(pl.col("identity").str.slice(2, 6)),
        ),
    )
    number = pl.coalesce("person_number", _made(pl.col("index")))
    return found.with_columns(number=number, details=_as_json(details)).sort("number")


def _made(index: pl.Expr) -> pl.Expr:
    """The numbers of debtors for whom the creditor gave none: `made_number` of a whole column."""
    return pl.lit(MADE) + index.bin.encode("hex").str.slice(0, MADE_LENGTH)


def _detail_names(mapping: Mapping) -> list[str]:
    return [f"{DETAIL}{source.column or n}" for n, source in enumerate(mapping.details)]


def _one_row_each(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The ordinary sheet of a million debtors needs no grouping."""
    own = ["debtor", "person_number", "name", "id_number", "born_on", "sex", "region"]
    details = [pl.col(f"detail_{n}").alias(name) for n, name in enumerate(_detail_names(mapping))]
    return frame.select(*own, pl.coalesce("id_number", "credit_code").alias("identity"), *details)


def _several_rows(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The rows of a debtor agree on who they are; of the rest, each value once."""
    details = [
        _joined(pl.col(f"detail_{n}")).alias(name) for n, name in enumerate(_detail_names(mapping))
    ]
    return frame.group_by("debtor").agg(
        pl.col("person_number").first(),
        pl.col("name").drop_nulls().first(),
        pl.coalesce(
            pl.col("id_number").drop_nulls().first(), pl.col("credit_code").drop_nulls().first()
        ).alias("identity"),
        pl.col("id_number").drop_nulls().first(),
        pl.col("born_on", "sex", "region").min(),
        *details,
    )


def seal_persons(found: pl.DataFrame) -> pl.DataFrame:
    """Adds what a new person's row needs: name initials, the sealed, masked and keyed identity."""
    distinct = found["name"].drop_nulls().unique()
    initials = pl.DataFrame(
        {
            "name": distinct,
            "initials": pl.Series([names.initials(n)[:60] for n in distinct], dtype=pl.String),
        }
    )
    found = found.join(initials, on="name", how="left", maintain_order="left")
    identity = pl.col("identity")
    return found.with_columns(
        pl.col("initials").fill_null(""),
        id_sealed=_binary(found["identity"], sealed.seal_many),
        key=_binary(found["identity"], sealed.person_keys),
        id_masked=masks.identity_column(identity).fill_null(""),
    )


def accounts(frame: pl.DataFrame) -> pl.DataFrame:
    """One line an account: account, debtor, product, index, row (the first that names it)."""
    found = (
        frame.group_by("account")
        .agg(pl.col("debtor", "product").first(), pl.col("row").min())
        .sort("account")
    )
    return found.with_columns(
        index=_binary(found["account"], lambda texts: sealed.index_many("account", texts))
    )


def seal_accounts(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Adds the sealed number and the number as lists show it: a card masked, others whole."""
    number = pl.col("account")
    shown = masks.card_column(number) if kind == "card" else number
    return found.with_columns(shown=shown, sealed=_binary(found["account"], sealed.seal_many))


def points(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """One line a debtor and contact point: debtor, kind, value, whose, place, source, holder, relation, placed_on,
    index. Named twice, the first column of the mapping counts."""
    parts = []
    for n, point in enumerate(mapping.points):
        own = pl.lit("")
        parts.append(
            frame.filter(pl.col(f"point_{n}").is_not_null()).select(
                "debtor",
                pl.col(f"point_{n}_kind").alias("kind"),
                pl.col(f"point_{n}").alias("value"),
                pl.col(f"point_{n}_whose").alias("whose"),
                pl.lit(point.place).alias("place"),
                pl.lit(point.source).alias("source"),
                (pl.col(f"point_{n}_holder").fill_null("") if point.holder else own).alias(
                    "holder"
                ),
                (pl.col(f"point_{n}_relation").fill_null("") if point.relation else own).alias(
                    "relation"
                ),
                "placed_on",
                pl.lit(n).alias("nth"),
            )
        )
    if not parts:
        return pl.DataFrame(schema={"debtor": pl.String})
    key = ["debtor", "kind", "value"]
    found = pl.concat(parts)
    twice = found.select(pl.struct(key).is_duplicated()).to_series()
    if twice.any():  # sorting a million rows for a few that are named twice would be waste
        again = found.filter(twice).sort(*key, "nth", "holder", "relation", "placed_on")
        found = pl.concat(
            [found.filter(~twice), again.unique(key, keep="first", maintain_order=True)]
        )
    pieces = [
        part.with_columns(index=_binary(part["value"], partial(sealed.index_many, str(kind))))
        for (kind,), part in found.group_by("kind", maintain_order=True)
    ]
    return pl.concat(pieces) if pieces else found.with_columns(index=pl.lit(None, dtype=pl.Binary))


def seal_points(found: pl.DataFrame) -> pl.DataFrame:
    """Adds the sealed value, the value as lists show it, and its last digits."""
    if found.is_empty():
        return found
    value, kind = pl.col("value"), pl.col("kind")
    mobile = value.str.contains(r"^\+861[3-9][0-9]{9}$")
    others = (
        found.filter((kind == "phone") | ((kind == "mobile") & ~mobile)).select("value").unique()
    )
    numbers = [phones.split_stored(value)[0] for value in others["value"]]
    shown = [masks.phone(number) for number in numbers]
    others = others.with_columns(masked=pl.Series(shown, dtype=pl.String))
    found = found.join(others, on="value", how="left", maintain_order="left")
    masked = (
        pl.when(kind == "email")
        .then(masks.email_column(value))
        .when(kind == "address")
        .then(masks.address_column(value))
        .when(mobile)
        .then(masks.mobile_column(value))
        .otherwise("masked")
    )
    tail = (
        pl.when(kind.is_in(["mobile", "phone"]))
        .then(value.str.split(phones.EXTENSION_MARK).list.first().str.tail(masks.TAIL))
        .otherwise(pl.lit(""))
    )
    return found.with_columns(
        masked=masked, tail=tail, sealed=_binary(found["value"], sealed.seal_many)
    )


def _binary(texts: pl.Series, make: Callable[[list[str]], list[bytes]]) -> pl.Series:
    """`make` of the texts that are there; null stays null."""
    there = texts.is_not_null()
    if there.all():
        return pl.Series(make(texts.to_list()), dtype=pl.Binary)
    empty = pl.Series([None], dtype=pl.Binary).new_from_index(0, len(texts))
    made = pl.Series(make(texts.filter(there).to_list()), dtype=pl.Binary)
    return empty.scatter(there.arg_true(), made) if len(made) else empty


def _sex(number: pl.Expr) -> pl.Expr:
    odd = number.str.slice(16, 1).cast(pl.Int32, strict=False) % 2
    return pl.when(odd == 1).then(pl.lit("m")).when(odd == 0).then(pl.lit("f"))


def _joined(cell: pl.Expr) -> pl.Expr:
    """The values of a debtor's rows, each once."""
    return cell.drop_nulls().unique().sort().str.join(" / ").replace({"": None})


def _as_json(columns: list[str]) -> pl.Expr:
    """The columns as one JSON object; empty ones are left out."""
    if not columns:
        return pl.lit("{}")
    members = [
        pl.when(pl.col(name).is_not_null()).then(
            pl.struct(pl.col(name).alias(name.removeprefix(DETAIL)))
            .struct.json_encode()
            .str.strip_prefix("{")
            .str.strip_suffix("}")
        )
        for name in columns
    ]
    return pl.lit("{") + pl.concat_str(members, separator=",", ignore_nulls=True) + "}"
