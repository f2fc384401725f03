-- Who holds each case, and since when: the newest assignment.
assignment AS (
    SELECT DISTINCT ON (a.case_id) a.case_id, a.user_id, a.team_id, a.valid_on AS last_on
    FROM casebook_assignment a
    WHERE a.case_id IN (SELECT id FROM case_scope) AND {known:a}
    ORDER BY a.case_id, a.valid_on DESC, a.id DESC
)
