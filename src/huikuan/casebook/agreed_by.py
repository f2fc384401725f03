"""Who agreed to what was done: for the history of a case, as SQL.

What a step records (an event, a note, a lock) is written in the moment in which its task is done,
by whoever does it. Under an approval that is not who agreed: the request that covers the task says
who did, and when.
"""

from __future__ import annotations

#: The answers with which the requests behind a row `x` were agreed to, in their order: by, at and
#: act of each. Null where the row was written without an approval. Reads %(zone)s.
AGREED = """
(SELECT jsonb_agg(jsonb_build_object(
        'by', coalesce(nullif(u.display_name, ''), u.username),
        'at', to_char(n.at AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI'),
        'act', n.act_id
    ) ORDER BY n.at, n.id)
FROM casebook_approval g
JOIN casebook_approvalanswer n ON n.approval_id = g.id AND n.kind IN ('agreed', 'granted')
JOIN casebook_act b ON b.id = n.act_id
JOIN people_user u ON u.id = b.actor_id
WHERE g.case_id = x.case_id AND g.kind = 'step' AND g.status = 'granted'
    AND EXISTS (
        SELECT FROM casebook_stepdone d
        WHERE d.case_id = x.case_id AND d.recorded_at = x.recorded_at
            AND g.covers ? d.task_id::text
    ))
"""
