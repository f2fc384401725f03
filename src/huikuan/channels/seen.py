"""What a channel shows when it is looked at, whatever kind of channel it is."""

from __future__ import annotations

import datetime as dt
import errno
import fnmatch
import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from huikuan.casebook.models import Channel
from huikuan.intake.file_name import UNNAMABLE, name_problem
from huikuan.intake.receive import NAME_LENGTH

#: End of the name of the file that says that another one is whole.
DONE = ".done"
#: A larger file is no placement; it is named on the page and left where it lies. Bytes.
LARGEST = 2 << 30
#: Seconds within which a server answers.
TIMEOUT = 20
#: Characters of a file's key that are kept.
MOST_KEY = 300
#: Of a name that is too long so many characters of its end are kept: its kind stands there.
_KEPT_END = 40
#: A byte of a name that is no UTF-8 comes as a character from here on.
_BYTES_BEGIN = 0xDC00
_FIRST_BYTE = 0x80
_LAST_BYTE = 0xFF
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class Unreachable(Exception):
    """The channel cannot be looked at now. `code`: a sentence of `sentences.py`; nothing secret."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def params(self) -> dict[str, Any]:
        """What the sentence names."""
        return {"detail": self.detail} if self.detail else {}


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it lies in its channel.

    `key`: what names it there; `name`: its name for people and for the import. `stamp`: what
    changes whenever the file is written, where its kind of channel has such a thing beside size and
    time. `is_whole`: its kind of channel shows nothing that is still coming in, as a mailbox does.
    `error`: why it can never be taken; code of a sentence.
    """

    key: str
    name: str
    size: int
    own_time: dt.datetime | None
    stamp: str = ""
    is_whole: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a look at a channel saw. `read_to`: how far it has been read, where it is read on."""

    files: list[Seen]
    read_to: str = ""


class Reader(Protocol):
    """A way to one kind of channel. Both raise Unreachable."""

    def listed(self, channel: Channel) -> Listing:
        """All that lies there, drafts and `.done` files included.

        A channel that is read on shows what has come since `channel.read_to`.
        """

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Writes the file of this key to `target`. Nothing in the channel is changed."""


def unreachable(error: OSError) -> Unreachable:
    """What the machine says, in our words where it is the usual."""
    if isinstance(error, PermissionError):
        return Unreachable("channel.no_permission")
    if error.errno in NO_SPACE:
        return Unreachable("file.no_space")
    return Unreachable("channel.unreachable", error.strerror or type(error).__name__)


def nameable(seen: Seen) -> Seen:
    """The file under a key and a name that can be written down, whatever the client called it.

    A name that no import finds again is kept as far as it can be read, and the file says so.
    """
    error = seen.error
    if name_problem(seen.name) is not None:
        error = "file.name"
    return replace(
        seen,
        key=_written(seen.key, MOST_KEY),
        name=_written(seen.name, NAME_LENGTH),
        error=error,
    )


def _written(name: str, most: int) -> str:
    """The name with what nobody can read spelled out; a very long one without its middle."""
    spelled = "".join(_spelled(character) for character in name)
    if len(spelled) <= most:
        return spelled

    # Two long names that differ in the middle alone are still two.
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    middle = f"…{mark}…"
    return f"{spelled[: most - _KEPT_END - len(middle)]}{middle}{spelled[-_KEPT_END:]}"


def _spelled(character: str) -> str:
    if unicodedata.category(character) not in UNNAMABLE:
        return character
    byte = ord(character) - _BYTES_BEGIN
    if _FIRST_BYTE <= byte <= _LAST_BYTE:
        return f"\\x{byte:02x}"
    return character.encode("unicode_escape").decode("ascii")


def wanted(channel: Channel, listed: Iterable[Seen]) -> list[Seen]:
    """The files that the channel is for: no drafts, no hidden files, no `.done` files."""
    return [
        seen
        for seen in listed
        if fnmatch.fnmatchcase(seen.name, channel.pattern)
        and not seen.name.startswith(".")
        and not seen.name.endswith(DONE)
        and not _is_draft(channel, seen)
    ]


def _is_draft(channel: Channel, seen: Seen) -> bool:
    is_renamed = channel.whole == Channel.Whole.RENAMED
    return is_renamed and bool(channel.under_way) and seen.name.endswith(channel.under_way)


def done_times(listed: Iterable[Seen]) -> dict[str, dt.datetime | None]:
    """Name of a file beside which a `.done` file lies → the time of that one."""
    signs = [seen for seen in listed if seen.name.endswith(DONE)]
    return {seen.name.removesuffix(DONE): seen.own_time for seen in signs}
