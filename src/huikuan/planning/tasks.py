"""The tasks to be worked on a day: what its plan left open, or, for a day that is not the last planned one, what is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.statements import named
from huikuan.engine.playbook import Step
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning.plan import demanded, last_planned

_QUERY = """
SELECT k.number AS case, p.number AS debtor, i.number AS item, x.pack, x.code AS step, t.anchor, t.due_on, t.deadline_on,
    t.reason, t.verdict, t.earliest_on, t.pack_version_id, u.username AS assignee, t.case_id
FROM {source} t
JOIN casebook_case k ON k.id = t.case_id
JOIN casebook_person p ON p.id = k.person_id
JOIN casebook_step x ON x.id = t.step_id
LEFT JOIN casebook_item i ON i.id = t.item_key
LEFT JOIN casebook_casesummary s ON s.case_id = t.case_id
LEFT JOIN people_user u ON u.id = s.assignee_id
WHERE {condition} t.case_id IN ({visible})
ORDER BY t.due_on, k.number, x.pack, x.code, i.number
"""


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
def tasks(
    on: dt.date, *, user: User, calendar: Calendar, known_at: dt.datetime | None = None
) -> Iterator[TaskRow]:
    """Tasks of the cases that the user sees, overdue open ones included. Nothing is written. With `known_at` they are
    computed by what was recorded until then.
    """
    last = last_planned()
    with connection.cursor() as cursor:
        if on == last and known_at is None:
            rows = _rows(cursor, user, "casebook_task", "t.status = 'open' AND")
        else:
            later = last is not None and on > last and known_at is None
            done = "t.task_status IS DISTINCT FROM 'done' AND" if later else ""
            with demanded(cursor, on, calendar, known_at):
                rows = _rows(cursor, user, "demanded", done)
    return (_task(row) for row in rows)


def _rows(cursor: Any, user: User, source: str, condition: str) -> list[dict[str, Any]]:
    visible, parameters = visible_cases(user).values("pk").query.sql_with_params()
    cursor.execute(_QUERY.format(source=source, condition=condition, visible=visible), parameters)
    return named(cursor)


def _task(row: dict[str, Any]) -> TaskRow:
    step = packs.step_of(row.pop("pack_version_id"), row.pop("step"))
    return TaskRow(step=step, **row)
