-- A line of a statement counts unless the event of its act was entered wrongly. {line} is its row.
NOT EXISTS (
    SELECT 1 FROM casebook_statementvoid void
    JOIN casebook_statementevent said ON said.id = void.event_id
    WHERE said.statement_id = {line}.statement_id AND said.act_id = {line}.act_id AND {known:void}
)
