-- Payments of the cases, each with the day from which it counts no more.
payment AS MATERIALIZED (
    SELECT p.case_id, p.valid_on, p.amount_minor, x.valid_on AS reversed_on
    FROM casebook_payment p
    LEFT JOIN casebook_reversal x ON x.payment_id = p.id AND {known:x}
    WHERE p.case_id IN (SELECT id FROM case_scope) AND {known:p}
)
