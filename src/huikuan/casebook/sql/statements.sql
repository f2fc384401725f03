-- The statement months of each case with the days on which they were sent and confirmed. A month is
-- decided when it is confirmed or another one followed it; place 1 is the newest decided one.
statement_days AS (
    SELECT e.statement_id,
        min(e.valid_on) FILTER (WHERE e.kind = 'sent') AS sent_on,
        min(e.valid_on) FILTER (WHERE e.kind = 'confirmed') AS confirmed_on,
        max(e.valid_on) AS last_on
    FROM casebook_statementevent e
    WHERE e.case_id IN (SELECT id FROM case_scope) AND {known:e} AND {stands:e}
    GROUP BY e.statement_id
),
statement_decided AS (
    SELECT m.case_id, m.month, d.sent_on, d.confirmed_on, d.last_on,
        (m.month + interval '1 month')::date AS following,
        d.confirmed_on IS NOT NULL OR m.month < max(m.month) OVER (PARTITION BY m.case_id) AS decided
    FROM casebook_statement m
    LEFT JOIN statement_days d ON d.statement_id = m.id
    WHERE m.case_id IN (SELECT id FROM case_scope) AND {known:m}
),
statement_month AS (
    SELECT s.case_id, s.month, s.sent_on, s.confirmed_on, s.last_on,
        CASE WHEN s.decided THEN coalesce(s.confirmed_on - s.following + 1, 9999) END AS day,
        CASE WHEN s.decided
            THEN row_number() OVER (PARTITION BY s.case_id, s.decided ORDER BY s.month DESC)
        END AS place
    FROM statement_decided s
)
