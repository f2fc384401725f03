"""Background work of the channels: the watch, every minute."""

from __future__ import annotations

import datetime as dt
from typing import Any

from procrastinate.contrib.django import app

NAME = "channels.watch"


@app.periodic(cron="* * * * *")
@app.task(name=NAME, queueing_lock=NAME, lock=NAME)
def watch(timestamp: int, **_kwargs: Any) -> int:
    """Looks at every channel. One that was down for an hour sees at its first look what came."""
    from django.utils import timezone

    from huikuan.channels.watch import look_at_all

    # What the look shows is known now, not at the minute for which the job was made.
    return look_at_all(max(timezone.now(), dt.datetime.fromtimestamp(timestamp, dt.UTC)))
