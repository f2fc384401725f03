-- The newest lock or unlock of the deliveries of each case.
locks AS (
    SELECT DISTINCT ON (l.case_id) l.case_id,
        CASE WHEN l.kind = 'lock' THEN l.valid_on END AS locked_on, l.valid_on AS last_on
    FROM casebook_deliverylock l
    WHERE l.case_id IN (SELECT id FROM case_scope) AND {known:l}
    ORDER BY l.case_id, l.valid_on DESC, l.id DESC
)
