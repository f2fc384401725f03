-- Holds and disputes of each item, its own and those of its account.
item_holds AS (
    SELECT i.id AS item_id,
        min(h.valid_on) FILTER (WHERE h.kind = 'dispute' AND (h.ended_on IS NULL OR h.ended_on > %(on)s)) AS disputed_on,
        bool_or(true) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s) AS held,
        max(greatest(h.valid_on, h.ended_on)) AS last_on
    FROM item_scope i
    JOIN (
        SELECT h.case_id, h.scope, h.item_id, h.account_id, h.kind, h.valid_on,
            CASE WHEN %(known_at)s::timestamptz IS NULL OR h.ended_at <= %(known_at)s THEN h.ended_on END AS ended_on
        FROM casebook_hold h
        WHERE h.scope IN ('item', 'account') AND h.case_id IN (SELECT case_id FROM item_scope) AND {known:h}
    ) h ON h.case_id = i.case_id AND (h.item_id = i.id OR h.scope = 'account' AND h.account_id = i.account_id)
    GROUP BY i.id
)
