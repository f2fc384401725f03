"""Tasks of one case that are one act: a step says so (`together` in its playbook).

They stand on one line, are asked for in one request and done at once. A grant is for the tasks that
its request named, as they stood then; what is demanded later is asked for anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from huikuan.casebook.models import Approval, Task
from huikuan.casebook.open_steps import step_of


def with_alike(task: Task) -> list[Task]:
    """The task and those that are done with it, locked until the transaction ends: the open tasks
    of the same step about the same case. The task itself stands first.
    """
    if task.case_id is None or task.status != Task.Status.OPEN or not step_of(task).together:
        return [task]
    alike = Task.objects.filter(
        case_id=task.case_id, step_id=task.step_id, status=Task.Status.OPEN
    ).exclude(pk=task.pk)
    related = alike.select_related("step", "case__organisation").order_by("pk")
    others = related.select_for_update(of=("self",))
    return [task, *(other for other in others if step_of(other).together)]


def covering(tasks: Iterable[Task]) -> dict[str, int]:
    """What a request for these tasks covers, as its row keeps it."""
    return {str(task.pk): task.standing for task in tasks}


def covered_keys(approval: Approval) -> list[int]:
    """Ids of the tasks that the request speaks of."""
    return [int(key) for key in approval.covers]


def still_standing(approval: Approval) -> bool:
    """Whether a task of the request is open and stands as it stood when it was asked for."""
    return any(speaks_for(approval, task) for task in _tasks_of(approval))


def speaks_for(approval: Approval, task: Task) -> bool:
    """Whether the request is for this task as it now stands, and it is still to be done."""
    asked_with = approval.covers.get(str(task.pk))
    return task.status == Task.Status.OPEN and asked_with == task.standing


def _tasks_of(approval: Approval) -> Collection[Task]:
    """Its tasks; of a request for one alone the row that came with it."""
    keys = covered_keys(approval)
    if approval.task is not None and keys == [approval.task.pk]:
        return [approval.task]
    return Task.objects.filter(pk__in=keys)
