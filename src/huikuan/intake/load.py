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
from huikuan.intake.receive import announced, local_day, receive
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
    path: Path,
    creditor: Creditor,
    mapping: Mapping,
    *,
    at: dt.datetime,
    received_on: dt.date | None = None,
    name: str | None = None,
) -> tuple[Result, Checked]:
    """What the import at `at` would do with a batch of that day. Writes nothing.

    Raises WrongMapping.
    """
    began = time.perf_counter()
    must_be_usable(mapping, creditor, at)
    today = local_day(creditor, at)
    received_on = received_on or today

    table = read(path, mapping, name=name)
    checked = check(table, mapping, received_on, today=today)
    result = preview(checked, mapping, creditor.pk)
    result.seconds = time.perf_counter() - began
    return result, checked


def dry_run(
    path: Path,
    creditor: Creditor,
    mapping: Mapping,
    *,
    at: dt.datetime,
    received_at: dt.datetime | None = None,
) -> tuple[Result, Checked]:
    """What `import_file` would do with the same words. Writes nothing. Raises WrongMapping."""
    received_on = local_day(creditor, received_at or at)
    if creditor.pk is not None:
        noted = announced(creditor, mapping.name, path.name).first()
        received_on = received_on if noted is None else noted.received_on
    return look(path, creditor, mapping, at=at, received_on=received_on)


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
    table = read(path, mapping, name=name)
    today = local_day(creditor, at)
    checked = check(table, mapping, receipt.placement.received_on, today=today)
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
    table = read(path, mapping, name=placement.file_name)
    today = local_day(placement.creditor, at)
    checked = check(table, mapping, placement.received_on, today=today)
    if progress:
        progress("check", 0, checked.received)
    return accept(placement, checked, mapping, actor, at=at, progress=progress)


def mapping_of(placement: Placement) -> Mapping:
    """The mapping by which a placement is read."""
    return mapping_by_name(placement.mapping, settings.HUIKUAN.packs)
