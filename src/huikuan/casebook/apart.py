"""Tasks of what belongs to no case, such as a complaint: planned by house.

Such a subject is bound to no product. It follows, like a batch with its deadlines, every procedure
that is in force in its house. Its tasks are made in the transaction of whoever recorded something
of it, and once more each day; no plan of a day is needed for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import connection

from huikuan.casebook import done, packs, partitions
from huikuan.casebook.calendar import calendar
from huikuan.casebook.compiled import text
from huikuan.casebook.models import PackVersion, PlanRun
from huikuan.casebook.run_row import RUN, run_of
from huikuan.engine import plan
from huikuan.people.models import Organisation

#: Two who write about one subject may each not see what the other has not yet committed.
_LOCK = 7_305_060

DEMANDED = """
WITH {run}
SELECT d.organisation_id, d.creditor_id, d.subject_id, s.id AS step_id, d.anchor, d.due_on,
    d.deadline_on, d.reason, d.pack_version_id
FROM ({queries}) d
JOIN casebook_step s ON s.pack = d.pack AND s.code = d.step
WHERE d.organisation_id = %(house)s AND (%(ids)s::bigint[] IS NULL OR d.subject_id = ANY(%(ids)s))
"""
OF_VERSION = """
SELECT q.*, {version}::bigint AS pack_version_id, '{pack}' AS pack FROM ({query}) q
"""
#: An open task of these subjects that is demanded no more: what it asked for was done, or a later
#: occurrence took its place.
CLOSE = """
UPDATE casebook_task t
SET status_on = %(on)s,
    status = CASE WHEN later.anchor > t.anchor THEN 'superseded' ELSE 'closed' END,
    status_reason = CASE WHEN later.anchor > t.anchor THEN 'later occurrence'
        ELSE 'facts changed' END
FROM casebook_task o
JOIN casebook_step s ON s.id = o.step_id AND s.subject = %(subject)s
LEFT JOIN LATERAL (
    SELECT max(d.anchor) AS anchor FROM demanded_apart d
    WHERE d.subject_id = o.subject_id AND d.step_id = o.step_id
) later ON true
WHERE t.id = o.id AND t.anchor = o.anchor AND o.status = 'open' AND o.case_id IS NULL
    AND o.organisation_id = %(house)s
    AND (%(ids)s::bigint[] IS NULL OR o.subject_id = ANY(%(ids)s))
    AND NOT EXISTS (
        SELECT 1 FROM demanded_apart d
        WHERE d.subject_id = o.subject_id AND d.step_id = o.step_id AND d.anchor = o.anchor
    )
"""
#: Done before, and asked for once more on the same occurrence, as a second proposal on one day.
DONE_BEFORE = """
SELECT t.id FROM casebook_task t
JOIN demanded_apart d ON t.subject_id = d.subject_id AND t.step_id = d.step_id
    AND t.anchor = d.anchor
WHERE t.status = 'done'
"""
REOPEN = """
UPDATE casebook_task t
SET status = 'open', status_reason = 'demanded again', status_on = %(on)s,
    standing = t.standing + 1
FROM demanded_apart d
WHERE t.subject_id = d.subject_id AND t.step_id = d.step_id AND t.anchor = d.anchor
    AND t.status IN ('done', 'closed', 'missed', 'superseded')
"""
INSERT = """
INSERT INTO casebook_task (organisation_id, creditor_id, run_id, pack_version_id, case_id,
    subject_id, step_id, anchor, due_on, deadline_on, reason, verdict, status, status_reason, shard)
SELECT d.organisation_id, d.creditor_id, %(run)s, d.pack_version_id, NULL, d.subject_id, d.step_id,
    d.anchor, d.due_on, d.deadline_on, d.reason, 'allowed', 'open', '',
    casebook_shard_of_house(d.organisation_id)
FROM demanded_apart d
WHERE NOT EXISTS (
    SELECT 1 FROM casebook_task t
    WHERE t.subject_id = d.subject_id AND t.step_id = d.step_id AND t.anchor = d.anchor
)
"""


def plan_apart(
    subject: str,
    house: Organisation,
    on: dt.date,
    *,
    at: dt.datetime,
    ids: Collection[int] | None = None,
) -> None:
    """Opens and closes the tasks of such subjects of a house, as its procedures demand on the day.

    `ids`: of these alone; None: of all. In the caller's transaction; a second call changes nothing.
    What was done and is demanded once more is open again, and counts from `at` on as not done.
    """
    versions = _versions(subject, house, on)
    if not versions:
        return

    counting = any(packs.playbook_of(version).needs_calendar for version in versions)
    given: dict[str, Any] = dict(run_of(on, calendar(), counts_working_days=counting))
    newest = PlanRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    wanted = None if ids is None else sorted(ids)
    given |= {"house": house.pk, "ids": wanted, "on": on, "run": newest, "subject": subject}
    queries = [_query(version, subject) for version in versions]
    demanded = DEMANDED.format(run=RUN, queries="\nUNION ALL\n".join(queries))

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, house.pk])
        partitions.cover(cursor, on)
        cursor.execute(f"CREATE TEMP TABLE demanded_apart ON COMMIT DROP AS {demanded}", given)
        cursor.execute(DONE_BEFORE, given)
        done.void([row[0] for row in cursor.fetchall()], at=at)
        for statement in (CLOSE, REOPEN, INSERT):
            cursor.execute(statement, given)
        cursor.execute("DROP TABLE demanded_apart")


def _versions(subject: str, house: Organisation, on: dt.date) -> list[PackVersion]:
    """The versions in force in the house that ask for anything about such subjects."""
    day = packs.holding(on)
    found = []
    for version in day.versions_of(house.pk):
        if version.kind != PackVersion.Kind.PLAYBOOK:
            continue
        book = packs.playbook_of(version)
        holds = day.version_in(house.pk, version.pack, None) == version.pk
        if holds and any(step.per == subject for step in book.apart.steps):
            found.append(version)
    return found


def _query(version: PackVersion, subject: str) -> str:
    """What one version demands, with the pack and the version that demand it."""
    book = packs.playbook_of(version)

    def compile_it() -> str:
        return plan.plan_sql(book.apart)

    query = text(version, "apart", [], compile_it).replace("%", "%%")
    found = OF_VERSION.replace("{pack}", version.pack).replace("{query}", query)
    return found.replace("{version}", str(version.pk))
