"""Signed messages in both directions, in the form of Standard Webhooks (www.standardwebhooks.com).

Three headers: an id, a timestamp, and HMAC-SHA256 of `id.timestamp.body` as `v1,<base64>`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
from collections.abc import Mapping

#: Seconds by which a message's timestamp may differ from our clock.
TOLERANCE = 300
#: Digits of a timestamp that can be meant: more are no moment.
LONGEST_TIMESTAMP = 12
SCHEME = "v1,"


def sign(secret: str, message_id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at `at`."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": SCHEME + _digest(secret, message_id, timestamp, body),
    }


def valid(secret: str, headers: Mapping[str, str], body: bytes, at: dt.datetime) -> bool:
    """Whether the message is theirs and of these five minutes.

    Several signatures may stand in the header, while a secret is changed: one must fit.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not message_id or not _is_moment(timestamp):
        return False
    if abs(at.timestamp() - int(timestamp)) > TOLERANCE:
        return False

    wanted = _digest(secret, message_id, timestamp, body).encode()
    fits = False
    for signature in headers.get("webhook-signature", "").split():
        given = signature.removeprefix(SCHEME).encode()
        # Every one is compared, so that the time taken tells nothing.
        if signature.startswith(SCHEME) and hmac.compare_digest(wanted, given):
            fits = True
    return fits


def _is_moment(timestamp: str) -> bool:
    digits_only = timestamp.isascii() and timestamp.isdigit()
    return digits_only and len(timestamp) <= LONGEST_TIMESTAMP


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
