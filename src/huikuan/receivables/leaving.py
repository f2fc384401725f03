"""What a mail of this room says is asked about again when it leaves: it may be so no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from huikuan.casebook.days import day_of
from huikuan.casebook.models import DeliveryLock, OutboxMessage, StatementVoid
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.receivables import act as acts
from huikuan.receivables import lock
from huikuan.receivables.returned import events_of
from huikuan.receivables.sentences import problem


def hindrance(message: OutboxMessage, user: User, at: dt.datetime) -> Problem | None:
    """Why the mail may not leave: what it told of a statement was taken back, deliveries were
    locked or unlocked since, or what went along with it is not for `user`. None where nothing is in
    the way.
    """
    if message.kind != OutboxMessage.Kind.EMAIL:
        return None
    if StatementVoid.objects.filter(event__act=message.act_id).exists():
        return problem("statement.mail_void")
    if _is_overtaken(message):
        return problem("lock.notice_overtaken")
    return next(_not_for(message, user, at), None)


def _not_for(message: OutboxMessage, user: User, at: dt.datetime) -> Iterator[Problem]:
    """What the event or the lock asks of whoever enters it, it asks of whoever sends its mail."""
    on = day_of(message.organisation, at)
    for event in events_of(message).select_related("statement__case__organisation"):
        yield from acts.who_may(event.statement, event.kind, user, on)

    told = DeliveryLock.objects.filter(notice=message).select_related("case").first()
    if told is not None:
        yield from lock.who_may_tell(told, user, on)


def _is_overtaken(message: OutboxMessage) -> bool:
    """Whether it tells of a lock, or of its end, after which another was entered."""
    told = DeliveryLock.objects.filter(notice=message).first()
    if told is None:
        return False
    return DeliveryLock.objects.filter(case=told.case_id, pk__gt=told.pk).exists()
