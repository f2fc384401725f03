-- An event of a statement counts: nobody said that it was entered wrongly, and a draft that was
-- submitted or checked was not sent back later. {event} is the event's row.
NOT EXISTS (
    SELECT 1 FROM casebook_statementvoid void
    WHERE void.event_id = {event}.id AND {known:void}
)
AND NOT (
    {event}.kind IN ('submitted', 'checked')
    AND EXISTS (
        SELECT 1 FROM casebook_statementevent back
        WHERE back.statement_id = {event}.statement_id AND back.kind = 'returned' AND {known:back}
            AND (back.valid_on, back.id) > ({event}.valid_on, {event}.id)
            AND NOT EXISTS (
                SELECT 1 FROM casebook_statementvoid void
                WHERE void.event_id = back.id AND {known:void}
            )
    )
)
