-- Of each item the newest lock or unlock of its case: of a lock only what it was for. Locks are
-- rare: found once, they cost nothing where there is none.
newest_lock AS MATERIALIZED (
    SELECT DISTINCT ON (l.case_id) l.case_id, l.kind, l.item_ids, l.valid_on
    FROM casebook_deliverylock l
    WHERE l.case_id IN (SELECT case_id FROM item_scope) AND {known:l}
    ORDER BY l.case_id, l.valid_on DESC, l.id DESC
),
item_locks AS MATERIALIZED (
    SELECT i.id AS item_id, l.valid_on AS last_on,
        CASE WHEN l.kind = 'lock' AND i.id = ANY (l.item_ids) THEN l.valid_on END AS locked_on
    FROM newest_lock l
    JOIN item_scope i ON i.case_id = l.case_id
)
