-- One row of facts per act of contact that is asked for: acts on one case at one local day.
-- Parameters: case, on, minute, style, staff, item, and five arrays of one length: keys, points, channels, targets, purposes.
-- Counters run over every record of the same human (person key) in every organisation; nothing else crosses a wall.
WITH who AS (
    SELECT c.id AS case_id, c.person_id, p.key_id
    FROM public.casebook_case c JOIN public.casebook_person p ON p.id = c.person_id
    WHERE c.id = %(case)s
),
human AS MATERIALIZED (
    SELECT person_id AS id FROM who
    UNION
    SELECT p.id FROM who JOIN public.casebook_person p ON p.key_id = who.key_id
),
act AS MATERIALIZED (
    SELECT a.*, p.kind, p.value_index, nullif(p.holder, '') AS holder, p.source
    -- arrays behind a SELECT: the planner must not see their length, or it would never keep one plan for all
    FROM unnest((SELECT %(keys)s::bigint[]), (SELECT %(points)s::bigint[]), (SELECT %(channels)s::text[]),
        (SELECT %(targets)s::text[]), (SELECT %(purposes)s::text[])) a(act_key, point_id, channel, target, purpose)
    LEFT JOIN public.casebook_contactpoint p ON p.id = a.point_id
),
contact AS (
    SELECT r.channel, r.inbound, r.connected, r.answered, r.style, r.seconds, r.exchange, r.point_id
    FROM who JOIN public.casebook_contactrecord r ON r.person_key_id = who.key_id AND r.valid_on = %(on)s
    UNION ALL
    -- records without the key, such as those made before the ID number was known
    SELECT r.channel, r.inbound, r.connected, r.answered, r.style, r.seconds, r.exchange, r.point_id
    FROM who JOIN public.casebook_case c ON c.person_id = who.person_id
    JOIN public.casebook_contactrecord r ON r.case_id = c.id AND r.valid_on = %(on)s
        AND (who.key_id IS NULL OR r.person_key_id IS DISTINCT FROM who.key_id)
    UNION ALL
    -- what was taken back was made all the same; a record that took its place under the same decision
    -- and says as much is the same contact and counts once, and so do several that were taken back
    SELECT * FROM (
        SELECT DISTINCT ON (u.decision_id, u.connected)
            u.channel, u.inbound, u.connected, u.answered, u.style, u.seconds, u.exchange, u.point_id
        FROM human h JOIN public.casebook_case c ON c.person_id = h.id
        JOIN public.casebook_undonecontact u ON u.case_id = c.id AND u.valid_on = %(on)s
        WHERE NOT EXISTS (
            SELECT FROM public.casebook_contactrecord r
            WHERE r.case_id = u.case_id AND r.valid_on = %(on)s AND r.decision_id = u.decision_id
                AND (r.connected OR NOT u.connected))
        ORDER BY u.decision_id, u.connected, u.seconds DESC NULLS FIRST, u.id
    ) undone
),
today AS MATERIALIZED (
    -- what a collector started today; a call to nobody's number in particular counts as one to the debtor
    SELECT r.channel, r.connected, r.answered, r.style, r.seconds, r.exchange, p.kind, p.value_index, nullif(p.holder, '') AS holder,
        CASE WHEN p.whose IN ('guarantor', 'co_debtor') THEN p.whose WHEN p.whose = 'debtor' OR p.id IS NULL THEN 'debtor'
            ELSE 'third_party' END AS target
    FROM contact r LEFT JOIN public.casebook_contactpoint p ON p.id = r.point_id
    WHERE NOT r.inbound
),
number AS MATERIALIZED (
    -- the same number or address in any record of the same human
    SELECT a.act_key, p.id, p.id = a.point_id AS own
    FROM act a JOIN human h ON a.value_index IS NOT NULL
    JOIN public.casebook_contactpoint p ON p.person_id = h.id AND p.kind = a.kind AND p.value_index = a.value_index
),
status AS (
    SELECT n.act_key,
        (array_agg(s.status ORDER BY s.valid_on DESC, s.id DESC) FILTER (WHERE n.own))[1] AS status,
        coalesce(bool_or(s.status = 'refused'), false) AS refused
    FROM number n JOIN public.casebook_pointstatus s ON s.point_id = n.id AND s.valid_on <= %(on)s
    GROUP BY n.act_key
),
refusal AS (
    SELECT DISTINCT n.act_key FROM number n JOIN public.casebook_refusal r ON r.point_id = n.id AND r.valid_on <= %(on)s
),
agreed AS (
    SELECT g.from_minute, g.to_minute FROM public.casebook_agreement g
    WHERE g.case_id = %(case)s AND g.valid_on <= %(on)s AND (g.until_on IS NULL OR g.until_on >= %(on)s)
    ORDER BY g.valid_on DESC, g.id DESC LIMIT 1
)
SELECT a.act_key, a.channel, a.target, a.purpose, %(style)s::text AS style, %(staff)s::bigint AS staff,
    CASE WHEN %(item)s::bigint IS NULL
        THEN coalesce((SELECT bool_and(i.held) FROM casebook_itemsummary i WHERE i.case_id = %(case)s AND i.open_minor > 0), false)
        ELSE (SELECT i.held FROM casebook_itemsummary i WHERE i.item_id = %(item)s AND i.case_id = %(case)s) END AS subject_held,
    %(minute)s::bigint AS minute, g.from_minute::bigint AS agreed_from, g.to_minute::bigint AS agreed_to,
    k.informing_today, k.effective_today, k.visits_today, k.tries_today, k.talks_today,
    w.key_id IS NOT NULL AS person_joined, a.point_id IS NOT NULL AS point_given,
    -- a point of which nothing was ever said is taken to be good, as in the facts of the case
    CASE WHEN a.value_index IS NOT NULL THEN coalesce(s.status, 'valid') END AS point_status,
    CASE WHEN a.value_index IS NOT NULL THEN coalesce(s.refused, false) OR f.act_key IS NOT NULL END AS point_refused,
    a.source AS point_source
FROM act a
CROSS JOIN who w
LEFT JOIN status s ON s.act_key = a.act_key
LEFT JOIN refusal f ON f.act_key = a.act_key
LEFT JOIN agreed g ON true
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE t.target = a.target AND t.channel = 'call' AND t.connected AND t.style <> 'interactive')
            AS informing_today,
        -- a shorter call is never effective (packs/law.yaml); unknown length or exchange is (cautious reading), a stranger's answer is not
        count(*) FILTER (WHERE t.target = a.target AND t.channel = 'call' AND t.connected AND t.style <> 'informing'
            AND t.answered <> 'stranger' AND coalesce(t.seconds >= {law:effective_seconds:%(on)s::date}, true) AND coalesce(t.exchange, true)) AS effective_today,
        count(*) FILTER (WHERE t.target = a.target AND t.channel = 'visit' AND t.connected AND t.answered <> 'stranger'
            AND coalesce(t.exchange, true)) AS visits_today,
        CASE WHEN a.value_index IS NOT NULL THEN count(*) FILTER (WHERE t.channel = 'call' AND NOT t.connected
            AND t.kind = a.kind AND t.value_index = a.value_index) END AS tries_today,
        CASE WHEN a.value_index IS NOT NULL THEN count(*) FILTER (WHERE t.channel = 'call' AND t.connected
            AND (t.kind = a.kind AND t.value_index = a.value_index OR t.holder = a.holder)) END AS talks_today
    FROM today t
) k
