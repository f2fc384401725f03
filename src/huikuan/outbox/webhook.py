"""Sends an event over HTTP, signed. The answer says that it was taken, not understood."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import ssl
from urllib.parse import urlsplit, urlunsplit

from huikuan.casebook.models import OutboxMessage, WebhookTarget
from huikuan.lib.signature import sign
from huikuan.outbox.payload import payload_of
from huikuan.outbox.state import Outcome
from huikuan.outbox.targets import secret_of

TIMEOUT = 15
#: Answers that ask for patience; every other 4xx says that the request itself is wrong.
FOR_NOW = (408, 425, 429)
_FIRST_ERROR_OF_SERVER = 500
_MOST_READ = 1024


def send_event(message: OutboxMessage, target: WebhookTarget, at: dt.datetime) -> Outcome:
    """One POST, no redirect followed. Never raises for what the far side or the line does."""
    body = _body(message)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "huikuan",
        **sign(secret_of(target), message.far_id, at, body),
    }
    parts = urlsplit(target.url)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))

    connection = _connection(parts.scheme, str(parts.hostname), parts.port)
    try:
        connection.connect()
    except (OSError, UnicodeError) as error:  # UnicodeError: a host that can be no name
        return Outcome("put_off", "", str(error) or type(error).__name__)

    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(_MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        # The event was on its way: it may have arrived.
        return Outcome("lost", "", str(error) or type(error).__name__)
    finally:
        connection.close()
    return _outcome_of(answer.status, answer.reason)


def _body(message: OutboxMessage) -> bytes:
    """The same bytes at every repetition: the far side may compare them."""
    event = {
        "type": message.purpose,
        "timestamp": message.posted_at.isoformat(),
        "id": message.far_id,
        "data": payload_of(message)["data"],
    }
    return json.dumps(event, ensure_ascii=False).encode()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        secure = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=secure)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _outcome_of(status: int, reason: str) -> Outcome:
    if http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES:
        return Outcome("taken", str(status), reason)
    if status >= _FIRST_ERROR_OF_SERVER or status in FOR_NOW:
        return Outcome("put_off", str(status), reason)
    return Outcome("refused", str(status), reason)
