-- What happened to the statements of each case, with the newest month of which there is anything.
statement_event AS (
    SELECT e.case_id, m.month, e.kind, e.valid_on,
        max(m.month) OVER (PARTITION BY e.case_id) AS newest
    FROM casebook_statementevent e
    JOIN casebook_statement m ON m.id = e.statement_id
    WHERE e.case_id IN (SELECT id FROM case_scope) AND {known:e} AND {stands:e}
)
