"""The next case of a user's work list, in the order of the list."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from huikuan.casebook.models import Case
from huikuan.people.models import User
from huikuan.planning.worklist import (
    GROUPED,
    OPEN,
    Filters,
    day_literal,
    list_source,
    order_of_list,
    ranks_at,
)

#: Beside the open tasks those that were done today for the case one comes from, so that it keeps its place.
_TASKS = f"""({OPEN[1:-1]}{{held}} UNION ALL
    SELECT * FROM casebook_task WHERE status <> 'open' AND status_on = {{on}}
        AND case_id = %s)"""
#: Who sees the whole house has no list of their own to walk, unless they hold cases.
_HELD = " AND case_id = ANY(ARRAY(SELECT case_id FROM casebook_casesummary WHERE assignee_id = %s))"
_NEXT = """
WITH listed AS MATERIALIZED (
    SELECT t.case_id, bool_or(t.status = 'open') AS is_open, coalesce(f.last_attempt_on = {on}, false) AS worked,
        row_number() OVER (ORDER BY {order}) AS place
    {source}
    GROUP BY {grouped}
), here AS MATERIALIZED (SELECT (SELECT place FROM listed WHERE case_id = %s) AS place)
SELECT (SELECT k.number FROM casebook_case k WHERE k.id = l.case_id) FROM here h CROSS JOIN listed l
WHERE l.is_open AND l.case_id <> %s AND (l.place > h.place OR NOT l.worked)
ORDER BY coalesce(l.place < h.place, false), l.place LIMIT 1
"""


def next_case(
    user: User,
    on: dt.date,
    filters: Filters,
    after: str = "",
    *,
    at: dt.datetime | None = None,
) -> str | None:
    """Number of the case that follows `after` in the list; from its end on, the first that was not worked on the day `on`.
    None when there is none. Without `after`: the first one not worked. `at`: as of the list."""
    day = day_literal(on)
    wide = user.sees_house or user.is_client
    tasks = _TASKS.format(on=day, held=_HELD if wide else "")
    here = _id_of(user, after) if after else 0
    given = [*([user.pk] if wide else []), here]
    timed = ranks_at(user, at)
    source, parameters = list_source(user, on, filters, tasks=tasks, given=given, timed=timed)
    order = order_of_list(on, timed)
    text = _NEXT.format(on=day, order=order, source=source, grouped=GROUPED)
    with connection.cursor() as cursor:
        cursor.execute(text, [*parameters, here, here])
        found = cursor.fetchone()
    return str(found[0]) if found else None


def _id_of(user: User, number: str) -> int:
    """0 for a number that the house does not have."""
    found = Case.objects.filter(
        organisation_id=user.organisation_id or 0, number=number
    ).values_list("pk", flat=True)
    return found.first() or 0
