"""Sends what is due. Several workers may run this at once: each message is claimed by one."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.casebook.models import OutboxEvent, OutboxMessage, WebhookTarget
from huikuan.documents.read import Changed
from huikuan.outbox import smtp, state
from huikuan.outbox.compose import letter_of
from huikuan.outbox.smtp import MailServer
from huikuan.outbox.state import Outcome
from huikuan.outbox.targets import target_of
from huikuan.outbox.webhook import send_event
from huikuan.people.models import User
from huikuan.web import rooms

log = logging.getLogger("huikuan.outbox")
Kind = OutboxMessage.Kind
#: Messages of one run; the rest has its turn in the next, so that a worker is free for other jobs.
MOST = 200


def send_due(clock: Callable[[], dt.datetime], *, most: int = MOST) -> Counter[str]:
    """Sends due messages, the longest waiting first. How many came to which result.

    `clock` is asked again for every message: a run may last minutes. What has no way yet (no mail
    server, no address for its type) stays as it is.
    """
    results: Counter[str] = Counter()
    results["lost"] += state.lose_abandoned(clock())

    ready = sendable(state.due(clock())).order_by("next_at", "pk")
    with MailServer() as mail_server:
        for message_id in list(ready.values_list("pk", flat=True)[:most]):
            if _held_back(message_id, clock()):
                results["held"] += 1
                continue
            message = state.claim(message_id, clock())
            if message is None:  # another worker was quicker, or it was acknowledged meanwhile
                continue
            outcome = _send(message, mail_server, clock())
            state.finish(message, outcome, clock())
            results[outcome.result] += 1
            _log(message, outcome)
    return +results


def _held_back(message_id: int, at: dt.datetime) -> bool:
    """Whether it may not leave now; the reason then stands in it, and it waits.

    An event that tells an order system of what is so already is asked about by nobody.
    """
    related = ("organisation", "act__actor")
    message = OutboxMessage.objects.select_related(*related).get(pk=message_id)
    if message.status != OutboxMessage.Status.WAITING:
        return False
    why = rooms.hindrance_of(message, answers_for(message), at)
    if why is None:
        return False
    state.hold_back(message_id, why, at)
    log.warning("%s %s: held back, %s", message.kind, message_id, why.code)
    return True


def answers_for(message: OutboxMessage) -> User:
    """Who sent it again last, else who posted it."""
    again = message.events.filter(kind=OutboxEvent.Kind.RETRIED, act__isnull=False)
    last = again.select_related("act__actor").order_by("-pk").first()
    act = message.act if last is None or last.act is None else last.act
    return act.actor


def sendable(messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Those for which there is a way out."""
    targets = WebhookTarget.objects.filter(
        organisation_id=OuterRef("organisation_id"), type=OuterRef("purpose")
    )
    has_way: Any = Q(kind=Kind.WEBHOOK) & Exists(targets)
    if smtp.is_set():
        has_way |= Q(kind=Kind.EMAIL)
    return messages.filter(has_way)


def without_way(messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Those that wait because no mail server or no address is set."""
    return messages.exclude(pk__in=sendable(messages).values("pk"))


def _send(message: OutboxMessage, mail_server: MailServer, at: dt.datetime) -> Outcome:
    """Hands the message to its way out, and tells what came of it."""
    if message.kind == Kind.WEBHOOK:
        target = target_of(message)
        if target is None:  # taken away since the list was read
            return Outcome("put_off", "", "no address is set for this type")
        return send_event(message, target, at)

    try:
        letter = letter_of(message, at)
    except (Changed, ValueError) as error:
        # A forged attachment, or a name of the house that fits into no header: nothing has left.
        return Outcome("refused", "", str(error))
    return mail_server.send(letter)


def _log(message: OutboxMessage, outcome: Outcome) -> None:
    """Who it went to and what it said does not belong in a log."""
    level = logging.INFO if outcome.result == "taken" else logging.WARNING
    text = "%s %s: %s %s"
    log.log(level, text, message.kind, message.pk, outcome.result, outcome.code)
