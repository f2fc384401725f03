"""Background tasks of the house itself."""

from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app

from huikuan.ops import stalled


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int, **_kwargs: Any) -> None:
    """Gives jobs of killed workers back (stalled.py).

    So a job may run twice after a crash; each must be safe to repeat.
    """
    await stalled.give_back(context.app.job_manager)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="catch_up")
def catch_up(timestamp: int, **_kwargs: Any) -> None:
    """Plans what was learned since the last plan, so that no page waits for it. Safe to repeat."""
    from huikuan.planning import current

    current.catch_up()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="pass_on_silent")
def pass_on_silent(timestamp: int, **_kwargs: Any) -> None:
    """Requests whose time to be answered is over go on. Safe to repeat."""
    from django.utils import timezone

    from huikuan import daily

    daily.pass_on_silent(timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="plan_the_morning")
def plan_the_morning(timestamp: int, **_kwargs: Any) -> None:
    """Plans today from HUIKUAN_PLAN_AT on, if nobody has. Safe to repeat: a planned day is left as it is."""
    from django.utils import timezone

    from huikuan.ops import config
    from huikuan.ops.morning import plan_due

    plan_due(timezone.now(), config.current().plan_time)
