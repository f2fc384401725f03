"""The tasks to be worked on a day: what its plan left open, or, for a day that is not the last
planned one, what is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.labels import labels_of_all
from huikuan.casebook.statements import named
from huikuan.contacts.reachable import Point, usable_points
from huikuan.engine.advice import Advice
from huikuan.engine.playbook import Step
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.planning.current import catch_up
from huikuan.planning.good_times import Local, best_advice
from huikuan.planning.plan import demanded, last_planned

_QUERY = """
SELECT {task} AS task, k.number AS case, p.number AS debtor, p.id AS person_id,
    p.name AS customer, x.subject, t.subject_id, x.pack, x.code AS step,
    t.anchor, t.due_on, t.deadline_on, t.reason, t.verdict, t.earliest_on, t.pack_version_id,
    u.username AS assignee, t.case_id, p.timezone AS zone, k.currency, coalesce(i.open_minor, s.balance_minor) AS amount
FROM {source} t
JOIN casebook_case k ON k.id = t.case_id
JOIN casebook_person p ON p.id = k.person_id
JOIN casebook_step x ON x.id = t.step_id
LEFT JOIN casebook_casesummary s ON s.case_id = t.case_id
LEFT JOIN casebook_itemsummary i ON x.subject = 'item' AND i.item_id = t.subject_id
LEFT JOIN people_user u ON u.id = s.assignee_id
WHERE {condition} t.case_id IN ({visible})
ORDER BY t.due_on, k.number, x.pack, x.code, t.subject_id
"""


@dataclass(frozen=True)
class TaskRow:
    """One task with what its step says of it.

    `task`: its id; None where it is only computed and not in the book. `about`: the label of its
    subject, empty for the case itself. `amount`: minor units of `currency`, what is open on the
    item, else on the case. `points`: of a contact, by which numbers or addresses it can be made.
    """

    task: int | None
    case: str
    debtor: str
    customer: str
    subject: str
    about: str
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
    currency: str
    amount: int | None
    points: tuple[Point, ...] = ()
    #: What the step says of the moment, and of the time up to its last day; None where it says nothing.
    advice: Advice | None = None

    @property
    def item(self) -> str | None:
        """The number of the item that it is about."""
        return self.about if self.subject == "item" else None

    def facts(self) -> dict[str, str]:
        """The facts that made it, by name."""
        return dict(line.split("=", 1) for line in self.reason.splitlines() if "=" in line)


@transaction.atomic
def tasks(
    on: dt.date,
    *,
    user: User,
    calendar: Calendar,
    known_at: dt.datetime | None = None,
    local: Local | None = None,
) -> Iterator[TaskRow]:
    """Tasks of the cases that the user sees, overdue open ones included.

    local: the moment for their good and bad times; without it nothing is said of them.

    With `known_at` they are computed by what was recorded until then. Else what was learned since
    the last plan is planned first; nothing else is written.
    """
    if known_at is None:
        catch_up()
    last = last_planned()
    with connection.cursor() as cursor:
        if on == last and known_at is None:
            rows = _rows(cursor, user, "casebook_task", "t.id", "t.status = 'open' AND")
        else:
            # Of a day to come nobody knows what will be done until then; what is done is done.
            is_later = last is not None and on > last and known_at is None
            condition = ""
            with demanded(cursor, on, calendar, known_at):
                if is_later:
                    condition = "t.task_status IS DISTINCT FROM 'done' AND"
                rows = _rows(cursor, user, "demanded", "t.task_id", condition)
    return _with_words(rows, local)


def _rows(cursor: Any, user: User, source: str, task: str, condition: str) -> list[dict[str, Any]]:
    """Rows of the list. `source`: the table of tasks; `task`: its column that says which one."""
    visible, parameters = visible_cases(user).values("pk").query.sql_with_params()
    query = _QUERY.format(source=source, task=task, condition=condition, visible=visible)
    cursor.execute(query, parameters)
    return named(cursor)


def _with_words(rows: list[dict[str, Any]], local: Local | None) -> Iterator[TaskRow]:
    """The rows as tasks. Labels are asked for once a subject and points once, not once a row."""
    labels = labels_of_all((row["subject"], row["subject_id"]) for row in rows)

    steps = [packs.step_of(row.pop("pack_version_id"), row.pop("step")) for row in rows]
    reached = {row["person_id"] for row, step in zip(rows, steps, strict=True) if step.contacts}
    points = usable_points(reached)

    for row, step in zip(rows, steps, strict=True):
        about = labels.get((row["subject"], row.pop("subject_id")), "")
        of_person = points.get(row.pop("person_id"), [])
        serving = tuple(point for point in of_person if point.serves(step))
        zone = row.pop("zone")
        advice = None
        if local is not None:
            advice = best_advice([step], local.moment(zone), row["deadline_on"])
        yield TaskRow(step=step, about=about, points=serving, advice=advice, **row)
