"""Jobs of killed workers: each is given back, or ended where another one waits for its place."""

from __future__ import annotations

import logging

from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import QUEUEING_LOCK_CONSTRAINT, JobManager

log = logging.getLogger("huikuan.jobs")
#: A worker that gave no sign of life for so long is dead.
HEARTBEAT_SECONDS = 30


async def give_back(manager: JobManager) -> None:
    """Gives back every job whose worker is dead. They stay "doing" for ever otherwise.

    Each by itself: one that cannot be given back keeps none of the others.
    """
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=HEARTBEAT_SECONDS):
        try:
            await _give_back(manager, job)
        except ConnectorException:
            # Its worker has come back and ended it, or the database is away: the next minute tells.
            log.exception("job %s (%s) could not be given back", job.id, job.task_name)


async def _give_back(manager: JobManager, job: Job) -> None:
    """Lets the job wait again, or ends it where the next one of its kind waits already.

    Of jobs with one queueing lock only one may wait. That one does the whole work of both, and it
    may wait for the very lock that the dead one holds: ending the dead one lets it begin.
    """
    try:
        await manager.retry_job(job)
    except UniqueViolation as error:
        if error.constraint_name != QUEUEING_LOCK_CONSTRAINT:
            raise
        log.warning("job %s (%s) was cut off; the next one does its work", job.id, job.task_name)
        await manager.finish_job(job, Status.ABORTED, delete_job=True)
