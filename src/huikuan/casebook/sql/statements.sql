-- What happened to the statements of each case, with the newest month of which there is anything.
statement_event AS (
    SELECT s.case_id, s.month, s.kind, s.valid_on, max(s.month) OVER (PARTITION BY s.case_id) AS newest
    FROM casebook_statementevent s
    WHERE s.case_id IN (SELECT id FROM case_scope) AND {known:s}
)
