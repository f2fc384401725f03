-- One row of facts per case: the raw history of the cases in scope, as of %(on)s, known by %(known_at)s (null: all).
-- The only definition of these facts: CaseSummary is this query stored. Columns in the order of the model.
WITH scope AS MATERIALIZED (
    SELECT c.* FROM casebook_case c
    WHERE {scope} AND c.placed_on <= %(on)s AND (%(known_at)s::timestamptz IS NULL OR c.recorded_at <= %(known_at)s)
),
event AS (
    SELECT e.case_id,
        max(e.valid_on) FILTER (WHERE e.kind = 'reopened') AS reopened_on,
        (array_agg(e.until_on ORDER BY e.valid_on DESC, e.id DESC) FILTER (WHERE e.kind IN ('retained', 'reopened')))[1] AS retained_until,
        min(e.valid_on) FILTER (WHERE e.kind = 'told') AS told_on,
        max(e.valid_on) FILTER (WHERE e.kind = 'visit_asked') AS visit_asked_on,
        max(e.valid_on) FILTER (WHERE e.kind = 'lock_agreed') AS lock_agreed_on,
        max(e.valid_on) FILTER (WHERE e.kind = 'legal_agreed') AS legal_agreed_on,
        (array_agg(e.kind ORDER BY e.valid_on DESC, e.id DESC)
            FILTER (WHERE e.kind IN ('returned', 'recalled', 'closed', 'reopened')))[1] AS state,
        max(e.valid_on) AS last_on
    FROM casebook_caseevent e
    WHERE e.case_id IN (SELECT id FROM scope) AND e.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR e.recorded_at <= %(known_at)s)
    GROUP BY e.case_id
),
item AS (
    SELECT i.case_id,
        min(i.due_on) FILTER (WHERE i.open_minor > 0) AS oldest_due_on,
        sum(i.open_minor) AS balance_minor,
        count(*) FILTER (WHERE i.open_minor > 0) AS open_items,
        count(*) FILTER (WHERE i.disputed) AS disputed_items,
        max(i.last_event_on) AS last_on
    FROM ({item_facts}) i GROUP BY i.case_id
),
payment AS MATERIALIZED (
    SELECT p.case_id, p.valid_on, p.amount_minor, r.valid_on AS reversed_on
    FROM casebook_payment p
    LEFT JOIN casebook_reversal r ON r.payment_id = p.id AND r.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR r.recorded_at <= %(known_at)s)
    WHERE p.case_id IN (SELECT id FROM scope) AND p.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR p.recorded_at <= %(known_at)s)
),
paid AS (
    SELECT case_id, max(valid_on) FILTER (WHERE reversed_on IS NULL) AS paid_on,
        max(greatest(valid_on, reversed_on)) AS last_on
    FROM payment GROUP BY case_id
),
point_status AS (
    -- a refusal counts for good; dead_from: first day of the run of statuses since it was last valid
    SELECT s.point_id, (array_agg(s.status ORDER BY (s.status = 'refused') DESC, s.valid_on DESC, s.id DESC))[1] AS status,
        min(s.valid_on) FILTER (WHERE s.valid_since = 0 AND s.status <> 'refused') AS dead_from, max(s.valid_on) AS last_on
    FROM (
        SELECT s.id, s.point_id, s.status, s.valid_on, count(*) FILTER (WHERE s.status = 'valid') OVER w AS valid_since
        FROM casebook_pointstatus s
        WHERE s.point_id IN (SELECT p.id FROM casebook_contactpoint p WHERE p.person_id IN (SELECT person_id FROM scope))
            AND s.valid_on <= %(on)s AND (%(known_at)s::timestamptz IS NULL OR s.recorded_at <= %(known_at)s)
        WINDOW w AS (PARTITION BY s.point_id ORDER BY s.valid_on DESC, s.id DESC)
    ) s GROUP BY s.point_id
),
point AS (
    SELECT c.id AS case_id,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor'), false) AS has_point,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor' AND p.kind IN ('mobile', 'phone')), false) AS has_phone,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'address'), false) AS has_address,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose <> 'debtor' AND p.kind IN ('mobile', 'phone')), false) AS has_third_party,
        coalesce(bool_and(p.status IN ('invalid', 'suspended', 'stranger')) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'mobile'), false)
            AS mobiles_dead,
        max(p.dead_from) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'mobile') AS mobiles_dead_on,
        max(greatest(p.valid_on, p.last_on)) AS last_on
    FROM scope c JOIN (
        SELECT p.person_id, p.kind, p.whose, p.valid_on, s.last_on, s.dead_from, coalesce(s.status, 'valid') AS status,
            coalesce(s.status, 'valid') = 'valid' AS usable
        FROM casebook_contactpoint p LEFT JOIN point_status s ON s.point_id = p.id
        WHERE p.person_id IN (SELECT person_id FROM scope) AND p.valid_on <= %(on)s
            AND (%(known_at)s::timestamptz IS NULL OR p.recorded_at <= %(known_at)s)
    ) p ON p.person_id = c.person_id
    GROUP BY c.id
),
contact AS MATERIALIZED (
    SELECT r.id, r.case_id, r.point_id, r.valid_on, r.at, r.channel, r.inbound, r.connected, r.outcome, r.willingness,
        r.next_contact_on, r.connected AND r.answered = 'debtor' AND r.channel IN ('call', 'visit') AS reached,
        r.connected AND r.answered = 'debtor' AND (r.channel IN ('call', 'visit') OR r.inbound) AS heard,
        r.channel = 'call' AND NOT r.inbound AND p.whose = 'debtor' AND p.kind = 'mobile' AS to_mobile,
        coalesce(e.reopened_on, c.placed_on) <= r.valid_on AS this_hand
    FROM scope c
    JOIN casebook_contactrecord r ON r.case_id = c.id AND r.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR r.recorded_at <= %(known_at)s)
    LEFT JOIN casebook_contactpoint p ON p.id = r.point_id
    LEFT JOIN event e ON e.case_id = c.id
),
talk AS (
    SELECT case_id,
        min(valid_on) FILTER (WHERE NOT inbound AND channel IN ('call', 'visit') AND this_hand) AS first_attempt_on,
        max(valid_on) FILTER (WHERE NOT inbound AND channel IN ('call', 'visit') AND this_hand) AS last_attempt_on,
        min(valid_on) FILTER (WHERE reached AND this_hand) AS first_reached_on,
        max(valid_on) FILTER (WHERE reached AND this_hand) AS reached_on,
        max(valid_on) FILTER (WHERE heard) AS heard_on,
        max(at) FILTER (WHERE heard OR connected AND to_mobile) AS row_from,
        max(valid_on) FILTER (WHERE channel = 'letter') AS letter_on,
        max(valid_on) FILTER (WHERE channel = 'visit') AS visit_on,
        (array_agg(next_contact_on ORDER BY at DESC, id DESC) FILTER (WHERE reached OR next_contact_on IS NOT NULL))[1]
            AS next_contact_on,
        (array_agg(nullif(outcome, '') ORDER BY at DESC, id DESC))[1] AS last_outcome,
        (array_agg(nullif(willingness, '') ORDER BY at DESC, id DESC) FILTER (WHERE reached))[1] AS willingness,
        max(valid_on) AS last_on
    FROM contact GROUP BY case_id
),
-- CBA ch. 3: three failed calls in a row to the reserved mobile open the next day; failures on three days running open the third.
failed AS (
    SELECT c.case_id, c.valid_on, row_number() OVER (PARTITION BY c.case_id ORDER BY c.at, c.id) AS nth
    FROM contact c JOIN talk t ON t.case_id = c.case_id
    WHERE c.to_mobile AND NOT c.connected AND (t.row_from IS NULL OR c.at > t.row_from)
),
failed_days AS (
    SELECT case_id, valid_on, valid_on - (row_number() OVER (PARTITION BY case_id ORDER BY valid_on))::int AS run_of_days
    FROM (SELECT DISTINCT case_id, valid_on FROM failed) d
),
three AS (
    SELECT case_id, min(opens_on) AS opens_on FROM (
        SELECT case_id, valid_on + 1 AS opens_on FROM failed WHERE nth = 3
        UNION ALL
        SELECT case_id, min(valid_on) + 2 FROM failed_days GROUP BY case_id, run_of_days HAVING count(*) >= 3
    ) o GROUP BY case_id
),
-- Promises: a plan is one promise and its instalments. The newest plan counts; older ones only as broken or not.
instalment AS MATERIALIZED (
    SELECT p.id, p.case_id, p.plan, p.due_on, p.valid_on AS made_on, p.due_on + p.grace_days AS last_day, p.amount_minor,
        p.tolerance_minor, min(p.valid_on) OVER w AS plan_made_on, max(p.id) OVER w AS plan_rank,
        sum(p.amount_minor) OVER (PARTITION BY p.case_id, p.plan ORDER BY p.due_on, p.id) AS so_far_minor,
        row_number() OVER (PARTITION BY p.case_id, p.plan ORDER BY p.due_on, p.id) AS nth,
        count(*) OVER w AS instalments
    FROM casebook_promise p
    WHERE p.case_id IN (SELECT id FROM scope) AND p.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR p.recorded_at <= %(known_at)s)
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
        greatest(paid_minor - (so_far_minor - amount_minor), 0) AS paid_minor, amount_minor - tolerance_minor AS needed_minor
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
promised AS (SELECT case_id, max(made_on) AS last_on FROM instalment GROUP BY case_id),
hold AS (
    SELECT c.id AS case_id,
        min(h.valid_on) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s) AS held_from,
        max(coalesce(h.ended_on, DATE '9999-12-31')) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s) AS held_until,
        (array_agg(h.kind ORDER BY h.valid_on, h.id) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s))[1] AS hold_kind,
        max(greatest(h.valid_on, h.ended_on)) AS last_on
    FROM scope c
    JOIN casebook_case o ON o.person_id = c.person_id
    JOIN (
        SELECT h.id, h.case_id, h.scope, h.kind, h.valid_on,
            CASE WHEN %(known_at)s::timestamptz IS NULL OR h.ended_at <= %(known_at)s THEN h.ended_on END AS ended_on
        FROM casebook_hold h
        WHERE h.scope IN ('case', 'person') AND h.valid_on <= %(on)s
            AND (%(known_at)s::timestamptz IS NULL OR h.recorded_at <= %(known_at)s)
    ) h ON h.case_id = o.id AND (h.case_id = c.id OR h.scope = 'person')
    GROUP BY c.id
),
assignment AS (
    SELECT DISTINCT ON (a.case_id) a.case_id, a.user_id, a.team_id, a.valid_on AS last_on
    FROM casebook_assignment a
    WHERE a.case_id IN (SELECT id FROM scope) AND a.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR a.recorded_at <= %(known_at)s)
    ORDER BY a.case_id, a.valid_on DESC, a.id DESC
),
statement_event AS (
    SELECT s.case_id, s.month, s.kind, s.valid_on, max(s.month) OVER (PARTITION BY s.case_id) AS newest
    FROM casebook_statementevent s
    WHERE s.case_id IN (SELECT id FROM scope) AND s.valid_on <= %(on)s
        AND (%(known_at)s::timestamptz IS NULL OR s.recorded_at <= %(known_at)s)
),
statement AS (
    SELECT case_id, max(newest) AS month,
        min(valid_on) FILTER (WHERE kind = 'submitted' AND month = newest) AS submitted_on,
        min(valid_on) FILTER (WHERE kind = 'sent' AND month = newest) AS sent_on,
        max(valid_on) FILTER (WHERE kind = 'progress' AND month = newest) AS progress_on,
        min(valid_on) FILTER (WHERE kind = 'confirmed' AND month = newest) AS confirmed_on,
        min(valid_on) FILTER (WHERE kind = 'invoice_data' AND month = newest) AS invoice_data_on,
        min(valid_on) FILTER (WHERE kind = 'invoice_sent' AND month = newest) AS invoice_sent_on,
        min(valid_on) FILTER (WHERE kind = 'receipts' AND month = newest) AS receipts_on,
        max(valid_on) AS last_on
    FROM statement_event GROUP BY case_id
)
SELECT c.id AS case_id, c.organisation_id, c.creditor_id, c.person_id, p.key_id AS person_key_id,
    a.user_id AS assignee_id, a.team_id, c.product, k.kind AS creditor_kind, o.kind AS collector_kind, p.kind AS debtor_kind,
    coalesce(e.state, 'reopened') = 'reopened' AS is_open,
    coalesce(e.reopened_on, c.placed_on) AS placed_on, coalesce(e.retained_until, c.return_on) AS return_on, c.hand,
    least(c.told_on, e.told_on) AS told_on,
    CASE WHEN p.region <> '' AND k.region <> '' THEN left(p.region, 4) = left(k.region, 4) END AS register_local,
    (p.born_on + interval '18 years')::date AS minor_until,
    c.settles_by_receipts, c.statement_cycle,
    i.oldest_due_on, coalesce(i.balance_minor, 0)::bigint AS balance_minor, coalesce(i.open_items, 0)::int AS open_items,
    y.paid_on,
    coalesce(q.has_point, false) AS has_point, coalesce(q.has_phone, false) AS has_phone,
    coalesce(q.has_address, false) AS has_address, coalesce(q.has_third_party, false) AS has_third_party,
    t.first_attempt_on, t.last_attempt_on, t.first_reached_on, t.reached_on,
    least(CASE WHEN q.mobiles_dead AND (t.heard_on IS NULL OR t.heard_on < q.mobiles_dead_on) THEN q.mobiles_dead_on END,
        f.opens_on) AS lost_from_on,
    t.next_contact_on, t.last_outcome, t.willingness, t.letter_on, t.visit_on, e.visit_asked_on,
    e.lock_agreed_on, e.legal_agreed_on,
    m.made_on AS promise_made_on, m.due_on AS promise_due_on, m.last_day AS promise_last_day, m.amount_minor AS promise_minor,
    m.paid_minor::bigint AS promise_paid_minor, m.needed_minor AS promise_needed_minor,
    coalesce(b.broken, 0)::smallint AS broken_before,
    h.held_from, h.held_until, h.hold_kind, coalesce(i.disputed_items, 0)::int AS disputed_items,
    s.month AS statement_month, s.submitted_on AS statement_submitted_on, s.sent_on AS statement_sent_on,
    s.progress_on AS statement_progress_on, s.confirmed_on AS statement_confirmed_on, s.invoice_data_on, s.invoice_sent_on,
    s.receipts_on,
    greatest(c.placed_on, e.last_on, i.last_on, y.last_on, q.last_on, t.last_on, d.last_on, h.last_on, a.last_on, s.last_on)
        AS last_event_on
FROM scope c
JOIN casebook_person p ON p.id = c.person_id
JOIN people_creditor k ON k.id = c.creditor_id
JOIN people_organisation o ON o.id = c.organisation_id
LEFT JOIN event e ON e.case_id = c.id
LEFT JOIN item i ON i.case_id = c.id
LEFT JOIN paid y ON y.case_id = c.id
LEFT JOIN point q ON q.case_id = c.id
LEFT JOIN talk t ON t.case_id = c.id
LEFT JOIN three f ON f.case_id = c.id
LEFT JOIN promise m ON m.case_id = c.id
LEFT JOIN older b ON b.case_id = c.id
LEFT JOIN promised d ON d.case_id = c.id
LEFT JOIN hold h ON h.case_id = c.id
LEFT JOIN assignment a ON a.case_id = c.id
LEFT JOIN statement s ON s.case_id = c.id
