"""The words of a mail that came in, for a person to read: plain text, without markup and quotes."""

from __future__ import annotations

import email
import html
import re
from email.message import Message

#: Characters that a page shows; the whole mail is kept.
MOST = 4_000
_TAGS = re.compile(r"<(style|script)[^>]*>.*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)
_BLANK_LINES = re.compile(r"\n\s*\n+")


def text_of(raw: bytes) -> str:
    """What the sender wrote; empty where the mail has no text."""
    mail = email.message_from_bytes(raw)
    text = _first(mail, "text/plain")
    if not text.strip():
        markup = _first(mail, "text/html")
        text = html.unescape(_TAGS.sub("", markup))

    return _BLANK_LINES.sub("\n\n", text).strip()[:MOST]


def names_of_files(raw: bytes) -> list[str]:
    """Names of the files that came with it."""
    found = []
    for part in email.message_from_bytes(raw).walk():
        name = part.get_filename()
        if name:
            found.append(name)
    return found


def _first(mail: Message, media_type: str) -> str:
    """The first part of this type that is no file."""
    for part in mail.walk():
        if part.get_content_type() == media_type and not part.get_filename():
            return _decoded(part)
    return ""


def _decoded(part: Message) -> str:
    """The part as text; what cannot be decoded shows as a mark."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""

    # GB2312 in a mail means its larger successor, as everywhere.
    charset = (part.get_content_charset() or "utf-8").lower()
    if charset in ("gb2312", "gbk"):
        charset = "gb18030"
    try:
        text = payload.decode(charset, "replace")
    except (LookupError, ValueError):
        text = payload.decode("utf-8", "replace")

    return text.replace("\0", "")
