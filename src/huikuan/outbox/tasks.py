"""Background work of the outbox: sending, and reading the mailbox."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

log = logging.getLogger("huikuan.outbox")
#: One job waits at a time; several workers may each have one in hand, for a message has one claim.
SEND = "outbox.send"
READ = "outbox.read"


@app.periodic(cron="* * * * *")
@app.task(name=SEND, queueing_lock=SEND)
def send(timestamp: int = 0, **_kwargs: Any) -> dict[str, int]:
    """Sends what is due. Safe to repeat: what was claimed is not claimed again."""
    from django.utils import timezone

    from huikuan.outbox.send import send_due

    return dict(send_due(timezone.now))


@app.periodic(cron="*/2 * * * *")
@app.task(name=READ, queueing_lock=READ, lock=READ)
def read(timestamp: int = 0, **_kwargs: Any) -> dict[str, int]:
    """Reads the mailbox for bounces and answers, where one is set."""
    from django.utils import timezone

    from huikuan.outbox.mailbox import NotReadable, is_set, read_mailbox

    if not is_set():
        return {}
    try:
        return dict(read_mailbox(timezone.now))
    except NotReadable as error:
        # A server that is away comes back: the next reading goes on where this one ended.
        log.warning("mailbox: %s", error)
        return {}


def send_soon() -> None:
    """Wakes the worker. A job that waits already sends this message too."""
    with suppress(AlreadyEnqueued):
        send.defer()
