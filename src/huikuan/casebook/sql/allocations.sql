-- What was paid on each item, in all and by group of charges: allocations of payments that were not
-- reversed.
allocations AS (
    SELECT a.item_id, sum(a.amount_minor) FILTER (WHERE x.id IS NULL) AS paid_minor,
        sum(a.amount_minor) FILTER (WHERE x.id IS NULL AND g.kind = 'principal')
            AS principal_paid,
        sum(a.amount_minor) FILTER (WHERE x.id IS NULL AND g.kind IN ('interest', 'penalty'))
            AS interest_paid,
        sum(a.amount_minor) FILTER (WHERE x.id IS NULL AND g.kind IN ('fee', 'cost'))
            AS fees_paid,
        max(greatest(a.valid_on, x.valid_on)) AS last_on
    FROM casebook_allocation a
    JOIN casebook_charge g ON g.id = a.charge_id
    LEFT JOIN casebook_reversal x ON x.payment_id = a.payment_id AND {known:x}
    WHERE a.item_id IN (SELECT id FROM item_scope) AND {known:a}
    GROUP BY a.item_id
)
