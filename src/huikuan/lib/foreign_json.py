"""JSON that a stranger sent: read so that nothing in it can do more than be refused."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any


class NotReadable(ValueError):
    """The bytes are no object that we take."""


def read_object(body: bytes, *, known: Collection[str] | None = None) -> dict[str, Any]:
    """The JSON object that the bytes hold. `known`: the only names that may stand in it.

    Raises NotReadable, and nothing else, for whatever else it is: no UTF-8, no object, nested so
    deep that the parser gives up, the same name twice, a name that is not known, and a text with a
    NUL or half a sign, which no database takes. How many bytes are read at all is the caller's.
    """
    try:
        read = json.loads(body.decode("utf-8"), object_pairs_hook=_without_repetition)
        _refuse_unstorable(read)
    except (ValueError, RecursionError) as error:
        raise NotReadable("no JSON") from error

    if not isinstance(read, dict):
        raise NotReadable("no object")
    if known is not None and not set(read) <= set(known):
        raise NotReadable("a name that is not known")
    return read


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that stands twice, two readers may each believe another one."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotReadable("a name twice")
    return found


def _refuse_unstorable(value: Any) -> None:
    """Looks at every text, of names too."""
    if isinstance(value, str):
        if "\0" in value or not _is_whole(value):
            raise NotReadable("a sign that cannot be kept")
    elif isinstance(value, dict):
        for name, part in value.items():
            _refuse_unstorable(name)
            _refuse_unstorable(part)
    elif isinstance(value, list):
        for part in value:
            _refuse_unstorable(part)


def _is_whole(text: str) -> bool:
    """Whether the text holds no half of a pair of signs, which JSON can write and UTF-8 cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
