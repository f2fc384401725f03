-- CBA ch. 3: so many failed calls in a row to the reserved mobile open the next day; failures on so many days running
-- open the last of them. How many stands in packs/law.yaml; the figure of the day of the call counts.
failed AS (
    SELECT c.case_id, c.valid_on, row_number() OVER (PARTITION BY c.case_id ORDER BY c.at, c.id) AS nth
    FROM contact c JOIN contacts t ON t.case_id = c.case_id
    WHERE c.to_mobile AND NOT c.connected AND (t.row_from IS NULL OR c.at > t.row_from)
),
failed_days AS (
    -- days running have the same difference to their number
    SELECT case_id, valid_on, valid_on - (row_number() OVER (PARTITION BY case_id ORDER BY valid_on))::int AS run_of_days
    FROM (SELECT DISTINCT case_id, valid_on FROM failed) d
),
failed_running AS (
    SELECT case_id, valid_on, row_number() OVER (PARTITION BY case_id, run_of_days ORDER BY valid_on) AS nth
    FROM failed_days
),
lost AS (
    SELECT case_id, min(opens_on) AS opens_on FROM (
        SELECT case_id, valid_on + 1 AS opens_on FROM failed WHERE nth >= {law:failed_calls:valid_on}
        UNION ALL
        SELECT case_id, valid_on FROM failed_running WHERE nth >= {law:failed_days:valid_on}
    ) o GROUP BY case_id
)
