-- What a case owes, out of the facts of its items.
ledger AS (
    SELECT i.case_id,
        min(i.due_on) FILTER (WHERE i.open_minor > 0) AS oldest_due_on,
        sum(i.open_minor) AS balance_minor,
        count(*) FILTER (WHERE i.open_minor > 0) AS open_items,
        count(*) FILTER (WHERE i.disputed) AS disputed_items,
        max(i.last_event_on) AS last_on
    FROM ({rows:item}) i
    GROUP BY i.case_id
)
