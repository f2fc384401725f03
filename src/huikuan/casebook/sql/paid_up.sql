-- How late the items of each case were paid up: of each item of which nothing is open the day of the
-- last payment, held against its due day. The item that fell due last stands first.
item_paid AS (
    SELECT a.item_id, a.payment_id, sum(a.amount_minor) AS paid_minor
    FROM casebook_allocation a
    JOIN casebook_item i ON i.id = a.item_id
    LEFT JOIN casebook_reversal x ON x.payment_id = a.payment_id AND {known:x}
    WHERE i.case_id IN (SELECT id FROM case_scope) AND {known:a} AND x.id IS NULL
    GROUP BY a.item_id, a.payment_id
),
item_paid_up AS (
    SELECT d.item_id, sum(d.paid_minor) AS paid_minor,
        max(p.valid_on) FILTER (WHERE d.paid_minor > 0) AS paid_on
    FROM item_paid d
    JOIN casebook_payment p ON p.id = d.payment_id
    GROUP BY d.item_id
),
item_charged AS (
    SELECT h.item_id, sum(h.amount_minor) AS charged_minor
    FROM casebook_charge h
    WHERE h.item_id IN (SELECT item_id FROM item_paid_up) AND {known:h}
    GROUP BY h.item_id
),
paid_up_item AS (
    SELECT i.case_id, d.paid_on - i.due_on AS days_late,
        row_number() OVER (PARTITION BY i.case_id ORDER BY i.due_on DESC, i.id DESC) AS place
    FROM item_paid_up d
    JOIN item_charged h ON h.item_id = d.item_id AND h.charged_minor <= d.paid_minor
    JOIN casebook_item i ON i.id = d.item_id
    WHERE d.paid_on IS NOT NULL
)
