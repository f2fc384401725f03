"""A file is fetched out of its channel into the folder of client and channel (P4.1.3, P4.1.4)."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from huikuan.casebook import vault
from huikuan.casebook.clear_copies import clear_folder
from huikuan.casebook.models import ChannelFile, Placement
from huikuan.channels.readers import reader_of
from huikuan.channels.seen import NO_SPACE, Unreachable
from huikuan.channels.sentences import problem
from huikuan.intake.receive import receive, refuse
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

log = logging.getLogger("huikuan.channels")
#: States in which nothing can be fetched → why.
_NOT_NOW = {
    ChannelFile.State.FETCHED: "file.fetched",
    ChannelFile.State.UNDER_WAY: "file.under_way",
    ChannelFile.State.KNOWN: "file.not_there",
    ChannelFile.State.WRONG: "file.not_there",
    ChannelFile.State.GONE: "channel.gone",
    ChannelFile.State.REFUSED: "file.batch_refused",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file as it now stands, or why it was not fetched."""

    file: ChannelFile | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call fetched it."""
        return self.file is not None and not self.problems


def designated_folder(file: ChannelFile) -> Path:
    """Where the files of client and channel lie, sealed: HUIKUAN_HOME/fetched/CLIENT/CHANNEL."""
    home: Path = settings.HUIKUAN.home
    return home / "fetched" / file.channel.creditor.code / file.channel.code


def fetch(file_id: int, *, actor: User, at: dt.datetime) -> Fetched:
    """Copies the file, keeps it sealed, and records that its batch is fetched.

    Nothing in the channel is changed. What goes wrong is written beside the file, too. Of two who
    fetch at once one does; the other is told.
    """
    files = ChannelFile.objects.filter(organisation_id=actor.organisation_id or 0)
    file = files.select_related(
        "channel__organisation", "channel__creditor__organisation", "placement"
    ).filter(pk=file_id)
    found = file.first()
    if found is None:
        return Fetched(None, (problem("file.unknown"),))
    if not actor.may(Right.IMPORT):
        return Fetched(found, (problem("file.right"),))
    if found.state in _NOT_NOW:
        return Fetched(found, (problem(_NOT_NOW[ChannelFile.State(found.state)]),))

    try:
        return _copy_and_keep(found, actor, at)
    except Unreachable as error:
        return _failed(found, error.code, **error.params)
    except OSError as error:
        # The copy or the sealed file could not be written: this one waits, with the reason.
        log.exception("file %s of channel %s", found.pk, found.channel_id)
        if error.errno in NO_SPACE:
            return _failed(found, "file.no_space")
        return _failed(found, "file.not_kept", detail=error.strerror or type(error).__name__)


def _copy_and_keep(found: ChannelFile, actor: User, at: dt.datetime) -> Fetched:
    """The file is copied out of its channel and received. Raises Unreachable, OSError."""
    with clear_folder() as folder:
        path = folder / "file"
        reader_of(found.channel).copy(found.channel, found.key, path)
        if path.stat().st_size != found.size:
            # Of a watch that has ended no look will say that it is whole again.
            code = "file.changed"
            if found.channel.ended_id is not None:
                code = "file.changed_after"
            return _failed(found, code)
        return _keep(found, path, actor, at)


@transaction.atomic
def _keep(found: ChannelFile, path: Path, actor: User, at: dt.datetime) -> Fetched:
    """Receives the copy. The row is held, so that one of two does it."""
    file = (
        ChannelFile.objects.select_for_update(of=("self",))
        .select_related("channel__creditor__organisation", "placement")
        .get(pk=found.pk)
    )
    if file.state != ChannelFile.State.ARRIVED or file.placement is None:
        code = _NOT_NOW.get(ChannelFile.State(file.state), "file.not_there")
        return Fetched(file, (problem(code),))

    channel = file.channel
    receipt = receive(
        path,
        channel.creditor,
        channel.mapping,
        actor,
        at=at,
        # Where somebody brought another file for its batch, this one is a batch of its own. It has
        # waited since it arrived, not since now.
        received_at=file.arrived_at,
        file_name=file.name,
        batch=file.placement.number,
        reason=channel.code,
    )
    file.fetched_at = at
    is_its_own = receipt.placement.pk == file.placement_id
    if receipt.came_before and not is_its_own:
        return _known(file, receipt.placement, actor, at)

    file.placement = receipt.placement
    _lay_down(file, receipt.placement)
    file.state = ChannelFile.State.FETCHED
    file.error = ""
    file.error_params = {}
    changed = ["state", "placement", "fetched_at", "error", "error_params"]
    file.save(update_fields=changed)
    return Fetched(file)


def _known(file: ChannelFile, before: Placement, actor: User, at: dt.datetime) -> Fetched:
    """The same content came before: the new batch is refused, so that nobody waits for it.

    Only while it has no file: a batch that has got one in another way is somebody's work.
    """
    assert file.placement is not None
    said = problem("file.known", number=before.number)
    file.placement.refresh_from_db()
    if file.placement.status == Placement.Status.ARRIVED:
        refuse(file.placement, actor, at=at, reason=said.text())
    file.state = ChannelFile.State.KNOWN
    file.error = "file.known"
    file.error_params = {"number": before.number}
    file.save(update_fields=["state", "fetched_at", "error", "error_params"])
    return Fetched(file, (said,))


def _lay_down(file: ChannelFile, placement: Placement) -> None:
    """The sealed file also lies in the folder of its client and channel, under its batch."""
    folder = designated_folder(file)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = vault.place(placement.creditor_id, placement.file_hash)
    target = folder / f"{placement.number}.sealed"
    target.unlink(missing_ok=True)
    try:
        os.link(kept, target)
    except OSError:
        # Another disk, or one that knows no links: a copy says the same.
        shutil.copyfile(kept, target)


def _failed(file: ChannelFile, code: str, **params: Any) -> Fetched:
    """Why it could not be copied stands beside the file until it is fetched."""
    ChannelFile.objects.filter(pk=file.pk, state=ChannelFile.State.ARRIVED).update(
        error=code, error_params=params
    )
    return Fetched(file, (problem(code, **params),))
