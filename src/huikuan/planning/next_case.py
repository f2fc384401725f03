"""The next case of a user's work list, in the order of the list."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from huikuan.people.models import User
from huikuan.planning.worklist import OPEN, ORDER, Filters, day_literal, list_source

#: Beside the open tasks those that were done today for the case one comes from, so that it keeps its place.
_TASKS = f"""({OPEN[1:-1]} UNION ALL
    SELECT * FROM casebook_task WHERE status <> 'open' AND status_on = {{on}}
        AND case_id IN (SELECT id FROM casebook_case WHERE organisation_id = %s AND number = %s))"""
_NEXT = """
WITH listed AS MATERIALIZED (
    SELECT t.case_id, k.number, bool_or(t.status = 'open') AS is_open, coalesce(f.last_attempt_on = {on}, false) AS worked,
        row_number() OVER (ORDER BY {order}) AS place
    {source}
    GROUP BY t.case_id, k.number, f.case_id
), here AS (SELECT place FROM listed WHERE number = %s)
SELECT l.number FROM listed l LEFT JOIN here h ON true
WHERE l.is_open AND l.number <> %s AND (l.place > h.place OR NOT l.worked)
ORDER BY coalesce(l.place < h.place, false), l.place LIMIT 1
"""


def next_case(user: User, on: dt.date, filters: Filters, after: str = "") -> str | None:
    """Number of the case that follows `after` in the list; from its end on, the first that was not worked on the day `on`.
    None when there is none. Without `after`: the first one not worked."""
    day = day_literal(on)
    tasks, given = _TASKS.format(on=day), [user.organisation_id, after]
    source, parameters = list_source(user, on, filters, tasks, given)
    text = _NEXT.format(on=day, order=ORDER.format(on=day), source=source)
    with connection.cursor() as cursor:
        cursor.execute(text, [*parameters, after, after])
        found = cursor.fetchone()
    return str(found[0]) if found else None
