"""Background work of the clocks: the watch, every minute."""

from __future__ import annotations

import datetime as dt
from typing import Any

from procrastinate.contrib.django import app


# Jobs that an older program left in the queue bear the older name.
@app.periodic(cron="* * * * *")
@app.task(name="clocks.watch", queueing_lock="clocks.watch", aliases=["intake.watch"])
def watch(timestamp: int, **_kwargs: Any) -> int:
    """Records what was not done in time."""
    from huikuan.clocks.watch import record_breaches

    return record_breaches(dt.datetime.fromtimestamp(timestamp, dt.UTC))
