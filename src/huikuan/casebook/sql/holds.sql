-- Holds of the case itself and of its debtor's other cases, where they reach the person.
holds AS (
    SELECT c.id AS case_id,
        min(h.valid_on) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s) AS held_from,
        max(coalesce(h.ended_on, DATE '9999-12-31')) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s) AS held_until,
        (array_agg(h.kind ORDER BY h.valid_on, h.id) FILTER (WHERE h.ended_on IS NULL OR h.ended_on > %(on)s))[1] AS hold_kind,
        max(greatest(h.valid_on, h.ended_on)) AS last_on
    FROM case_scope c
    JOIN casebook_case o ON o.person_id = c.person_id
    JOIN (
        SELECT h.id, h.case_id, h.scope, h.kind, h.valid_on,
            CASE WHEN %(known_at)s::timestamptz IS NULL OR h.ended_at <= %(known_at)s THEN h.ended_on END AS ended_on
        FROM casebook_hold h
        WHERE h.scope IN ('case', 'person') AND {known:h}
    ) h ON h.case_id = o.id AND (h.case_id = c.id OR h.scope = 'person')
    GROUP BY c.id
)
