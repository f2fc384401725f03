"""A channel that is a folder of this machine, such as one that a client's server is mounted on."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

from huikuan.casebook.models import Channel
from huikuan.channels.seen import Seen, Unreachable


def root() -> Path:
    """The folder below which every channel of this kind lies: HUIKUAN_HOME/channels.

    Whoever sets up a channel in the browser names no other folder of the machine. A mount or a
    link below it leads elsewhere, by the hand of whoever has the machine.
    """
    path: Path = settings.HUIKUAN.home / "channels"
    return path


def unreachable(error: OSError) -> Unreachable:
    """What the machine says of a folder, in our words where it is the usual."""
    if isinstance(error, FileNotFoundError):
        return Unreachable("channel.no_folder")
    if isinstance(error, PermissionError):
        return Unreachable("channel.no_permission")
    return Unreachable("channel.unreachable", error.strerror or type(error).__name__)


class FolderReader:
    """Reads a folder below `root`."""

    def listed(self, channel: Channel, known: Collection[str]) -> list[Seen]:
        """Its files; what lies in a folder of it is not looked at."""
        try:
            with os.scandir(root() / channel.address) as entries:
                return [_seen(entry) for entry in entries if entry.is_file(follow_symlinks=False)]
        except OSError as error:
            raise unreachable(error) from None

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Copies the file."""
        try:
            shutil.copyfile(root() / channel.address / key, target, follow_symlinks=False)
        except OSError as error:
            raise unreachable(error) from None


def _seen(entry: os.DirEntry[str]) -> Seen:
    stat = entry.stat(follow_symlinks=False)
    own_time = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)
    return Seen(entry.name, entry.name, stat.st_size, own_time)
