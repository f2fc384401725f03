-- What happened to a statement and counts.
month_event AS (
    SELECT e.statement_id, e.kind, e.valid_on
    FROM casebook_statementevent e
    WHERE e.statement_id IN (SELECT id FROM statement_scope) AND {known:e} AND {stands:e}
)
