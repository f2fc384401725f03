-- The items of a statement that differ: of each item the newest line counts.
month_lines AS (
    SELECT l.statement_id, count(*) FILTER (WHERE l.differs) AS differing,
        min(l.valid_on) FILTER (WHERE l.differs) AS differs_on, max(l.valid_on) AS last_on
    FROM (
        SELECT DISTINCT ON (l.statement_id, l.item_id) l.statement_id, l.differs, l.valid_on
        FROM casebook_statementline l
        WHERE l.statement_id IN (SELECT id FROM statement_scope) AND {known:l} AND {said:l}
        ORDER BY l.statement_id, l.item_id, l.valid_on DESC, l.id DESC
    ) l
    GROUP BY l.statement_id
)
