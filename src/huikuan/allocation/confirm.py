"""Confirms a proposal: from now on the collectors hold their cases. Once only, whoever comes first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.models import AllocationRun, Notice
from huikuan.casebook.placement_events import allocated
from huikuan.clocks.refresh import refresh
from huikuan.people.models import User

_LOCK = """
SELECT count(*) FROM (
    SELECT s.case_id FROM casebook_casesummary s
    WHERE s.case_id IN (SELECT case_id FROM casebook_allocationline WHERE run_id = %s AND user_id IS NOT NULL)
    ORDER BY s.case_id FOR UPDATE) locked
"""
#: Why a line is not carried out, or null. A case must be where it was when the proposal was made.
_STATE = """
    CASE WHEN NOT s.is_open THEN 'closed'
        WHEN s.assignee_id IS DISTINCT FROM (l.reason->>'from')::bigint THEN 'taken'
        WHEN EXISTS (
            SELECT 1 FROM casebook_assignment a WHERE a.case_id = l.case_id AND a.valid_on > %(on)s) THEN 'taken'
        WHEN NOT u.is_active OR NOT EXISTS (
            SELECT 1 FROM people_user_roles g JOIN people_role r ON r.id = g.role_id
            WHERE g.user_id = u.id AND r.rights @> '["hold_cases"]') THEN 'inactive' END
"""
_ASSIGN = f"""
WITH line AS MATERIALIZED (
    SELECT s.organisation_id, s.creditor_id, s.shard, l.case_id, l.user_id, u.team_id, l.reason->>'principle' AS reason,
        {_STATE} AS state
    FROM casebook_allocationline l
    JOIN casebook_casesummary s ON s.case_id = l.case_id JOIN people_user u ON u.id = l.user_id
    WHERE l.run_id = %(run)s ORDER BY l.case_id
), written AS (
    INSERT INTO casebook_assignment
        (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, user_id, team_id, run_id, reason, shard)
    SELECT organisation_id, creditor_id, %(act)s, %(on)s, %(at)s, case_id, user_id, team_id, %(run)s, reason, shard
    FROM line WHERE state IS NULL RETURNING user_id
)
SELECT NULL, user_id, count(*) FROM written GROUP BY user_id
UNION ALL SELECT state, NULL, count(*) FROM line WHERE state IS NOT NULL GROUP BY state
"""
_ASSIGNED = "SELECT case_id FROM casebook_assignment WHERE run_id = %s"


class Dropped(Exception):
    """this proposal was dropped; make a new one"""


@dataclass(frozen=True)
class Confirmed:
    """What confirming did. `already`: somebody had confirmed before (`by`, `at`), and nothing was changed now.

    `skipped`: reason (taken, closed, inactive) → cases that were left as they are.
    """

    assigned: int
    skipped: dict[str, int] = field(default_factory=dict)
    already: bool = False
    by: str = ""
    at: dt.datetime | None = None


@transaction.atomic
def confirm(run: AllocationRun, actor: User, at: dt.datetime) -> Confirmed:
    """Writes the assignments, the case summaries, a notice to each collector, and which batches are
    allocated by it, for their clocks.

    Twice changes nothing. Of two who confirm at once the second waits for the first and is told. Raises Dropped.
    """
    if run.organisation_id != actor.organisation_id:
        raise ValueError("another organisation")
    # the conditional UPDATE is the claim: a second one waits for the row and then finds it confirmed
    claim = AllocationRun.objects.filter(pk=run.pk, status=AllocationRun.Status.PROPOSED)
    if not claim.update(status=AllocationRun.Status.CONFIRMED, confirmed_at=at):
        run.refresh_from_db()
        return _already(run)
    run.refresh_from_db()
    act = journal.begin(actor, "allocation.confirm", at=at)
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"run": run.pk, "act": act.pk, "on": run.on, "at": at}
        cursor.execute(_LOCK, [run.pk])
        cursor.execute(_ASSIGN, parameters)
        counts = cursor.fetchall()
        cursor.execute(_ASSIGNED, [run.pk])
        assigned_cases = [row[0] for row in cursor.fetchall()]
        facts.refresh(assigned_cases, wrote={"casebook_assignment"})
    skipped = {state: n for state, _user, n in counts if state}
    per_user = sorted((user, n) for state, user, n in counts if not state)
    assigned = sum(n for _user, n in per_user)
    Notice.objects.bulk_create(
        Notice(
            user_id=user,
            kind=Notice.Kind.ALLOCATED,
            params={"run": run.pk, "cases": n, "on": run.on.isoformat()},
            at=at,
        )
        for user, n in per_user
    )
    ended = allocated(assigned_cases, act=act)
    refresh({"placement": ended, "case": assigned_cases}, by=act, at=at)
    run.summary |= {"assigned": assigned, "skipped": skipped, "confirmed_by": actor.pk}
    run.save(update_fields=["summary"])
    return Confirmed(assigned, skipped, by=str(actor), at=at)


def _already(run: AllocationRun) -> Confirmed:
    if run.status == AllocationRun.Status.DROPPED:
        raise Dropped
    by = User.objects.filter(
        pk=run.summary.get("confirmed_by"), organisation_id=run.organisation_id
    ).first()
    name = str(by) if by else ""
    return Confirmed(
        run.summary.get("assigned", 0), run.summary.get("skipped", {}), True, name, run.confirmed_at
    )
