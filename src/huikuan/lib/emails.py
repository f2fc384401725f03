"""E-mail addresses: what is one, the form in which equal ones meet, and how lists show them."""

from __future__ import annotations

import re

from huikuan.lib import masks

#: As people write them. The domain has a dot; letters of any script may stand in both parts.
PATTERN = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;.<>\"]{2,}")
_LONGEST = 254
#: A name of the public net: an address by number, [127.0.0.1] or 127.0.0.1, is nobody's mailbox.
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


def canonical(text: str) -> str | None:
    """The address in the form that is stored and compared, or None if it is none."""
    address = text.strip().lower()
    if len(address) > _LONGEST or not PATTERN.fullmatch(address):
        return None
    return address


def can_be_mailed(address: str) -> bool:
    """Whether every mail server takes it: servers that take letters beyond ASCII are rare."""
    spelled = canonical(address)
    if spelled is None or not address.isascii() or not address.isprintable():
        return False
    return _DOMAIN.fullmatch(spelled.rpartition("@")[2]) is not None


def mask_all(text: str) -> str:
    """A text, such as a server's answer, with every address in it masked."""
    return PATTERN.sub(lambda found: masks.email(found[0]), text)
