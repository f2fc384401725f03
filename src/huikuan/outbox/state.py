"""What becomes of a message. Every step is an event of its own; the status is what they add up to.

    waiting → sending → sent | failed | outcome_unknown        sent → bounced
                     ↘ waiting (put off: again after a wait that grows)
    waiting → failed (replaced: a later event says what holds now)
    waiting → waiting (held back: the gate, an approval) | failed (withdrawn)

A message is `sending` in the database before anything leaves. Whoever claimed it says what came of
it; where nobody does, the process died and the outcome is unknown: the far side may have it. Such a
message is never sent again by itself, for no protocol can tell whether it arrived.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from huikuan.casebook.models import Act, OutboxEvent, OutboxMessage
from huikuan.lib import emails
from huikuan.lib.problems import Problem
from huikuan.outbox.arrived import not_arrived

Status = OutboxMessage.Status
Kind = OutboxEvent.Kind
#: A worker has told the outcome by then: each step of its talk ends after a minute at most.
LEASE = dt.timedelta(minutes=10)
FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=6)
#: What may not leave is asked about again after this time.
HELD_WAIT = dt.timedelta(hours=1)
#: One minute, two, four … and from the tenth try every six hours: given up after three days.
MOST_ATTEMPTS = 20
#: Doubling once more would pass the longest wait anyway.
_MOST_DOUBLINGS = 9

Result = Literal["taken", "put_off", "refused", "lost"]
_EVENT_OF = {
    "taken": Kind.TAKEN,
    "put_off": Kind.PUT_OFF,
    "refused": Kind.REFUSED,
    "lost": Kind.LOST,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. `lost`: the message was handed over and no answer came.

    `code` and `detail` are the far side's; addresses in them are masked when they are stored.
    """

    result: Result
    code: str = ""
    detail: str = ""


def due(at: dt.datetime) -> QuerySet[OutboxMessage]:
    """Messages to be sent now: those that wait, and events that nobody has acknowledged yet.

    An event that wants an acknowledgement goes out again also when its outcome is unknown: it
    carries the same id each time, and by the protocol the far side takes an id once.

    What replaces an event waits while that one is on its way: it must not arrive before it.
    """
    again = Q(status__in=(Status.SENT, Status.OUTCOME_UNKNOWN), wants_acknowledgement=True)
    ready = Q(status=Status.WAITING) | again
    under_way = OutboxMessage.objects.filter(replaced_by=OuterRef("pk"), status=Status.SENDING)
    return OutboxMessage.objects.filter(
        ready, ~Exists(under_way), next_at__lte=at, acknowledged_at=None, replaced_by=None
    )


def claim(message_id: int, at: dt.datetime) -> OutboxMessage | None:
    """Takes the message for this worker, committed before anything leaves. None: another has it.

    The condition stands in the UPDATE itself: of several workers one changes the row.
    """
    with transaction.atomic(durable=True):
        token = uuid.uuid4()
        changed = (
            due(at)
            .filter(pk=message_id)
            .update(
                status=Status.SENDING,
                claim=token,
                claimed_at=at,
                held_at=None,
                attempts=F("attempts") + 1,
            )
        )
        if not changed:
            return None
        OutboxEvent.objects.create(message_id=message_id, kind=Kind.SENDING, at=at)

    return OutboxMessage.objects.select_related("organisation").get(pk=message_id)


@transaction.atomic
def finish(claimed: OutboxMessage, outcome: Outcome, at: dt.datetime) -> OutboxMessage:
    """Writes down what came of the try. `claimed` is what `claim` gave.

    A bounce, an acknowledgement or a person may have been quicker: what they settled stays, and the
    outcome is an event all the same.
    """
    message = _locked(claimed.pk)
    append(message, _EVENT_OF[outcome.result], at, code=outcome.code, detail=outcome.detail)
    open_outcome = message.status in (Status.SENDING, Status.OUTCOME_UNKNOWN)
    if message.claim != claimed.claim or not open_outcome:
        return message

    if outcome.result == "taken":
        _take(message, at)
    elif outcome.result == "refused" or _is_given_up(message, outcome):
        _fail(message, outcome)
        not_arrived(message, at)
    elif outcome.result == "put_off":
        _put_off(message, outcome, at)
    else:
        _lose(message, at)
    message.save()
    return message


@transaction.atomic
def hold_back(message_id: int, why: Problem, at: dt.datetime) -> None:
    """It may not leave now: it waits with the reason, and is asked about again in an hour.

    A reason that stands already is no new event: what waits for days would have hundreds.
    """
    message = _locked(message_id)
    if message.status != Status.WAITING:
        return

    with translation.override(settings.LANGUAGE_CODE):
        reason = emails.mask_all(why.text(gettext))[:300]
    if message.held_at is None or message.error != reason:
        append(message, Kind.HELD, at, code=why.code[-20:], detail=reason)
    message.held_at = message.held_at or at
    message.error = reason
    message.next_at = at + HELD_WAIT
    message.save()


def _take(message: OutboxMessage, at: dt.datetime) -> None:
    message.status = Status.SENT
    message.sent_at = message.sent_at or at
    message.error = ""
    message.next_at = _next_repeat(message, at)


def _fail(message: OutboxMessage, outcome: Outcome) -> None:
    message.status = Status.FAILED
    message.error = _told(outcome)
    message.next_at = None


def _put_off(message: OutboxMessage, outcome: Outcome, at: dt.datetime) -> None:
    if message.replaced_by_id is not None:
        _end_replaced(message)
        return
    # An event that went out before stays sent: only its repetition was put off.
    message.status = Status.SENT if message.sent_at else Status.WAITING
    message.error = _told(outcome)
    message.next_at = at + wait_after(message.attempts)


def _lose(message: OutboxMessage, at: dt.datetime) -> None:
    message.status = Status.OUTCOME_UNKNOWN
    message.next_at = _next_repeat(message, at)


def _is_given_up(message: OutboxMessage, outcome: Outcome) -> bool:
    """An event that wants an acknowledgement is never given up: it is shown until there is one."""
    tired = message.attempts >= MOST_ATTEMPTS and not message.wants_acknowledgement
    return outcome.result == "put_off" and tired


def _next_repeat(message: OutboxMessage, at: dt.datetime) -> dt.datetime | None:
    if not message.wants_acknowledgement or message.acknowledged_at:
        return None
    if message.replaced_by_id is not None:
        return None
    return at + wait_after(message.attempts)


def wait_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many tries: it doubles each time, up to six hours."""
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    return min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)


def _told(outcome: Outcome) -> str:
    return emails.mask_all(f"{outcome.code} {outcome.detail}".strip())[:300]


def abandoned(at: dt.datetime) -> QuerySet[OutboxMessage]:
    """Messages whose worker died while it sent them, and that no other has looked at since."""
    return OutboxMessage.objects.filter(status=Status.SENDING, claimed_at__lt=at - LEASE)


def lose_abandoned(at: dt.datetime) -> int:
    """The outcome of abandoned messages is unknown. Gives how many there were."""
    count = 0

    for message_id in abandoned(at).values_list("pk", flat=True):
        with transaction.atomic():
            message = _locked(message_id)
            if message.status != Status.SENDING or message.claimed_at is None:
                continue
            if message.claimed_at >= at - LEASE:  # claimed anew while we looked
                continue

            append(message, Kind.LOST, at, detail="the process that sent it ended")
            _lose(message, at)
            message.save()
            count += 1
    return count


@transaction.atomic
def replace(
    earlier: QuerySet[OutboxMessage], by: OutboxMessage, *, act: Act, at: dt.datetime
) -> None:
    """These events leave no more: what they said holds no longer. Who has one keeps it.

    One that is on its way arrives or not; its successor waits for it (`due`).
    """
    standing = earlier.filter(replaced_by=None, acknowledged_at=None).order_by("pk")
    for message in standing.select_for_update():
        append(message, Kind.REPLACED, at, act=act, detail=by.far_id)
        message.replaced_by = by
        if message.status != Status.SENDING:
            _end_replaced(message)
        message.save()


def _end_replaced(message: OutboxMessage) -> None:
    """What has not left never leaves, and what has left is not repeated."""
    if message.status in (Status.WAITING, Status.SENDING) and message.sent_at is None:
        message.status = Status.FAILED
        message.error = ""
    elif message.status == Status.SENDING:
        message.status = Status.SENT
    message.next_at = None
    message.held_at = None


@transaction.atomic
def report(message_id: int, kind: OutboxEvent.Kind, at: dt.datetime, **event: Any) -> OutboxMessage:
    """The far side's later word: delivered, delayed, bounced, answered. It settles what is unknown.

    `event`: code, detail, mail. A report may come before the answer to the sending itself.
    """
    message = _locked(message_id)
    append(message, kind, at, **event)

    left = (Status.SENDING, Status.SENT, Status.OUTCOME_UNKNOWN)
    if kind == Kind.BOUNCED and message.status in left:
        message.status = Status.BOUNCED
        message.error = emails.mask_all(f"{event.get('code', '')} {event.get('detail', '')}")[:300]
        message.next_at = None
        message.save()
    elif kind in (Kind.DELIVERED, Kind.ANSWERED) and message.status == Status.OUTCOME_UNKNOWN:
        _take(message, at)
        message.save()
    return message


@transaction.atomic
def acknowledged(message_id: int, at: dt.datetime, **event: Any) -> OutboxMessage:
    """The far side has the event: it is sent no more. A second word changes nothing.

    `event`: act, detail. Where a person says so (`act`), nothing was sent by that: what never left
    stands as not sent.
    """
    message = _locked(message_id)
    append(message, Kind.ACKNOWLEDGED, at, **event)
    if message.acknowledged_at:
        return message

    message.acknowledged_at = at
    message.next_at = None
    if message.attempts == 0:
        message.status = Status.FAILED
    elif message.status != Status.SENDING:  # whoever is sending it finishes
        message.status = Status.SENT
        message.error = ""
        if event.get("act") is None:
            message.sent_at = message.sent_at or at
    message.save()
    return message


def append(
    message: OutboxMessage, kind: OutboxEvent.Kind, at: dt.datetime, **event: Any
) -> OutboxEvent:
    """An event of the message: `code`, `detail`, `act`, `mail`."""
    detail = emails.mask_all(str(event.pop("detail", "")))[:300]
    code = str(event.pop("code", ""))[:20]
    return OutboxEvent.objects.create(
        message=message, kind=kind, at=at, code=code, detail=detail, **event
    )


def _locked(message_id: int) -> OutboxMessage:
    return OutboxMessage.objects.select_for_update().get(pk=message_id)
