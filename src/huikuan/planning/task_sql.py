"""The statements that make what a day demands into tasks: of a whole day, of some cases, of one.

They read the table `demanded`, which whoever asks them provides (planning/plan.py for a day,
planning/one_case.py for a case).
"""

#: What is demanded on the day, one row per task, with the task of the same key where there is one,
#: whatever became of it. The task is looked up row by row, so that the processes of a parallel
#: plan share the work: LIMIT keeps the planner from joining the whole table instead.
DEMANDED = """
{run}
SELECT d.case_id, d.organisation_id, d.creditor_id, d.subject_id, s.id AS step_id, d.anchor,
    d.due_on, d.deadline_on, d.reason, d.verdict, d.earliest_on, d.pack_version_id,
    t.id AS task_id, t.status AS task_status,
    (t.verdict, t.earliest_on) IS DISTINCT FROM (d.verdict, d.earliest_on) AS verdict_changed
FROM ({packs}) d
JOIN casebook_step s ON s.pack = d.pack AND s.code = d.step
LEFT JOIN LATERAL (
    SELECT k.id, k.status, k.verdict, k.earliest_on FROM casebook_task k
    WHERE k.subject_id = d.subject_id AND k.step_id = s.id AND k.anchor = d.anchor LIMIT 1
) t ON true
"""
#: An open task of a case that is not demanded any more: a later occurrence took its place, facts
#: changed, or
#: only time passed. The status is asked for again at the end: a task that somebody does while the
#: plan runs stays done.
CLOSE = """
UPDATE casebook_task t
SET status_on = %(on)s, run_id = %(run)s, status = gone.status, status_reason = gone.reason
FROM (
    SELECT o.id, o.anchor,
        CASE WHEN later.anchor > o.anchor THEN 'superseded'
            WHEN o.anchor > %(on)s OR f.last_event_on >= o.due_on THEN 'closed'
            ELSE 'missed' END AS status,
        CASE WHEN later.anchor > o.anchor THEN 'later occurrence'
            WHEN o.anchor > %(on)s THEN 'planned too early'
            WHEN f.last_event_on >= o.due_on THEN 'facts changed'
            ELSE 'time passed' END AS reason
    FROM casebook_task o
    LEFT JOIN (
        SELECT subject_id, step_id, max(anchor) AS anchor FROM demanded GROUP BY 1, 2
    ) later ON later.subject_id = o.subject_id AND later.step_id = o.step_id
    LEFT JOIN casebook_casesummary f ON f.case_id = o.case_id
    WHERE o.status = 'open' AND o.case_id IS NOT NULL{scope}
        AND NOT EXISTS (SELECT 1 FROM demanded d WHERE d.task_id = o.id)
) gone
WHERE t.id = gone.id AND t.anchor = gone.anchor AND t.status = 'open'
"""
#: Runs a change of tasks, and counts what it changed by organisation.
COUNTED_BY_HOUSE = """
WITH changed AS ({change} RETURNING t.organisation_id)
SELECT organisation_id, count(*) FROM changed GROUP BY 1
"""
#: What REOPEN and INSERT are about to open, by organisation.
TO_OPEN_BY_HOUSE = """
SELECT organisation_id, count(*) FROM demanded
WHERE task_id IS NULL OR task_status IN ('closed', 'missed', 'superseded')
GROUP BY 1
"""
#: The tasks of some cases. What belongs to no case is planned apart (casebook/apart.py).
OF_SOME = " AND o.case_id = ANY(%(cases)s)"
REOPEN = """
UPDATE casebook_task t
SET status = 'open', status_reason = 'demanded again', status_on = %(on)s, run_id = %(run)s,
    reason = d.reason, standing = t.standing + 1
FROM demanded d
WHERE d.task_status IN ('closed', 'missed', 'superseded')
    AND t.id = d.task_id AND t.anchor = d.anchor
    AND t.status IN ('closed', 'missed', 'superseded')
"""
#: The day's verdict on tasks that stay open may change from day to day.
VERDICT = """
UPDATE casebook_task t SET verdict = d.verdict, earliest_on = d.earliest_on
FROM demanded d
WHERE d.verdict_changed AND d.task_status IN ('open', 'closed', 'missed', 'superseded')
    AND t.id = d.task_id AND t.anchor = d.anchor
"""
INSERT = """
INSERT INTO casebook_task (organisation_id, creditor_id, run_id, pack_version_id, case_id,
    subject_id, step_id, anchor, due_on, deadline_on, reason, verdict, earliest_on, status,
    status_reason, shard)
SELECT d.organisation_id, d.creditor_id, %(run)s, d.pack_version_id, d.case_id, d.subject_id,
    d.step_id, d.anchor, d.due_on, d.deadline_on, d.reason, d.verdict, d.earliest_on, 'open', '',
    coalesce(c.shard, casebook_shard_of_house(d.organisation_id))
FROM demanded d LEFT JOIN casebook_case c ON c.id = d.case_id
WHERE d.task_id IS NULL ORDER BY d.case_id
"""
