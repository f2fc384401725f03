"""The open tasks of a case with their steps, each as the version that made the task has it."""

from __future__ import annotations

from huikuan.casebook import packs
from huikuan.casebook.models import Case, Task
from huikuan.engine.charge import charge_in
from huikuan.engine.playbook import Step


def open_steps(case: Case, action: str) -> dict[int, Step]:
    """Id of an open task → its step, where that does this: call, sms, email, letter, visit."""
    tasks = Task.objects.filter(case=case, status=Task.Status.OPEN).select_related("step")
    steps = {task.pk: step_of(task) for task in tasks.order_by("pk")}
    return {key: step for key, step in steps.items() if step.action == action}


def step_of(task: Task) -> Step:
    """The task comes with its row of the step."""
    return packs.step_of(task.pack_version_id, task.step.code)


def planned_charge(task: Task) -> int | None:
    """What the plan of the task said that its step charges, in minor units; None: nothing."""
    return charge_in(task.reason)
