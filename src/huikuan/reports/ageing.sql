-- Who held each case at the end of the day. Of some users only: the cases that they ever held,
-- so that one collector's ageing does not read the whole house.
WITH held AS (
    SELECT DISTINCT ON (a.case_id) a.case_id, a.user_id
    FROM casebook_assignment a
    WHERE a.organisation_id = %(org)s AND a.valid_on <= %(on)s
        AND (%(users)s::bigint[] IS NULL
            OR a.case_id IN (SELECT e.case_id FROM casebook_assignment e WHERE e.user_id = ANY(%(users)s)))
    ORDER BY a.case_id, a.valid_on DESC, a.id DESC
),
-- The items that were in the book on the day, within the user's walls. A wall of users reads from
-- who held the case: nobody's case is behind it.
item AS (
    SELECT i.id, i.due_on, c.creditor_id, c.product, c.currency, h.user_id,
        -- Only where customers are asked for: they are as many as the cases.
        CASE WHEN %(customers)s THEN c.person_id END AS person_id
    FROM casebook_item i
    JOIN casebook_case c ON c.id = i.case_id
    LEFT JOIN held h ON h.case_id = c.id
    WHERE c.organisation_id = %(org)s AND i.valid_on <= %(on)s
        AND (%(creditor)s::bigint IS NULL OR c.creditor_id = %(creditor)s)
        AND (%(chosen)s::bigint IS NULL OR c.creditor_id = %(chosen)s)
        AND (%(users)s::bigint[] IS NULL OR h.user_id = ANY(%(users)s))
),
-- What each was made of by then: credit notes and waivers are charges below zero.
charged AS (
    SELECT g.item_id, sum(g.amount_minor) AS minor
    FROM casebook_charge g
    WHERE g.item_id IN (SELECT id FROM item) AND g.valid_on <= %(on)s
    GROUP BY g.item_id
),
-- What was set against it by then, of payments that still stood on that day.
paid AS (
    SELECT a.item_id, sum(a.amount_minor) AS minor
    FROM casebook_allocation a
    LEFT JOIN casebook_reversal x ON x.payment_id = a.payment_id AND x.valid_on <= %(on)s
    WHERE a.item_id IN (SELECT id FROM item) AND a.valid_on <= %(on)s AND x.id IS NULL
    GROUP BY a.item_id
)
-- The place of the bucket: 0 is not due, 1 begins at the first of `begins`, and so on.
SELECT i.creditor_id, i.user_id, i.product, i.person_id, i.currency,
    width_bucket(%(on)s::date - i.due_on, %(begins)s::int[]) AS place,
    count(*) AS items,
    sum(coalesce(g.minor, 0) - coalesce(p.minor, 0)) AS minor
FROM item i
LEFT JOIN charged g ON g.item_id = i.id
LEFT JOIN paid p ON p.item_id = i.id
WHERE coalesce(g.minor, 0) <> coalesce(p.minor, 0)
GROUP BY 1, 2, 3, 4, 5, 6
