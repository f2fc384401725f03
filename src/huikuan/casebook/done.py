"""What was really done for a subject: the memory of its steps, kept in the transaction that marks a
task as done or opens it again.

Two ways lead back. `forget`: it was never done, the entry itself is taken out a moment later.
`void`: it counted as done until now, and what was known before stays known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import QuerySet

from huikuan.casebook import to_plan
from huikuan.casebook.models import StepDone

#: A task that is remembered already stays as it was.
_REMEMBER = """
INSERT INTO casebook_stepdone (task_id, organisation_id, creditor_id, case_id, subject_id, step_id,
    valid_on, recorded_at, shard)
SELECT id, organisation_id, creditor_id, case_id, subject_id, step_id, status_on, %(at)s,
    shard
FROM casebook_task
WHERE id = ANY(%(tasks)s) AND status = 'done'
ON CONFLICT (task_id) WHERE void_at IS NULL DO NOTHING
RETURNING case_id
"""
#: Done tasks that are not remembered, and memories of tasks that are not done.
_DIFFERENCES = """
SELECT coalesce(t.id, m.task_id)
FROM (SELECT id, status_on FROM casebook_task WHERE status = 'done') t
FULL JOIN (SELECT * FROM casebook_stepdone WHERE void_at IS NULL) m ON m.task_id = t.id
WHERE m.task_id IS NULL OR t.id IS NULL OR m.valid_on <> t.status_on
ORDER BY 1 LIMIT %(limit)s
"""

#: When a forgotten task was recorded nobody knows any more: the end of the day of its doing.
_MEND = """
INSERT INTO casebook_stepdone (task_id, organisation_id, creditor_id, case_id, subject_id, step_id,
    valid_on, recorded_at, shard)
SELECT id, organisation_id, creditor_id, case_id, subject_id, step_id, status_on,
    status_on + interval '1 day', shard
FROM casebook_task
WHERE status = 'done' AND status_on IS NOT NULL
ON CONFLICT (task_id) WHERE void_at IS NULL DO UPDATE SET valid_on = EXCLUDED.valid_on
"""
_NOT_DONE = """
DELETE FROM casebook_stepdone m
WHERE m.void_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM casebook_task t WHERE t.id = m.task_id AND t.status = 'done')
"""


def remember(tasks: Collection[int], *, at: dt.datetime) -> None:
    """Keeps that these tasks were done, on the day that their rows name. Others are left out."""
    if not tasks:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, {"tasks": list(tasks), "at": at})
        _mark(row[0] for row in cursor.fetchall())


def forget(tasks: Collection[int]) -> None:
    """These tasks are open again: their steps were not done."""
    forgotten = _counting(tasks)
    cases = list(forgotten.values_list("case_id", flat=True))
    forgotten.delete()
    _mark(cases)


def void(tasks: Collection[int], *, at: dt.datetime) -> None:
    """These tasks are open again: what was taken for done until now was not. Whoever asks what was
    known before is told that they were done.
    """
    voided = _counting(tasks)
    cases = list(voided.values_list("case_id", flat=True))
    voided.update(void_at=at)
    _mark(cases)


def _counting(tasks: Collection[int]) -> QuerySet[StepDone]:
    """The memory of these tasks that counts now."""
    return StepDone.objects.filter(task_id__in=list(tasks), void_at=None)


def _mark(cases: Iterable[int | None]) -> None:
    """The list of the day follows what was done: a condition may ask for it."""
    to_plan.mark(sorted({key for key in cases if key is not None}))


def differences(limit: int = 20) -> list[int]:
    """Tasks of which the memory does not say what their own rows say. For `doctor --facts`."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"limit": limit})
        return [row[0] for row in cursor.fetchall()]


def mend() -> None:
    """Makes the memory what the tasks say, for `doctor --rebuild-facts`."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_DONE)
        cursor.execute(_MEND)
