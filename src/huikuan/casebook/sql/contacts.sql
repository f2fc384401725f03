-- Contacts of the cases, each with whether it reached the debtor and whether it belongs to this placement.
contact AS MATERIALIZED (
    SELECT r.id, r.case_id, r.point_id, r.valid_on, r.at, r.channel, r.inbound, r.connected, r.outcome, r.willingness,
        r.next_contact_on, r.unapproved, r.connected AND r.answered = 'debtor' AND r.channel IN ('call', 'visit') AS reached,
        r.connected AND r.answered = 'debtor' AND (r.channel IN ('call', 'visit') OR r.inbound) AS heard,
        r.channel = 'call' AND NOT r.inbound AND p.whose = 'debtor' AND p.kind = 'mobile' AS to_mobile,
        coalesce(e.reopened_on, c.placed_on) <= r.valid_on AS this_hand,
        -- nobody got it, as far as it was known; few were ever lost, and only of these the rows are asked
        r.not_arrived_at IS NOT NULL AND EXISTS (
            SELECT FROM public.casebook_contactnotarrived a
            WHERE a.contact_id = r.id AND CASE WHEN %(known_at)s::timestamptz IS NULL THEN a.again_at IS NULL
                ELSE a.lost_at <= %(known_at)s AND (a.again_at IS NULL OR a.again_at > %(known_at)s) END
        ) AS lost
    FROM case_scope c
    JOIN casebook_contactrecord r ON r.case_id = c.id AND {known:r}
    LEFT JOIN casebook_contactpoint p ON p.id = r.point_id
    LEFT JOIN events e ON e.case_id = c.id
)
