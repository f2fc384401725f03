-- What statements say of an item. It stands in the first statement of its case that states its month
-- (the month of the day from which it exists) or a later one; what is said of the item itself, by a
-- line or by a confirmation without a statement, says more than the confirmation of the whole, and the
-- newest counts.
item_month AS (
    SELECT DISTINCT ON (i.id) i.id AS item_id, m.id AS statement_id
    FROM item_scope i
    JOIN casebook_statement m ON m.case_id = i.case_id AND {known:m}
        AND m.month >= date_trunc('month', i.valid_on::timestamp)::date
    ORDER BY i.id, m.month
),
month_confirmed AS (
    SELECT e.statement_id, min(e.valid_on) AS confirmed_on
    FROM casebook_statementevent e
    WHERE e.kind = 'confirmed' AND {known:e} AND {stands:e}
        AND e.statement_id IN (SELECT statement_id FROM item_month)
    GROUP BY e.statement_id
),
item_said AS (
    SELECT l.item_id, l.differs, l.valid_on, l.recorded_at, l.id
    FROM casebook_statementline l
    WHERE l.item_id IN (SELECT id FROM item_scope) AND {known:l} AND {said:l}
    UNION ALL
    SELECT f.item_id, false, f.valid_on, f.recorded_at, f.id
    FROM casebook_itemconfirmation f
    WHERE f.item_id IN (SELECT id FROM item_scope) AND {known:f}
),
item_line AS (
    SELECT DISTINCT ON (s.item_id) s.item_id, s.differs, s.valid_on
    FROM item_said s
    ORDER BY s.item_id, s.valid_on DESC, s.recorded_at DESC, s.id DESC
),
item_confirmed AS (
    SELECT coalesce(w.item_id, l.item_id) AS item_id, c.confirmed_on AS whole_on,
        l.item_id IS NOT NULL AS has_line, l.differs, l.valid_on AS line_on,
        greatest(c.confirmed_on, l.valid_on) AS last_on
    FROM item_month w
    JOIN month_confirmed c ON c.statement_id = w.statement_id
    FULL JOIN item_line l ON l.item_id = w.item_id
)
