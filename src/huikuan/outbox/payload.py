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


def payload_of(message: OutboxMessage) -> dict[str, Any]:
    """What is to be said and to whom, in the open."""
    payload: dict[str, Any] = json.loads(sealed.unseal(message.payload_sealed))
    return payload


def sealed_payload(payload: Mapping[str, Any]) -> bytes:
    """The payload as it is stored."""
    return sealed.seal(json.dumps(payload, ensure_ascii=False))
