"""A channel that is a folder of this machine, such as one that a client's server is mounted on."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import stat
from pathlib import Path

from django.conf import settings

from huikuan.casebook.models import Channel
from huikuan.channels.seen import Listing, Seen, Unreachable, unreachable
from huikuan.people.models import Organisation

#: What the machine says of a link where a file is to be.
_IS_A_LINK = (errno.ELOOP, errno.EMLINK)
#: Neither a link is followed nor a pipe waited for: only the file that lies there itself is read.
_ITSELF = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def root(house: Organisation) -> Path:
    """The folder below which every channel of the house lies: HUIKUAN_HOME/channels/HOUSE.

    Whoever sets up a channel in the browser names no other folder of the machine, and none of
    another house. A mount or a link below it leads elsewhere, by the hand of whoever has the
    machine.
    """
    path: Path = settings.HUIKUAN.home / "channels" / house.code
    return path


def folder_of(channel: Channel) -> Path:
    """Where the files of the channel lie."""
    return root(channel.organisation) / channel.address


class FolderReader:
    """Reads a folder below `root`."""

    def listed(self, channel: Channel) -> Listing:
        """Its files; what lies in a folder of it is not looked at."""
        folder = folder_of(channel)
        try:
            with os.scandir(folder) as entries:
                files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
                return Listing([_seen(entry) for entry in files])
        except FileNotFoundError:
            raise Unreachable("channel.no_folder", str(folder)) from None
        except OSError as error:
            raise unreachable(error) from None

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Copies the file, which may have become something else since the look."""
        try:
            handle = os.open(folder_of(channel) / key, _ITSELF)
            with os.fdopen(handle, "rb") as source:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise Unreachable("file.not_a_file")
                with target.open("wb") as copied:
                    shutil.copyfileobj(source, copied)
        except FileNotFoundError:
            raise Unreachable("channel.gone") from None
        except OSError as error:
            if error.errno in _IS_A_LINK:
                raise Unreachable("file.not_a_file") from None
            raise unreachable(error) from None


def _seen(entry: os.DirEntry[str]) -> Seen:
    found = entry.stat(follow_symlinks=False)
    own_time = dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)
    # Neither can be set back by whoever writes the file, as its time can.
    stamp = f"{found.st_ino}-{found.st_ctime_ns}"
    return Seen(entry.name, entry.name, found.st_size, own_time, stamp=stamp)
