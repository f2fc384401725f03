"""The whole way of a file: read, check, receive, accept. Used by the command, the screen and the job."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

from django.conf import settings

from huikuan.casebook.models import Placement
from huikuan.intake.accept import Progress, Result, accept, earlier, preview
from huikuan.intake.check import BATCH, Checked, check
from huikuan.intake.mapping import Mapping
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.intake.receive import local_day, receive
from huikuan.intake.usable_packs import must_be_usable
from huikuan.lib.read_table import read_table
from huikuan.lib.tables import Limits, Table
from huikuan.people.models import Creditor, User


def read(
    path: Path, mapping: Mapping, *, name: str | None = None, limits: Limits | None = None
) -> Table:
    """The file as text columns, read where the mapping says that its header stands; a problem report that comes back
    corrected has its header in row 1."""
    if mapping.header_row > 1:
        report = read_table(path, name=name, limits=limits)
        if BATCH in report.columns:
            return report
    return read_table(
        path, name=name, header_row=mapping.header_row, sheet=mapping.sheet, limits=limits
    )


def look(
    path: Path, creditor: Creditor, mapping: Mapping, *, at: dt.datetime, name: str | None = None
) -> tuple[Result, Checked]:
    """Dry run: what the import would do. Writes nothing. Raises WrongMapping."""
    began = time.perf_counter()
    must_be_usable(mapping, creditor, at)
    checked = check(read(path, mapping, name=name), mapping, local_day(creditor, at))
    result = preview(checked, mapping, creditor.pk)
    result.seconds = time.perf_counter() - began
    return result, checked


def import_file(
    path: Path,
    creditor: Creditor,
    mapping: Mapping,
    actor: User,
    *,
    at: dt.datetime,
    received_at: dt.datetime | None = None,
    name: str | None = None,
    reason: str = "",
    progress: Progress | None = None,
) -> tuple[Result, Checked | None]:
    """Receives and accepts a file. None in place of the check when the same file was imported before.

    Raises WrongMapping, before anything is received, where its packs cannot be followed.
    """
    began = time.perf_counter()
    must_be_usable(mapping, creditor, at)
    receipt = receive(
        path,
        creditor,
        mapping.name,
        actor,
        at=at,
        received_at=received_at,
        file_name=name or path.name,
        reason=reason,
    )
    if receipt.already:
        result = earlier(receipt.placement)
        result.seconds = time.perf_counter() - began
        return result, None
    checked = check(read(path, mapping, name=name), mapping, receipt.placement.received_on)
    result = accept(
        receipt.placement, checked, mapping, actor, at=at, reason=reason, progress=progress
    )
    result.seconds = time.perf_counter() - began
    return result, checked


def accept_received(
    placement: Placement,
    path: Path,
    actor: User,
    *,
    at: dt.datetime,
    progress: Progress | None = None,
) -> Result:
    """Accepts a file that was received before. Raises mapping.NoMapping, mapping.WrongMapping."""
    mapping = mapping_of(placement)
    must_be_usable(mapping, placement.creditor, at)
    if progress:
        progress("read", 0, 0)
    checked = check(read(path, mapping, name=placement.file_name), mapping, placement.received_on)
    if progress:
        progress("check", 0, checked.received)
    return accept(placement, checked, mapping, actor, at=at, progress=progress)


def mapping_of(placement: Placement) -> Mapping:
    """The mapping by which a placement is read."""
    return mapping_by_name(placement.mapping, settings.HUIKUAN.packs)
