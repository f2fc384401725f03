"""Acceptance: the good rows of a placement become cases, the others wait. One transaction, or nothing."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from huikuan.casebook import bindings, facts, journal, sealed
from huikuan.casebook.models import (
    Act,
    Case,
    Notice,
    Placement,
    PlacementEvent,
    PlacementProblem,
    PlacementRow,
)
from huikuan.casebook.placement_events import happened
from huikuan.casebook.waiting import waiting
from huikuan.clocks.refresh import catch_up, refresh
from huikuan.intake import bulk, corrections
from huikuan.intake.check import LINE, Checked
from huikuan.intake.mapping import Mapping
from huikuan.intake.match import match
from huikuan.intake.pen import Pen
from huikuan.intake.receive import lock
from huikuan.intake.sentences import problem, sentence
from huikuan.intake.write import Writer
from huikuan.lib.tables import ROW
from huikuan.people.models import User
from huikuan.people.rights import Right

#: From this many rows on, fresh statistics inside the transaction cost less than plans made without
#: them. After an import that was rolled back the old ones say that the tables are empty: each list
#: of cases would then be gone through for each case.
ANALYZE_FROM = 50
#: From this many rows on the joins of the facts need more memory to stay in it.
MUCH = 2000
TABLES = (
    "person",
    "case",
    "account",
    "item",
    "charge",
    "payment",
    "allocation",
    "hold",
    "contactpoint",
)
Progress = Callable[[str, int, int], None]


@dataclass
class Result:
    """What an import did; `as_dict` is the fixed form of `huikuan import --json`."""

    placement: str | None
    received: int
    accepted: int
    reported: int
    new: dict[str, int] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)
    already: bool = False
    corrected: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, object]:
        counts = {
            f"new_{key}": self.new.get(key, 0)
            for key in ("persons", "cases", "accounts", "items", "payments")
        }
        return {
            "received": self.received,
            "accepted": self.accepted,
            "reported": self.reported,
            **counts,
            "corrected": self.corrected,
            "problems": self.problems,
            "placement": self.placement,
            "already": self.already,
            "seconds": round(self.seconds, 3),
        }


def preview(checked: Checked, mapping: Mapping, creditor_id: int | None) -> Result:
    """What acceptance would do, without writing: the book is asked too when the creditor is known."""
    new: dict[str, int] = {}
    if not checked.refused and checked.frame.height:
        with transaction.atomic(), connection.cursor() as cursor:
            matched = match(cursor, checked, mapping, creditor_id or 0)
        rows = matched.rows
        new = {
            "persons": matched.persons["person_id"].null_count(),
            "cases": rows.filter(pl.col("case_id").is_null())
            .select("debtor", "product")
            .n_unique(),
            "accounts": matched.accounts["account_id"].null_count(),
            "items": rows["item_id"].null_count(),
        }
    return Result(
        None, checked.received, checked.accepted, checked.reported, new, checked.by_code()
    )


def accept(
    placement: Placement,
    checked: Checked,
    mapping: Mapping,
    actor: User,
    *,
    at: dt.datetime,
    reason: str = "",
    progress: Progress | None = None,
) -> Result:
    """Writes the good rows and stores the others sealed with their problems. Safe to call again after any interruption.

    A placement that is already accepted gives its counts and `already`. `at` is the moment of the acceptance:
    recorded_at of every row.
    """
    began = time.perf_counter()
    with transaction.atomic():
        lock(placement.creditor_id)
        placement = Placement.objects.select_related("creditor", "organisation").get(
            pk=placement.pk
        )
        if placement.status == Placement.Status.ACCEPTED:
            return earlier(placement)
        result = _write(placement, checked, mapping, actor, at, reason, progress or _silent)
    result.seconds = time.perf_counter() - began
    return result


def earlier(placement: Placement) -> Result:
    """The answer to a file that was imported before: its counts, and nothing new."""
    counts = placement.counts
    return Result(
        placement.number,
        counts.get("received", 0),
        counts.get("accepted", 0),
        counts.get("reported", 0),
        problems=counts.get("problems", {}),
        already=True,
    )


def _silent(_stage: str, _done: int, _of: int) -> None:
    pass


def _write(
    placement: Placement,
    checked: Checked,
    mapping: Mapping,
    actor: User,
    at: dt.datetime,
    reason: str,
    progress: Progress,
) -> Result:
    act = journal.begin(actor, "intake.accept", at=at, reason=reason or placement.number)
    new: dict[str, int] = {}
    touched: list[int] = []
    with connection.cursor() as cursor:
        if not checked.refused and checked.frame.height:
            progress("match", 0, checked.received)
            matched = match(cursor, checked, mapping, placement.creditor_id)
            progress("write", 0, checked.received)
            if matched.rows.height >= MUCH:
                cursor.execute("SET LOCAL work_mem = '256MB'")
            writer = Writer(Pen(cursor, mapping, placement, act))
            writer.write(matched)
            progress("facts", checked.accepted, checked.received)
            _facts(cursor, writer, matched.rows.height)
            new = writer.pen.new
            touched = writer.touched.to_list()
            if waiting := writer.pen.waiting:
                checked.general.append(
                    problem("payments.wait", {"count": waiting}, file=checked.file)
                )
            placement.valid_on = min([placement.valid_on, *matched.rows["placed_on"].unique()])
        _waiting(cursor, placement, checked)
        corrected = corrections.settle(placement, checked, mapping)
    says_more = bind(placement.creditor_id, mapping, act)
    result = Result(
        placement.number,
        checked.received,
        checked.accepted,
        checked.reported,
        new,
        checked.by_code(),
        corrected=corrected,
    )
    _finish(placement, result, act)
    changed = {"placement": [placement.pk], "case": touched}
    if says_more:
        catch_up(at=at, subjects=changed, by=act)
    else:
        refresh(changed, by=act, at=at)
    return result


def bind(creditor_id: int, mapping: Mapping, act: Act) -> bool:
    """Creditor × product → packs, from the mapping's days. Whether it said anything new.

    A mapping that takes the product from a column without codes knows no products: it binds every one.
    """
    lines = [bindings.Line(line.pack, line.from_on) for line in mapping.packs]
    written = [
        bindings.say_by_mapping(creditor_id, product, lines, act=act)
        for product in mapping.products()
    ]
    return any(written)


def _facts(cursor: CursorWrapper, writer: Writer, rows: int) -> None:
    """The summary rows of the cases that changed."""
    if rows >= ANALYZE_FROM:
        for table in TABLES:
            cursor.execute(f"ANALYZE casebook_{table}")
    if len(writer.cases):
        low, high = writer.cases.min(), writer.cases.max()
        facts.add_new(
            "c.id BETWEEN %(low)s AND %(high)s AND c.act_id = %(act)s",
            {"low": low, "high": high, "act": writer.pen.act.pk},
        )
    facts.refresh(writer.touched.to_list())
    if rows >= ANALYZE_FROM:
        # The first plan of the new cases would else be made for an empty table: it took twice as long.
        facts.analyze()


def _waiting(cursor: CursorWrapper, placement: Placement, checked: Checked) -> None:
    """Rows that are not accepted, sealed, and what is wrong with them. Those of an earlier try are replaced."""
    PlacementProblem.objects.filter(placement=placement).delete()
    PlacementRow.objects.filter(placement=placement).delete()
    bad = checked.bad_rows
    if checked.table.readable and bad:
        frame = checked.table.frame.filter(pl.col(ROW).is_in(list(bad)))
        cells = frame.select(pl.struct(pl.exclude(ROW)).struct.json_encode()).to_series()
        rows = pl.DataFrame(
            {
                "row": frame[ROW].cast(pl.Int64),
                "sealed": pl.Series(sealed.seal_many(cells.to_list()), dtype=pl.Binary),
            }
        )
        bulk.copy_in(
            cursor, "casebook_placementrow", rows.with_columns(placement_id=pl.lit(placement.pk))
        )
        bad -= set(frame[ROW].to_list())
    unread = {p.row: p.value for p in checked.general if p.row in bad}
    PlacementRow.objects.bulk_create(
        PlacementRow(
            placement=placement,
            row=row or 0,
            sealed=sealed.seal(json.dumps({LINE: value or ""}, ensure_ascii=False)),
        )
        for row, value in unread.items()
    )
    _problems(cursor, placement, checked)


def _problems(cursor: CursorWrapper, placement: Placement, checked: Checked) -> None:
    PlacementProblem.objects.bulk_create(
        PlacementProblem(
            placement=placement,
            row=p.row,
            column=str(p.column or "")[:80],
            code=p.code,
            message=p.message,
            remedy=p.remedy,
            params=dict(p.params),
        )
        for p in checked.general
    )
    codes = checked.errors["code"].unique().to_list()
    texts = pl.DataFrame(
        [(code, sentence(code).message, sentence(code).remedy) for code in codes],
        schema={"code": pl.String, "message": pl.String, "remedy": pl.String},
        orient="row",
    )
    frame = checked.errors.join(texts, on="code", how="left").with_columns(
        pl.col("column").str.head(80)
    )
    frame = frame.select(
        "row", "column", "code", "message", "remedy", "params", placement_id=pl.lit(placement.pk)
    )
    bulk.copy_in(cursor, "casebook_placementproblem", frame.sort("row"))


def _finish(placement: Placement, result: Result, act: Act) -> None:
    """The batch is settled and the team leads are told. A file of which nothing could be taken is
    refused.
    """
    at = act.at
    refused = result.received == 0 or result.accepted == 0
    placement.status = Placement.Status.REFUSED if refused else Placement.Status.ACCEPTED
    placement.counts = result.as_dict()
    placement.accepted_at = None if refused else at
    placement.progress = {"stage": "done", "done": result.received, "of": result.received}
    placement.save(update_fields=["status", "counts", "accepted_at", "progress", "valid_on"])
    if refused:
        happened(placement, PlacementEvent.Kind.REFUSED, act=act, at=at)
        return
    if result.new.get("cases"):
        leads = User.objects.who_may(Right.HEAR_OF_CASES).filter(
            organisation_id=placement.organisation_id, is_active=True
        )
        params = {
            "placement": placement.pk,
            "number": placement.number,
            "cases": result.new["cases"],
        }
        Notice.objects.bulk_create(
            Notice(user=lead, kind=Notice.Kind.TO_ALLOCATE, params=params, at=at) for lead in leads
        )
        if Case.objects.filter(waiting(), placement=placement).exists():
            happened(placement, PlacementEvent.Kind.LEAD_TOLD, act=act, at=at)
