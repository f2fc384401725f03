"""Receipt of a placement file (P4.1): it is fetched and kept, and its batch has a number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet

from huikuan.casebook import journal, vault
from huikuan.casebook.models import Act, ChannelFile, Notice, Placement, PlacementEvent
from huikuan.casebook.placement_events import happened
from huikuan.clocks.refresh import refresh
from huikuan.intake.tell import tell_of
from huikuan.people.models import Creditor, User

LOCK = 0x494E  # "IN": one receipt or acceptance of a creditor at a time
#: Characters of a file's name that are kept.
NAME_LENGTH = 255


class WrongHouse(PermissionError):
    """The creditor belongs to another organisation than the user."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`came_before`: the batch had this very file; `already`: it was imported, too."""

    placement: Placement
    came_before: bool = False

    @property
    def already(self) -> bool:
        """Whether nothing is to be done."""
        return self.came_before and self.placement.status == Placement.Status.ACCEPTED


def receive(
    path: Path,
    creditor: Creditor,
    mapping: str,
    actor: User,
    *,
    at: dt.datetime,
    received_at: dt.datetime | None = None,
    file_name: str = "",
    reason: str = "",
    batch: str = "",
) -> Receipt:
    """Fetches the file: it is kept, and its batch is fetched at `at`.

    A batch that arrived before (`batch`: its number; without it, by the name of the file) keeps
    its number and its moment. Any other arrived at `received_at` (default `at`).
    The same file for the same creditor and mapping gives the batch that it already has: imported
    (`already`), or still to be imported when an earlier try was interrupted. A batch that was
    refused has no file any more: its file comes in anew. Raises WrongHouse, OSError.
    """
    if creditor.organisation_id != actor.organisation_id:
        raise WrongHouse(creditor.code)
    name = (file_name or path.name)[-NAME_LENGTH:]
    file_hash = vault.digest(path)
    vault.keep(path, creditor.pk, file_hash)

    with transaction.atomic():
        lock(creditor.pk)
        same = Placement.objects.filter(creditor=creditor, mapping=mapping, file_hash=file_hash)
        known = same.exclude(status=Placement.Status.REFUSED).first()
        if known is not None:
            return Receipt(known, came_before=True)

        act = journal.begin(actor, "intake.receive", at=at, reason=reason)
        waiting = announced(creditor, mapping, name, batch=batch).first()
        placement = waiting or _new(creditor, mapping, act, received_at or at)
        placement.status = Placement.Status.RECEIVED
        placement.file_name = name
        placement.file_hash = file_hash
        placement.save()

        happened(placement, PlacementEvent.Kind.FETCHED, act=act, at=at)
        # Whoever imports is told in the same moment: their hour begins with it.
        happened(placement, PlacementEvent.Kind.IMPORT_TOLD, act=act, at=at)
        refresh({"placement": [placement.pk]}, by=act, at=at)
        tell_of(placement, Notice.Kind.TO_IMPORT, at, by=actor)
    return Receipt(placement)


def announced(
    creditor: Creditor, mapping: str, file_name: str, *, batch: str = ""
) -> QuerySet[Placement]:
    """The batches that arrived and wait for a file of this name, or for that of `batch`."""
    waiting = Placement.objects.filter(
        creditor=creditor, mapping=mapping, status=Placement.Status.ARRIVED
    )
    waiting = waiting.filter(number=batch) if batch else waiting.filter(file_name=file_name)
    return waiting.order_by("received_at", "pk")


def _new(creditor: Creditor, mapping: str, act: Act, arrived_at: dt.datetime) -> Placement:
    """A batch that nobody noted before its file was here; not written yet."""
    on = local_day(creditor, arrived_at)
    return Placement(
        organisation_id=creditor.organisation_id,
        creditor=creditor,
        act=act,
        number=next_number(creditor, on),
        mapping=mapping,
        received_at=arrived_at,
        received_on=on,
        valid_on=on,
    )


def lock(creditor_id: int) -> None:
    """Holds the creditor's intake until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, creditor_id % 2**31])


def local_day(creditor: Creditor, at: dt.datetime) -> dt.date:
    """The organisation's day at that moment."""
    return at.astimezone(ZoneInfo(creditor.organisation.timezone)).date()


def next_number(creditor: Creditor, on: dt.date) -> str:
    """Batch number 批次号: creditor, day, and which file of the day it is. Asked under `lock`."""
    code = creditor.code if len(creditor.code) <= 16 else f"{creditor.code[:8]}-{creditor.pk}"
    front = f"{code.upper()}-{on:%Y%m%d}-"
    of_day = Placement.objects.filter(creditor=creditor, number__startswith=front)
    return f"{front}{of_day.count() + 1}"


def refuse(placement: Placement, actor: User, *, at: dt.datetime, reason: str) -> bool:
    """Refuses a batch that is not in the book yet: nothing of it enters it, its clocks stop.

    Its file in a channel is waited for no more; sent again it is another batch, with clocks of its
    own. Gives whether this call refused it.
    """
    with transaction.atomic():
        lock(placement.creditor_id)
        open_now = Placement.objects.filter(
            pk=placement.pk, status__in=(Placement.Status.ARRIVED, Placement.Status.RECEIVED)
        )
        if not open_now.update(status=Placement.Status.REFUSED):
            return False

        act = journal.begin(actor, "intake.refuse", at=at, reason=reason)
        happened(placement, PlacementEvent.Kind.REFUSED, act=act, at=at)
        not_fetched = placement.channel_files.filter(state__in=ChannelFile.WAITING)
        not_fetched.update(
            state=ChannelFile.State.REFUSED,
            error="file.refused",
            error_params={"number": placement.number, "reason": reason},
        )
        refresh({"placement": [placement.pk]}, by=act, at=at)
    return True
