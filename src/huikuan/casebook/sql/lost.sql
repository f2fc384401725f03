-- CBA ch. 3: three failed calls in a row to the reserved mobile open the next day; failures on three days running open the third.
failed AS (
    SELECT c.case_id, c.valid_on, row_number() OVER (PARTITION BY c.case_id ORDER BY c.at, c.id) AS nth
    FROM contact c JOIN contacts t ON t.case_id = c.case_id
    WHERE c.to_mobile AND NOT c.connected AND (t.row_from IS NULL OR c.at > t.row_from)
),
failed_days AS (
    SELECT case_id, valid_on, valid_on - (row_number() OVER (PARTITION BY case_id ORDER BY valid_on))::int AS run_of_days
    FROM (SELECT DISTINCT case_id, valid_on FROM failed) d
),
lost AS (
    SELECT case_id, min(opens_on) AS opens_on FROM (
        SELECT case_id, valid_on + 1 AS opens_on FROM failed WHERE nth = 3
        UNION ALL
        SELECT case_id, min(valid_on) + 2 FROM failed_days GROUP BY case_id, run_of_days HAVING count(*) >= 3
    ) o GROUP BY case_id
)
