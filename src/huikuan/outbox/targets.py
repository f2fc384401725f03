"""Where the events of one type go, and the secret that both sides sign with."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from urllib.parse import urlsplit

from django.db import transaction

from huikuan.casebook import journal, sealed
from huikuan.casebook.models import OutboxMessage, WebhookTarget
from huikuan.lib.sentences import Refusal
from huikuan.outbox.payload import is_type
from huikuan.outbox.sentences import problem
from huikuan.people.models import User

SHORTEST_SECRET = 24
LONGEST_URL = 500


@transaction.atomic
def set_target(kind: str, url: str, secret: str, *, actor: User, at: dt.datetime) -> WebhookTarget:
    """From now on events of this type go to this address. What waits goes there too.

    Raises Refusal: outbox.type, outbox.url, outbox.secret.
    """
    if not is_type(kind):
        raise Refusal(problem("outbox.type", type=kind))
    if not is_web_address(url):
        raise Refusal(problem("outbox.url", url=url[:100]))
    if not _is_long_enough(secret):
        raise Refusal(problem("outbox.secret"))

    act = journal.begin(actor, "outbox.target", at=at, reason=f"{kind} {url}")
    target, _is_new = WebhookTarget.objects.update_or_create(
        organisation=actor.organisation,
        type=kind,
        defaults={"url": url, "secret_sealed": sealed.seal(secret), "act": act},
    )
    return target


def types_with_target(organisation_id: int) -> set[str]:
    """Types of events of which the house has said where they go; the others wait."""
    targets = WebhookTarget.objects.filter(organisation_id=organisation_id)
    return set(targets.values_list("type", flat=True))


def is_web_address(url: str) -> bool:
    """Whether a request can be sent there: http or https, a host, no password in it."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return False

    try:
        parts = urlsplit(url)
        has_port = parts.port != 0  # raises ValueError when it is no number
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and has_port
        and (parts.username is None)
    )


def _is_long_enough(secret: str) -> bool:
    if secret.startswith("whsec_"):
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            return False
        return len(key) >= SHORTEST_SECRET
    return len(secret) >= SHORTEST_SECRET


def target_of(message: OutboxMessage) -> WebhookTarget | None:
    """Where this event goes; None while nobody has set it."""
    targets = WebhookTarget.objects.filter(organisation_id=message.organisation_id)
    return targets.filter(type=message.purpose).first()


def secret_of(target: WebhookTarget) -> str:
    """The shared secret, in the open."""
    return sealed.unseal(target.secret_sealed)
