-- The file of a case at a glance, in one row: what contacts/file.py makes its parts of. Parameters: case, today, items, contacts.
SELECT
    (SELECT json_agg(i) FROM (
        SELECT i.id AS pk, i.number, i.due_on, s.open_minor, s.disputed, s.claimed_on
        FROM casebook_item i JOIN casebook_itemsummary s ON s.item_id = i.id
        WHERE i.case_id = %(case)s AND s.open_minor > 0 ORDER BY i.due_on, i.id LIMIT %(items)s) i) AS items,
    (SELECT json_agg(r) FROM (
        SELECT r.id AS pk, r.at, r.connected, r.answered, r.note, coalesce(nullif(u.display_name, ''), u.username) AS by
        FROM casebook_contactrecord r JOIN casebook_act a ON a.id = r.act_id JOIN people_user u ON u.id = a.actor_id
        WHERE r.case_id = %(case)s ORDER BY r.at DESC, r.id DESC LIMIT %(contacts)s) r) AS contacts,
    (SELECT json_agg(p) FROM (
        SELECT p.plan, p.id AS rank, p.valid_on AS made_on, p.due_on, p.amount_minor, p.grace_days, p.tolerance_minor, p.currency
        FROM casebook_promise p WHERE p.case_id = %(case)s AND p.plan = (
            SELECT plan FROM casebook_promise WHERE case_id = %(case)s ORDER BY valid_on DESC, id DESC LIMIT 1)
        ORDER BY p.due_on) p) AS promises,
    (SELECT json_agg(y) FROM (
        SELECT y.valid_on AS on, y.amount_minor, v.valid_on AS reversed_on
        FROM casebook_payment y LEFT JOIN casebook_reversal v ON v.payment_id = y.id WHERE y.case_id = %(case)s) y) AS payments,
    (SELECT json_agg(h) FROM (
        SELECT h.kind, h.scope, h.valid_on, h.reason, coalesce(i.number, '') AS item
        FROM casebook_hold h LEFT JOIN casebook_item i ON i.id = h.item_id
        WHERE h.case_id = %(case)s AND (h.ended_on IS NULL OR h.ended_on > %(today)s) ORDER BY h.valid_on) h) AS holds,
    -- What the customer's books say otherwise of an unpaid item: what was said of it last, and not taken back.
    (SELECT json_agg(d) FROM (
        SELECT i.number, l.note, l.valid_on
        FROM (
            SELECT DISTINCT ON (s.item_id) s.item_id, s.differs, s.note, s.valid_on
            FROM (
                SELECT n.item_id, n.differs, n.note, n.valid_on, n.recorded_at, n.id
                FROM casebook_statementline n JOIN casebook_statement m ON m.id = n.statement_id
                WHERE m.case_id = %(case)s AND NOT EXISTS (
                    SELECT 1 FROM casebook_statementevent e JOIN casebook_statementvoid v ON v.event_id = e.id
                    WHERE e.statement_id = m.id AND e.act_id = n.act_id)
                UNION ALL
                SELECT f.item_id, false, '', f.valid_on, f.recorded_at, f.id
                FROM casebook_itemconfirmation f JOIN casebook_item c ON c.id = f.item_id WHERE c.case_id = %(case)s
            ) s
            ORDER BY s.item_id, s.valid_on DESC, s.recorded_at DESC, s.id DESC
        ) l
        JOIN casebook_item i ON i.id = l.item_id JOIN casebook_itemsummary u ON u.item_id = i.id
        WHERE l.differs AND u.open_minor > 0 ORDER BY l.valid_on, i.id) d) AS differing,
    (SELECT json_agg(c) FROM (
        SELECT c.text, c.purpose, c.valid_on FROM casebook_casenote c
        WHERE c.case_id = %(case)s AND c.kind = 'customer' ORDER BY c.id DESC LIMIT %(customer_notes)s) c) AS customer,
    (SELECT to_json(g) FROM (
        SELECT g.from_minute, g.to_minute, g.until_on FROM casebook_agreement g
        WHERE g.case_id = %(case)s AND g.valid_on <= %(today)s AND (g.until_on IS NULL OR g.until_on >= %(today)s)
        ORDER BY g.valid_on DESC, g.id DESC LIMIT 1) g) AS hours,
    (SELECT json_agg(t) FROM (
        SELECT t.id AS pk, t.subject_id, t.pack_version_id, s.code, t.due_on, t.deadline_on, t.reason
        FROM casebook_task t JOIN casebook_step s ON s.id = t.step_id WHERE t.case_id = %(case)s AND t.status = 'open') t) AS tasks,
    (SELECT coalesce(sum(g.amount_minor), 0)::bigint FROM casebook_charge g JOIN casebook_item i ON i.id = g.item_id
        WHERE i.case_id = %(case)s AND g.kind = 'principal')
    - (SELECT coalesce(sum(x.amount_minor), 0)::bigint FROM casebook_item i
        JOIN casebook_allocation x ON x.item_id = i.id JOIN casebook_charge g ON g.id = x.charge_id
        LEFT JOIN casebook_reversal v ON v.payment_id = x.payment_id
        WHERE i.case_id = %(case)s AND g.kind = 'principal' AND v.id IS NULL) AS principal_minor,
    coalesce((SELECT c.number_shown FROM casebook_account c WHERE c.case_id = %(case)s ORDER BY c.id LIMIT 1), '') AS account
