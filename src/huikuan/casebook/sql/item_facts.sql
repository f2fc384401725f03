-- One row of facts per item of the cases in scope, as of %(on)s, known by %(known_at)s. ItemSummary is this query stored.
SELECT i.id AS item_id, i.case_id, i.account_id, i.due_on,
    (i.due_on + interval '1 month')::date AS due_1m_on, (i.due_on + interval '2 months')::date AS due_2m_on,
    (i.due_on + interval '3 months')::date AS due_3m_on, i.confirmed_on,
    coalesce(g.amount_minor, 0)::bigint AS amount_minor,
    (coalesce(g.amount_minor, 0) - coalesce(x.amount_minor, 0))::bigint AS open_minor,
    h.disputed_on IS NOT NULL AS disputed, h.disputed_on, coalesce(h.held, false) AS held,
    greatest(i.valid_on, g.last_on, x.last_on, h.last_on) AS last_event_on
FROM casebook_item i
LEFT JOIN (
    SELECT g.item_id, sum(g.amount_minor) AS amount_minor, max(g.valid_on) AS last_on
    FROM casebook_charge g JOIN casebook_item j ON j.id = g.item_id
    WHERE j.case_id IN (SELECT id FROM scope) AND g.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR g.recorded_at <= %(known_at)s)
    GROUP BY g.item_id
) g ON g.item_id = i.id
LEFT JOIN (
    SELECT x.item_id, sum(x.amount_minor) FILTER (WHERE r.id IS NULL) AS amount_minor, max(greatest(x.valid_on, r.valid_on)) AS last_on
    FROM casebook_allocation x JOIN casebook_item j ON j.id = x.item_id
    LEFT JOIN casebook_reversal r ON r.payment_id = x.payment_id AND r.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR r.recorded_at <= %(known_at)s)
    WHERE j.case_id IN (SELECT id FROM scope) AND x.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR x.recorded_at <= %(known_at)s)
    GROUP BY x.item_id
) x ON x.item_id = i.id
LEFT JOIN (
    SELECT j.id AS item_id,
        min(h.valid_on) FILTER (WHERE h.kind = 'dispute' AND (h.ended_on IS NULL OR h.ended_on > %(on)s)) AS disputed_on,
        bool_or(true) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s) AS held,
        max(greatest(h.valid_on, h.ended_on)) AS last_on
    FROM casebook_item j
    JOIN (
        SELECT h.case_id, h.scope, h.item_id, h.account_id, h.kind, h.valid_on,
            CASE WHEN %(known_at)s::timestamptz IS NULL OR h.ended_at <= %(known_at)s THEN h.ended_on END AS ended_on
        FROM casebook_hold h
        WHERE h.scope IN ('item', 'account') AND h.case_id IN (SELECT id FROM scope) AND h.valid_on <= %(on)s
            AND (%(known_at)s::timestamptz IS NULL OR h.recorded_at <= %(known_at)s)
    ) h ON h.case_id = j.case_id AND (h.item_id = j.id OR h.scope = 'account' AND h.account_id = j.account_id)
    GROUP BY j.id
) h ON h.item_id = i.id
WHERE i.case_id IN (SELECT id FROM scope) AND i.valid_on <= %(on)s
    AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s)
