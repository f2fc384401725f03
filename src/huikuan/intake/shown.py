"""What the intake's screens show of a batch: stages, the first rows as they would be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.casebook import vault
from huikuan.casebook.models import Placement
from huikuan.clocks.shown import Shown
from huikuan.intake.check import Checked
from huikuan.intake.mapping import Mapping
from huikuan.lib import masks
from huikuan.lib.money import format_minor
from huikuan.lib.problems import Problem

ROWS = 20
#: Files up to this size are checked whole for the preview. Bytes.
WHOLE = 8 << 20
PART = 256 << 10
#: Problems whose cell holds nothing personal.
SHOWABLE = ("amount.", "date.", "money.", "value.code", "value.count")
#: A running import tells its stage at least this often; one that has been silent for longer was interrupted.
RUNNING = ("queued", "read", "check", "match", "write", "facts")


def current(clocks: Sequence[Shown]) -> Shown | None:
    """The one clock that a list shows: the first that still counts, else the last that was met."""
    counting = [clock for clock in clocks if clock.clock.met_at is None]
    if counting:
        return counting[0]
    return clocks[-1] if clocks else None


def running(placement: Placement) -> bool:
    """Whether an import is queued or under way."""
    return (
        placement.status == Placement.Status.RECEIVED and placement.progress.get("stage") in RUNNING
    )


def stage(placement: Placement) -> str:
    """The stage of a running import in words."""
    words = {
        "queued": _("waiting for the worker"),
        "read": _("reading the file"),
        "check": _("checking the rows"),
        "match": _("comparing with the book"),
        "write": _("writing cases"),
        "facts": _("working out the facts"),
    }
    return words.get(str(placement.progress.get("stage", "")), "")


def head(placement: Placement, target: Path) -> tuple[Path, bool]:
    """The file, or the first lines of a very large CSV file; True when it is whole."""
    size = vault.place(placement.creditor_id, placement.file_hash).stat().st_size
    parts = vault.parts(placement.creditor_id, placement.file_hash)
    first = next(parts, b"")
    if size <= WHOLE or first.startswith(b"PK"):
        return vault.restore(placement.creditor_id, placement.file_hash, target), True
    cut = first[:PART].rfind(b"\n")
    target.write_bytes(first[: cut + 1] if cut > 0 else first)
    return target, False


def discreet(found: Problem) -> Problem:
    """The problem for a screen: amounts, days and code words as they stand in the file, numbers of people and cards
    not at all.
    """
    return found if found.code.startswith(SHOWABLE) else found.at(value=None)


def rows(checked: Checked, mapping: Mapping) -> list[dict[str, Any]]:
    """The first good rows as they would be read. Names are whole: a wrong encoding shows in them and nowhere else."""
    if checked.refused:
        return []
    return [
        _row(found, mapping) for found in checked.frame.sort("row").head(ROWS).iter_rows(named=True)
    ]


def _row(found: dict[str, Any], mapping: Mapping) -> dict[str, Any]:
    identity = found["id_number"] or found["credit_code"] or ""
    points = sum(found.get(f"point_{n}") is not None for n in range(len(mapping.points)))
    paid = [found[f"pay_{n}_on"] for n in range(len(mapping.payments)) if found.get(f"pay_{n}_on")]
    return {
        "row": found["row"],
        "debtor": found["name"] or found["debtor"],
        "identity": masks.identity(identity) if found["id_number"] else identity,
        "account": found["account"]
        if mapping.account_kind != "card"
        else masks.card(found["account"]),
        "item": found["item"],
        "due_on": found["due_on"],
        "total": format_minor(found["total"], mapping.currency),
        "placed_on": found["placed_on"],
        "return_on": found["return_on"],
        "paid_on": max(paid) if paid else None,
        "disputed": any(found.get(f"dispute_{n}") for n in range(len(mapping.disputes))),
        "points": points,
    }
