"""Whether a form that comes again under its key says what was saved under it.

A double click, a page that is sent anew because its answer did not arrive: it says the same and
writes nothing. Another content under a used key is another matter of which nothing may be lost: it
is refused. What a form says is everything in it; rows keep only a part of that.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from huikuan.casebook.models import Act

#: What a second sending of one form may say otherwise: its moment is a little later each time, and
#: the line adds the seconds, the recording and its own call; what was seen is no content.
_NO_CONTENT = frozenset(
    {"at", "received_at", "seconds", "recording", "call_id", "request_key", "seen"}
)


def digest_of(said: Any) -> str:
    """What a form said, as a dataclass of its values: the same for the same content.

    The class counts too, so that the key of a talk is no key of a mail.
    """
    told = json.dumps(_plain(said), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def says_the_same(act: Act, said: Any) -> bool | None:
    """Whether a form said this when the act was written; None: a book of before kept nothing."""
    if not act.request_content:
        return None
    return act.request_content == digest_of(said)


def _plain(value: Any) -> Any:
    """The value in words that JSON has."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        said = {name: _plain(getattr(value, name)) for name in names if name not in _NO_CONTENT}
        return {"of": type(value).__name__, "said": said}

    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, str):
        # A browser and a command end lines each in their way.
        return value.replace("\r\n", "\n").strip()

    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
