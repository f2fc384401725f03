"""What a channel shows when it is looked at, whatever kind of channel it is."""

from __future__ import annotations

import datetime as dt
import fnmatch
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from huikuan.casebook.models import Channel

#: End of the name of the file that says that another one is whole.
DONE = ".done"
#: A larger file is no placement; it is named on the page and left where it lies. Bytes.
LARGEST = 2 << 30
#: Seconds within which a server answers.
TIMEOUT = 20


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

    `key`: what names it there; `name`: its name for people and for the import. `is_whole`: its
    kind of channel shows nothing that is still coming in, as a mailbox does.
    """

    key: str
    name: str
    size: int
    own_time: dt.datetime | None
    is_whole: bool = False


class Reader(Protocol):
    """A way to one kind of channel. Both raise Unreachable."""

    def listed(self, channel: Channel, known: Collection[str]) -> list[Seen]:
        """All that lies there, drafts and `.done` files included.

        What is whole by its kind and has a `known` key may be left out.
        """

    def copy(self, channel: Channel, key: str, target: Path) -> None:
        """Writes the file of this key to `target`. Nothing in the channel is changed."""


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


def done_names(listed: Iterable[Seen]) -> set[str]:
    """Names of the files beside which a `.done` file lies."""
    return {seen.name.removesuffix(DONE) for seen in listed if seen.name.endswith(DONE)}
