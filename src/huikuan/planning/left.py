"""What a day leaves undone, and why: refused by a rule, waiting for somebody's approval, for data, or simply not reached."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from huikuan.people.models import User
from huikuan.planning.worklist import Filters, list_source

#: The first reason that applies counts.
_LEFT = """
SELECT cause, rule, count(*), count(DISTINCT case_id), min(earliest_on) FROM (
    SELECT t.case_id, t.earliest_on,
        CASE WHEN t.verdict <> 'allowed' THEN 'refused'
            WHEN EXISTS (SELECT 1 FROM casebook_approval a WHERE a.case_id = t.case_id AND a.status = 'waiting') THEN 'approval'
            WHEN w.action = 'information_request' OR w.action = 'call' AND w.addressee = 'debtor' AND NOT f.has_phone THEN 'data'
            ELSE 'time' END AS cause,
        CASE WHEN t.verdict <> 'allowed' THEN t.verdict ELSE '' END AS rule
    {source}
) x GROUP BY cause, rule ORDER BY count(*) DESC, cause, rule
"""


@dataclass(frozen=True)
class Left:
    """Open tasks of one cause. `rule`: the refusing rule; `earliest_on`: the first day on which it allows one of them."""

    cause: str
    rule: str
    tasks: int
    cases: int
    earliest_on: dt.date | None


def left(user: User, on: dt.date) -> list[Left]:
    """The open tasks of the user's work list by cause, the most frequent first."""
    source, parameters = list_source(user, on, Filters())
    with connection.cursor() as cursor:
        cursor.execute(_LEFT.format(source=source), parameters)
        return [Left(*row) for row in cursor.fetchall()]
