-- Promises: a plan is one promise and its instalments. The newest plan counts; older ones only as broken or not.
instalment AS MATERIALIZED (
    SELECT p.id, p.case_id, p.plan, p.due_on, p.valid_on AS made_on, p.due_on + p.grace_days AS last_day, p.amount_minor,
        p.tolerance_minor, min(p.valid_on) OVER w AS plan_made_on, max(p.id) OVER w AS plan_rank,
        sum(p.amount_minor) OVER (PARTITION BY p.case_id, p.plan ORDER BY p.due_on, p.id) AS so_far_minor,
        sum(p.amount_minor) OVER w AS whole_minor,
        row_number() OVER (PARTITION BY p.case_id, p.plan ORDER BY p.due_on, p.id) AS nth,
        count(*) OVER w AS instalments
    FROM casebook_promise p
    WHERE p.case_id IN (SELECT id FROM case_scope) AND {known:p}
    WINDOW w AS (PARTITION BY p.case_id, p.plan)
),
settled AS (
    SELECT i.*, coalesce(s.paid_minor, 0) AS paid_minor,
        coalesce(s.paid_minor, 0) >= i.so_far_minor - i.tolerance_minor AS is_settled,
        dense_rank() OVER (PARTITION BY i.case_id ORDER BY i.plan_made_on DESC, i.plan_rank DESC) AS plan_age
    FROM instalment i
    LEFT JOIN (
        SELECT j.id, sum(p.amount_minor) AS paid_minor
        FROM instalment j JOIN payment p ON p.case_id = j.case_id
        WHERE p.reversed_on IS NULL AND p.valid_on BETWEEN j.plan_made_on AND j.last_day
        GROUP BY j.id
    ) s ON s.id = i.id
),
promise AS (
    SELECT DISTINCT ON (case_id) case_id, made_on, due_on, last_day, amount_minor,
        greatest(paid_minor - (so_far_minor - amount_minor), 0) AS paid_minor, amount_minor - tolerance_minor AS needed_minor,
        greatest(whole_minor - max(paid_minor) OVER (PARTITION BY case_id), 0) AS rest_minor
    FROM settled WHERE plan_age = 1
    ORDER BY case_id, is_settled, CASE WHEN is_settled THEN -nth ELSE nth END
),
older AS (
    SELECT o.case_id, count(DISTINCT o.plan) AS broken
    FROM settled o
    JOIN (SELECT DISTINCT case_id, plan_age, plan_made_on FROM settled) n
        ON n.case_id = o.case_id AND n.plan_age = o.plan_age - 1
    WHERE o.plan_age > 1 AND NOT o.is_settled AND o.last_day < n.plan_made_on
    GROUP BY o.case_id
),
promises AS (
    SELECT d.case_id, m.made_on AS promise_made_on, m.due_on AS promise_due_on, m.last_day AS promise_last_day,
        m.amount_minor AS promise_minor, m.paid_minor AS promise_paid_minor, m.needed_minor AS promise_needed_minor,
        m.rest_minor AS promise_rest_minor,
        b.broken AS broken_before, d.last_on
    FROM (SELECT case_id, max(made_on) AS last_on FROM instalment GROUP BY case_id) d
    LEFT JOIN promise m ON m.case_id = d.case_id
    LEFT JOIN older b ON b.case_id = d.case_id
)
