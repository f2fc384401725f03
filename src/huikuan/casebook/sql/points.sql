-- The contact points of each debtor, and which of them can be used.
point_status AS (
    -- a refusal counts for good; dead_from: first day of the run of statuses since it was last valid
    SELECT s.point_id, (array_agg(s.status ORDER BY (s.status = 'refused') DESC, s.valid_on DESC, s.id DESC))[1] AS status,
        min(s.valid_on) FILTER (WHERE s.valid_since = 0 AND s.status <> 'refused') AS dead_from, max(s.valid_on) AS last_on
    FROM (
        SELECT s.id, s.point_id, s.status, s.valid_on, count(*) FILTER (WHERE s.status = 'valid') OVER w AS valid_since
        FROM casebook_pointstatus s
        WHERE s.point_id IN (SELECT p.id FROM casebook_contactpoint p WHERE p.person_id IN (SELECT person_id FROM case_scope))
            AND {known:s}
        WINDOW w AS (PARTITION BY s.point_id ORDER BY s.valid_on DESC, s.id DESC)
    ) s GROUP BY s.point_id
),
points AS (
    SELECT c.id AS case_id,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor'), false) AS has_point,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor' AND p.kind IN ('mobile', 'phone')), false) AS has_phone,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'address'), false) AS has_address,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'email'), false) AS has_email,
        max(p.dead_from) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'email') AS email_dead_on,
        max(coalesce(p.dead_from, p.last_on)) FILTER (WHERE p.whose = 'debtor' AND p.kind IN ('mobile', 'phone') AND NOT p.usable)
            AS phone_dead_on,
        coalesce(bool_or(p.usable) FILTER (WHERE p.whose <> 'debtor' AND p.kind IN ('mobile', 'phone')), false) AS has_third_party,
        coalesce(bool_and(p.status IN ('invalid', 'suspended', 'stranger')) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'mobile'), false)
            AS mobiles_dead,
        max(p.dead_from) FILTER (WHERE p.whose = 'debtor' AND p.kind = 'mobile') AS mobiles_dead_on,
        max(greatest(p.valid_on, p.last_on)) AS last_on
    FROM case_scope c JOIN (
        SELECT p.person_id, p.kind, p.whose, p.valid_on, s.last_on, s.dead_from, coalesce(s.status, 'valid') AS status,
            coalesce(s.status, 'valid') = 'valid' AS usable
        FROM casebook_contactpoint p LEFT JOIN point_status s ON s.point_id = p.id
        WHERE p.person_id IN (SELECT person_id FROM case_scope) AND {known:p}
    ) p ON p.person_id = c.person_id
    GROUP BY c.id
)
