"""What a mail of this room says is asked about again when it leaves: it may be so no more."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import DeliveryLock, OutboxMessage, StatementVoid
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.receivables.sentences import problem


def hindrance(message: OutboxMessage, _user: User, _at: dt.datetime) -> Problem | None:
    """Why the mail may not leave: what it told of a statement was taken back, or deliveries were
    locked or unlocked since. None where nothing is in the way.
    """
    if message.kind != OutboxMessage.Kind.EMAIL:
        return None
    if StatementVoid.objects.filter(event__act=message.act_id).exists():
        return problem("statement.mail_void")
    if _is_overtaken(message):
        return problem("lock.notice_overtaken")
    return None


def _is_overtaken(message: OutboxMessage) -> bool:
    """Whether it tells of a lock, or of its end, after which another was entered."""
    told = DeliveryLock.objects.filter(notice=message).first()
    if told is None:
        return False
    return DeliveryLock.objects.filter(case=told.case_id, pk__gt=told.pk).exists()
