"""What was done before it was asked for, or before it was approved, is not the act of its task.

An event and a contact are both entered with the time at which they took place; both ask here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from huikuan.approvals.sentences import problem
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, Task
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.people.models import Organisation
from huikuan.web.templatetags.huikuan_facts import in_language


@dataclass(frozen=True, slots=True)
class TookPlace:
    """When something was done, by the day of the house; to the minute where that is known."""

    on: dt.date
    at: dt.datetime | None = None
    #: The field of the form in which the time was entered.
    column: str = "on"


def too_early(
    took_place: TookPlace,
    tasks: Mapping[int, Task],
    steps: Mapping[int, Step],
    requests: Mapping[int, Approval],
) -> dict[int, Problem]:
    """Task id → why what took place was not its act: it was not asked for yet, or not yet approved.

    What wants no approval may be done before the procedure asks for it. The tasks come with the
    organisation of their case; `steps` and `requests` as in `hindrances_of`.
    """
    found = {}
    for key, task in tasks.items():
        step = steps[key]
        if not step.approval:
            continue

        title = in_language(step.title)
        if took_place.on < task.anchor:
            found[key] = problem(
                "done.before_task", column=took_place.column, step=title, day=task.anchor
            )
            continue

        request = requests.get(key)
        if request is None or request.decided is None:
            continue
        assert task.case is not None  # approvals are of tasks of cases
        granted_at = request.decided.at
        if _was_before(took_place, granted_at, task.case.organisation):
            granted_on = day_of(task.case.organisation, granted_at)
            found[key] = problem(
                "done.before_grant", column=took_place.column, step=title, day=granted_on
            )
    return found


def _was_before(took_place: TookPlace, granted_at: dt.datetime, house: Organisation) -> bool:
    if took_place.at is None:
        return took_place.on < day_of(house, granted_at)
    # Forms know minutes and no seconds: what was done in the minute of the grant was not before it.
    return took_place.at < granted_at.replace(second=0, microsecond=0)
