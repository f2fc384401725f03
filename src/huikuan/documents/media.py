"""What a file is by its first bytes, and what of it may be shown in a page."""

from __future__ import annotations

import re

UNKNOWN = "application/octet-stream"
#: Media type → the bytes with which such a file begins.
BEGINNINGS: tuple[tuple[str, bytes], ...] = (
    ("application/pdf", b"%PDF-"),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
)
#: What a browser shows without running anything of it. Text is shown as text, never as a page.
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "text/plain"})
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")


def media_type_of(content: bytes, told: str) -> str:
    """The type that a document is kept under.

    `told` is what the sender says. Of the types that a page would show the bytes decide, so that a
    script that is called a picture stays a file that can only be saved.
    """
    for media_type, beginning in BEGINNINGS:
        if content.startswith(beginning):
            return media_type

    told = told.split(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(told):
        return UNKNOWN
    if told == "text/plain":
        return told if _is_text(content) else UNKNOWN
    return UNKNOWN if told in SHOWN else told


def may_be_shown(media_type: str) -> bool:
    """Whether a page may show the document; any other is only saved to a file."""
    return media_type in SHOWN


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return "\0" not in text
