"""What a day leaves undone, and why: refused by a rule, waiting for approval, for data, or time.

The tasks are those that the figure `open` counts, of the same scope: the causes add up to it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from huikuan.planning import standing
from huikuan.reports.facts import TASKS, steps_of, within
from huikuan.reports.scope import Scope

#: The first reason that applies counts.
_LEFT = f"""
SELECT cause, rule, count(*), count(DISTINCT case_id), min(earliest_on) FROM (
    SELECT t.case_id, t.earliest_on,
        CASE
            WHEN {standing.BARRED} THEN 'refused'
            WHEN EXISTS (
                SELECT 1 FROM casebook_approval a
                WHERE a.case_id = t.case_id AND a.status = 'waiting'
            ) THEN 'approval'
            WHEN w.action = 'information_request'
                OR w.action = 'call' AND w.addressee = 'debtor' AND NOT s.has_phone THEN 'data'
            ELSE 'time'
        END AS cause,
        CASE WHEN {standing.BARRED} THEN t.verdict ELSE '' END AS rule
    {TASKS}
) x GROUP BY cause, rule ORDER BY count(*) DESC, cause, rule
"""


@dataclass(frozen=True)
class Left:
    """Open tasks of one cause.

    `rule`: the refusing rule; `earliest_on`: the first day on which it allows one of them.
    """

    cause: str
    rule: str
    tasks: int
    cases: int
    earliest_on: dt.date | None


def left(scope: Scope, on: dt.date) -> list[Left]:
    """The open tasks of the scope by cause, the most frequent first."""
    parameters = scope.parameters() | {"on": on} | steps_of(scope)
    with connection.cursor() as cursor:
        cursor.execute(within(scope, _LEFT), parameters)
        return [Left(*row) for row in cursor.fetchall()]
