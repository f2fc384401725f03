"""What becomes of a step when its message does not arrive: a notice that nobody got was not given.

A mail that was refused, given up or came back opens the tasks again that its contact had done, and
neither the memory of their steps nor the day of the last mail counts it: the step is asked for
again, or the next way of it. The contact itself stays in the book, and in every limit that counts
attempts. What a message went along with, such as an event of a statement, is taken back by its room
(`web.room.NotArrived`).
"""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet

from huikuan.casebook import done as memory
from huikuan.casebook import facts
from huikuan.casebook.contact_of_mail import contact_of
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Act,
    ContactNotArrived,
    ContactRecord,
    OutboxEvent,
    OutboxMessage,
    StepDone,
    Task,
)
from huikuan.web import rooms

_CONTACT = "contact"


def not_arrived(message: OutboxMessage, at: dt.datetime, *, act: Act | None = None) -> None:
    """Nobody got it: the tasks that it did are open again, from now on.

    `act`: by which it was withdrawn or said to be lost; None: the program found out.
    """
    rooms.tell_not_arrived(message, act, at)
    contact = contact_of(message)
    if contact is None:
        return

    _lose(contact, at)
    counting = _memory_of(contact, message).filter(void_at=None)
    ended = contact.tasks.filter(
        pk__in=counting.values("task_id"), status=Task.Status.DONE, status_reason=_CONTACT
    )
    tasks = list(ended.values_list("pk", flat=True))
    memory.void(tasks, at=at)
    # Another occasion: what was granted for the first is not granted for this one.
    anew = {"status_reason": "", "status_on": None, "standing": F("standing") + 1}
    reopened = Task.objects.filter(pk__in=tasks, status=Task.Status.DONE)
    reopened.update(status=Task.Status.OPEN, **anew)


def under_way_again(message: OutboxMessage, at: dt.datetime) -> None:
    """Somebody sends once more what had failed: its tasks, where still open, are done by it.

    Where another way took their place meanwhile, that one stays.
    """
    contact = contact_of(message)
    if contact is None:
        return

    _find_again(contact, at)
    voided = _memory_of(contact, message).filter(void_at__isnull=False)
    waiting = contact.tasks.filter(pk__in=voided.values("task_id"), status=Task.Status.OPEN)
    tasks = list(waiting.order_by("pk").values_list("pk", flat=True))
    on = day_of(message.organisation, at)
    Task.objects.filter(pk__in=tasks, status=Task.Status.OPEN).update(
        status=Task.Status.DONE, status_reason=_CONTACT, status_on=on
    )
    memory.remember(tasks, at=at)


def _lose(contact: ContactRecord, at: dt.datetime) -> None:
    """Says since when it is known that nobody got it. A second report says nothing new."""
    _of_contact, is_new = ContactNotArrived.objects.get_or_create(
        contact_id=contact.pk,
        again_at=None,
        defaults={"case_id": contact.case_id, "lost_at": at},
    )
    if not is_new:
        return

    first_known = ContactRecord.objects.filter(pk=contact.pk, valid_on=contact.valid_on)
    first_known.filter(not_arrived_at=None).update(not_arrived_at=at)
    facts.refresh([contact.case_id], wrote={"casebook_contactnotarrived"})


def _find_again(contact: ContactRecord, at: dt.datetime) -> None:
    """Says from when on it is under way again; what was known until then stays known."""
    standing = ContactNotArrived.objects.filter(contact_id=contact.pk, again_at=None)
    standing.update(again_at=at)
    facts.refresh([contact.case_id], wrote={"casebook_contactnotarrived"})


def _memory_of(contact: ContactRecord, message: OutboxMessage) -> QuerySet[StepDone]:
    """What this message did: remembered at the moment of its contact, or when it was sent again.

    Another contact may have done the same task at another moment.
    """
    retried = message.events.filter(kind=OutboxEvent.Kind.RETRIED).values_list("at", flat=True)
    moments = [contact.recorded_at, *retried]
    return StepDone.objects.filter(case_id=contact.case_id, recorded_at__in=moments)
