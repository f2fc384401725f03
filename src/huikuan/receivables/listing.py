"""The statements of a month: how far each has come, what comes next, and how long it has waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from huikuan.casebook.derived import derived
from huikuan.casebook.models import Statement, StatementSummary, Task
from huikuan.casebook.open_steps import step_of
from huikuan.engine.playbook import Step
from huikuan.people.models import User
from huikuan.receivables.find import visible_statements

#: Every month, where the address asks for all of them.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody asks for. `month`: its first day, None for all; the others empty for all."""

    month: dt.date | None = None
    state: str = ""
    collector: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The most urgent open task of a statement."""

    step: Step
    due_on: dt.date
    deadline_on: dt.date | None


def newest_month(user: User) -> dt.date | None:
    """The newest month of which the user sees a statement."""
    newest: dt.date | None = visible_statements(user).aggregate(newest=Max("month"))["newest"]
    return newest


def months(user: User) -> list[dt.date]:
    """The months of which the user sees statements, the newest first."""
    found = visible_statements(user).order_by("-month").values_list("month", flat=True)
    return list(found.distinct())


def statements(user: User, filters: Filters) -> QuerySet[Any]:
    """The statements that the user sees and asks for, by month and case, each with its `state`."""
    found = _of_month(user, filters)
    if filters.state:
        found = found.filter(state=filters.state)
    found = found.select_related("case__person", "case__summary", "summary")
    return found.order_by("-month", "case__number", "pk")


def counts(user: User, filters: Filters) -> dict[str, int]:
    """State → statements, over all states, whichever one is asked for."""
    found = _of_month(user, filters).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(found)


def with_state(found: QuerySet[Statement]) -> QuerySet[Any]:
    """Adds `state`, the declared fact month_state."""
    return found.annotate(state=derived("statement", "month_state"))


def next_steps(listed: Collection[Statement]) -> dict[int, Next]:
    """Statement → what is to be done next. One query whatever the number of statements."""
    tasks = Task.objects.filter(
        status=Task.Status.OPEN,
        case_id__in=[statement.case_id for statement in listed],
        step__subject="statement",
        subject_id__in=[statement.pk for statement in listed],
    )

    found: dict[int, Next] = {}
    for task in tasks.select_related("step").order_by("due_on", "pk"):
        step = step_of(task)
        known = found.get(task.subject_id)
        if known is None or step.priority < known.step.priority:
            found[task.subject_id] = Next(step, task.due_on, task.deadline_on)
    return found


def waiting_days(summary: StatementSummary, today: dt.date) -> int | None:
    """Days since the statement went to the customer, while nothing is confirmed."""
    if summary.month_sent_on is None or summary.month_confirmed_on is not None:
        return None
    return (today - summary.month_sent_on).days


def _of_month(user: User, filters: Filters) -> QuerySet[Any]:
    """Everything that is asked for but the state."""
    found = with_state(visible_statements(user))
    if filters.month is not None:
        found = found.filter(month=filters.month)
    if filters.collector:
        found = found.filter(case__summary__assignee_id=filters.collector)
    if filters.q:
        name = Q(case__person__kind="company", case__person__name__icontains=filters.q)
        found = found.filter(Q(case__number__istartswith=filters.q) | name)
    return found
