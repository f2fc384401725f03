"""Signed messages in both directions, in the form of Standard Webhooks: id, timestamp, and HMAC-SHA256 of
`id.timestamp.body` in the header `webhook-signature: v1,<base64>`. https://www.standardwebhooks.com"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Mapping

#: Seconds by which a message's timestamp may differ from our clock.
TOLERANCE = 300


def sign(secret: str, message_id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at `at`."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{_digest(secret, message_id, timestamp, body)}",
    }


def valid(secret: str, headers: Mapping[str, str], body: bytes, at: dt.datetime) -> bool:
    """Whether the message is theirs and of these five minutes. Several signatures may stand there, one must fit."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(at.timestamp() - int(timestamp)) > TOLERANCE:
        return False
    wanted = _digest(secret, message_id, timestamp, body).encode()
    given = [
        part.removeprefix("v1,")
        for part in headers.get("webhook-signature", "").split()
        if part.startswith("v1,")
    ]
    return any([hmac.compare_digest(wanted, one.encode()) for one in given])  # noqa: C419 - every one is compared


def _digest(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    """The bytes behind `whsec_<base64>`; another text is its own key."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
