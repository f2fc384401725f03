"""The tasks to be worked on a day: what the last plan left open, or, for an earlier day, what it computes anew."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from huikuan.casebook.access import visible_cases
from huikuan.engine.playbook import Step
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning import compiled
from huikuan.planning.plan import demand, last_planned

_COLUMNS = """
    k.number AS case, p.number AS debtor, i.number AS item, x.pack, x.code AS step, t.anchor, t.due_on, t.deadline_on,
    t.reason, t.verdict, t.earliest_on, t.pack_version_id, u.username AS assignee, t.case_id
FROM {source} t
JOIN casebook_case k ON k.id = t.case_id
JOIN casebook_person p ON p.id = k.person_id
JOIN casebook_step x ON x.id = t.step_id
LEFT JOIN casebook_item i ON i.id = t.item_key
LEFT JOIN {assignees}
LEFT JOIN people_user u ON u.id = a.user_id
WHERE {condition} t.case_id IN ({visible})
ORDER BY t.due_on, k.number, x.pack, x.code, i.number
"""
_NOW = "casebook_casesummary s ON s.case_id = t.case_id LEFT JOIN LATERAL (SELECT s.assignee_id AS user_id) a ON true"


@dataclass(frozen=True)
class TaskRow:
    """One task with what its step says of it."""

    case: str
    debtor: str
    item: str | None
    step: Step
    pack: str
    anchor: dt.date
    due_on: dt.date
    deadline_on: dt.date | None
    reason: str
    verdict: str
    earliest_on: dt.date | None
    assignee: str | None
    case_id: int

    def facts(self) -> dict[str, str]:
        """The facts that made it, by name."""
        return dict(line.split("=", 1) for line in self.reason.splitlines() if "=" in line)


@transaction.atomic
def tasks(on: dt.date, *, user: User, calendar: Calendar) -> Iterator[TaskRow]:
    """Tasks of the cases that the user sees, overdue open ones included. Nothing is written."""
    last = last_planned()
    with connection.cursor() as cursor:
        visible, parameters = visible_cases(user).values("pk").query.sql_with_params()
        if last is not None and on >= last:
            sql = "SELECT" + _COLUMNS.format(source="casebook_task", condition="t.status = 'open' AND", visible=visible, assignees=_NOW)
        else:
            demand(cursor, on, calendar)
            sql = "SELECT" + _COLUMNS.format(source="demanded", condition="", visible=visible, assignees=_NOW)
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return (_task(row) for row in rows)


def _task(row: dict[str, Any]) -> TaskRow:
    step = compiled.step_of(row.pop("pack_version_id"), row.pop("step"))
    return TaskRow(step=step, **row)
