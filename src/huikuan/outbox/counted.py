"""What every cap counts as sent: a cap that leaves out unknown outcomes is passed by a crash."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from huikuan.casebook import sealed
from huikuan.casebook.about import About
from huikuan.casebook.models import OutboxMessage
from huikuan.lib import emails

Status = OutboxMessage.Status
#: All but what certainly did not leave. What waits counts too: it leaves by itself.
COUNTED = (
    Status.WAITING,
    Status.SENDING,
    Status.SENT,
    Status.BOUNCED,
    Status.OUTCOME_UNKNOWN,
)


def counted(
    kind: str,
    *,
    since: dt.datetime,
    until: dt.datetime,
    subject: About | None = None,
    address: str | None = None,
) -> QuerySet[OutboxMessage]:
    """Messages posted from `since` to before `until` that count as sent.

    counted("email", since=monday, until=now, address="li@example.com").count()
    """
    messages = OutboxMessage.objects.filter(
        kind=kind, status__in=COUNTED, posted_at__gte=since, posted_at__lt=until
    )
    if subject is not None:
        messages = messages.filter(subject_kind=subject.kind, subject_id=subject.key)
    if address is not None:
        spelled = emails.canonical(address) or address
        messages = messages.filter(target_index=sealed.index("email", spelled))
    return messages
