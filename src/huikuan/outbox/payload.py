"""What a message says and to whom, as it lies in the book; and how types of events are written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from huikuan.casebook import sealed
from huikuan.casebook.models import OutboxMessage

TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
LONGEST_TYPE = 60
#: Ends the type of what the far side says back. No event of ours has such a type: what we send is
#: signed with the same secret, and would otherwise acknowledge itself when it is sent back to us.
ACKNOWLEDGED = ".acknowledged"


def is_type(kind: str) -> bool:
    """Whether an event of ours may be called so, and its acknowledgement after it."""
    if not TYPE.fullmatch(kind) or len(kind) > LONGEST_TYPE:
        return False
    return not kind.endswith(ACKNOWLEDGED)


def payload_of(message: OutboxMessage) -> dict[str, Any]:
    """What is to be said and to whom, in the open."""
    payload: dict[str, Any] = json.loads(sealed.unseal(message.payload_sealed))
    return payload


def sealed_payload(payload: Mapping[str, Any]) -> bytes:
    """The payload as it is stored."""
    return sealed.seal(json.dumps(payload, ensure_ascii=False))
