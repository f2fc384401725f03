"""What a person decides about a message: settle an unknown outcome, send again, acknowledge."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.contact_of_mail import contact_of
from huikuan.casebook.models import Act, OutboxEvent, OutboxMessage
from huikuan.lib.sentences import Refusal
from huikuan.outbox import state
from huikuan.outbox.access import ask_right, visible_messages
from huikuan.outbox.arrived import not_arrived, under_way_again
from huikuan.outbox.sentences import problem
from huikuan.outbox.targets import target_of
from huikuan.people.models import User
from huikuan.people.ranks import may_take_back_of
from huikuan.people.rights import Right
from huikuan.web import rooms

Status = OutboxMessage.Status


@transaction.atomic
def settle(
    message_id: int,
    outcome: Literal["sent", "failed"],
    *,
    actor: User,
    at: dt.datetime,
    reason: str,
) -> OutboxMessage:
    """Somebody found out what became of a message whose outcome is unknown.

    Raises Refusal: outbox.unknown, outbox.right, outbox.reason, outbox.not_unknown.
    """
    message = _message_of(message_id, actor, reason)
    if message.status != Status.OUTCOME_UNKNOWN:
        raise Refusal(
            problem("outbox.not_unknown", message=message_id, status=message.get_status_display())
        )

    act = _act(actor, "outbox.settle", at, reason)
    state.append(message, OutboxEvent.Kind.SETTLED, at, act=act, code=outcome, detail=reason)
    message.status = Status.SENT if outcome == "sent" else Status.FAILED
    message.sent_at = at if outcome == "sent" else None
    # Whoever held the claim and wakes up later adds an event and changes nothing.
    message.claim = None
    message.next_at = None
    message.save()
    if message.status == Status.FAILED:
        not_arrived(message, at, act=act)
    return message


@transaction.atomic
def retry(message_id: int, *, actor: User, at: dt.datetime, reason: str) -> OutboxMessage:
    """Sends what failed once more, after its cause is mended.

    It is an act of whoever does it: the tasks, their approvals and the gate are asked as for a new
    mail, here and again when it leaves. What came back or may have arrived is not sent again by
    this: that is a new message.

    Raises Refusal: outbox.unknown, outbox.right, outbox.reason, outbox.not_failed,
    outbox.replaced, and what a room has against it.
    """
    message = _message_of(message_id, actor, reason)
    if message.status != Status.FAILED:
        raise Refusal(
            problem("outbox.not_failed", message=message_id, status=message.get_status_display())
        )
    if message.replaced_by_id is not None:
        raise Refusal(problem("outbox.replaced", message=message_id))
    if message.acknowledged_at is not None:
        raise Refusal(problem("outbox.not_webhook", message=message_id))
    why = rooms.hindrance_of(message, actor, at)
    if why is not None:
        raise Refusal(why)

    act = _act(actor, "outbox.retry", at, reason)
    state.append(message, OutboxEvent.Kind.RETRIED, at, act=act, detail=reason)
    message.status = Status.WAITING
    message.attempts = 0
    message.next_at = at
    message.save()
    under_way_again(message, at)
    return message


@transaction.atomic
def withdraw(message_id: int, *, actor: User, at: dt.datetime, reason: str) -> OutboxMessage:
    """A mail that still waits does not leave. What it did is to be done again.

    A mail that went along with more than a contact, such as a statement or the notice of a lock, is
    kept back by whoever sent it, or by somebody above them.

    Raises Refusal: outbox.unknown, outbox.right, outbox.reason, outbox.not_waiting,
    outbox.of_other.
    """
    message = _message_of(message_id, actor, reason)
    is_mail = message.kind == OutboxMessage.Kind.EMAIL
    if message.status != Status.WAITING or not is_mail:
        raise Refusal(
            problem("outbox.not_waiting", message=message_id, status=message.get_status_display())
        )

    is_theirs = may_take_back_of(message.act.actor, actor)
    if contact_of(message) is None and not is_theirs:
        raise Refusal(problem("outbox.of_other", message=message_id))

    act = _act(actor, "outbox.withdraw", at, reason)
    state.append(message, OutboxEvent.Kind.WITHDRAWN, at, act=act, detail=reason)
    message.status = Status.FAILED
    message.next_at = None
    message.held_at = None
    message.save()
    not_arrived(message, at, act=act)
    return message


@transaction.atomic
def acknowledge(message_id: int, *, actor: User, at: dt.datetime, reason: str) -> OutboxMessage:
    """A person says that the far side has the event, for a far side that cannot call us.

    What was never tried has not arrived by itself: while there is an address, it goes there first.

    Raises Refusal: outbox.unknown, outbox.right, outbox.reason, outbox.not_webhook,
    outbox.not_tried.
    """
    # Whoever speaks with the order system hears of it, such as the supply chain: nobody who calls
    # debtors.
    message = _message_of(message_id, actor, reason, right=Right.ACKNOWLEDGE_EVENTS)
    if not message.wants_acknowledgement:
        raise Refusal(problem("outbox.not_webhook", message=message_id))
    if message.attempts == 0 and target_of(message) is not None:
        raise Refusal(problem("outbox.not_tried", message=message_id))

    act = _act(actor, "outbox.acknowledge", at, reason)
    return state.acknowledged(message.pk, at, act=act, detail=reason)


def _message_of(
    message_id: int, actor: User, reason: str, *, right: Right = Right.RECORD_CONTACTS
) -> OutboxMessage:
    """The message of a case that the actor sees, locked. Whatever is done to it has a reason."""
    ask_right(actor, right)
    messages = visible_messages(actor).select_for_update(of=("self",))
    message = messages.filter(pk=message_id).first()
    if message is None:
        raise Refusal(problem("outbox.unknown", message=message_id))
    if not reason.strip():
        raise Refusal(problem("outbox.reason"))
    return message


def _act(actor: User, verb: str, at: dt.datetime, reason: str) -> Act:
    return journal.begin(actor, verb, at=at, reason=reason.strip())
