-- What a statement says of its month: what was charged and paid within it, and what was owed when it
-- ended. A credit note is a negative charge; a payment that was taken back is owed again.
month_money AS (
    SELECT r.statement_id,
        sum(r.amount_minor) FILTER (WHERE r.kind = 'charge' AND r.valid_on >= r.month) AS charged_minor,
        sum(r.amount_minor) FILTER (WHERE r.kind = 'payment' AND r.valid_on >= r.month) AS paid_minor,
        sum(CASE WHEN r.kind = 'charge' THEN r.amount_minor ELSE -r.amount_minor END) AS owed_minor,
        max(r.valid_on) AS last_on
    FROM (
        SELECT m.id AS statement_id, m.month, 'charge' AS kind, h.valid_on, h.amount_minor
        FROM statement_scope m
        JOIN casebook_charge h ON h.case_id = m.case_id AND h.currency = m.currency
            AND h.valid_on < m.month + interval '1 month' AND {known:h}
        UNION ALL
        SELECT m.id, m.month, 'payment', p.valid_on, p.amount_minor
        FROM statement_scope m
        JOIN casebook_payment p ON p.case_id = m.case_id AND p.currency = m.currency
            AND p.valid_on < m.month + interval '1 month' AND {known:p}
        UNION ALL
        SELECT m.id, m.month, 'payment', x.valid_on, -p.amount_minor
        FROM statement_scope m
        JOIN casebook_payment p ON p.case_id = m.case_id AND p.currency = m.currency AND {known:p}
        JOIN casebook_reversal x ON x.payment_id = p.id
            AND x.valid_on < m.month + interval '1 month' AND {known:x}
    ) r
    GROUP BY r.statement_id
)
