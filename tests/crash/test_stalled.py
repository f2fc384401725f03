"""`kill -9` of the worker with work in hand: the next worker takes every job over."""

from __future__ import annotations

import pytest

from tests.clocks.test_crash import linked, minute_goes_by, number, wait_for
from tests.crash import kill

pytestmark = pytest.mark.long

#: Job → the table that it asks first. The watch of the channels comes every minute and has a lock.
HELD = {
    "channels.watch": "casebook_channel",
    "complaints.make_dossier": "casebook_complaintdossier",
    "intake.accept": "casebook_placement",
}
IN_HAND = """
SELECT count(*) FROM pg_locks
WHERE NOT granted AND relation IN (
    'casebook_channel'::regclass, 'casebook_complaintdossier'::regclass,
    'casebook_placement'::regclass
)
"""
NEW_JOB = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)
VALUES ('default', %s, %s, %s, %s, 'todo') ON CONFLICT DO NOTHING RETURNING id
"""
WATCH = ("channels.watch", "channels.watch", "channels.watch", '{"timestamp": 0}')
DOSSIER = ("complaints.make_dossier", None, None, '{"dossier_id": 1}')
IMPORT = ("intake.accept", None, "intake.accept.1", '{"placement_id": 1, "user_id": 1}')


def test_every_job_of_a_killed_worker_is_taken_over(ready_home):
    with linked(ready_home) as link:
        jobs = []
        for told in (WATCH, DOSSIER, IMPORT):
            row = link.execute(NEW_JOB, told).fetchone()
            assert row is not None
            jobs.append(row[0])
        cut_off = f"SELECT count(*) FROM procrastinate_jobs WHERE id IN {tuple(jobs)}"

        with link.transaction():
            for table in HELD.values():
                link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            killed = kill.start(ready_home, "worker", "--concurrency", "3")
            wait_for(link, IN_HAND, 3)
            killed.kill()
            killed.communicate()
        wait_for(link, IN_HAND, 0)
        assert number(link, f"{cut_off} AND status = 'doing'") == 3

        # The next minute's watch waits for the lock that the dead one holds. Where the minute
        # began before the kill, it waits already.
        link.execute(NEW_JOB, WATCH)
        minute_goes_by(link)
        for _look in range(2):
            worker = kill.start(ready_home, "worker", "--once")
            worker.communicate(timeout=90)

        in_hand = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
        assert number(link, in_hand) == 0
        # The watch ran. There is no dossier and no batch of these numbers: they ran and failed.
        watched = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'channels.watch'"
        assert number(link, f"{watched} AND status = 'todo'") == 0
        assert number(link, f"{cut_off} AND status = 'failed' AND attempts >= 2") == 2
