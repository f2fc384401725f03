"""The open tasks of a case with their steps, and the approval that each wants on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from huikuan.casebook import packs
from huikuan.casebook.models import Case, PackVersion, Task
from huikuan.engine.both_chains import both
from huikuan.engine.chain import Chain
from huikuan.engine.charge import charge_in
from huikuan.engine.playbook import Step
from huikuan.people import roles


def open_steps(case: Case, action: str, on: dt.date) -> dict[int, Step]:
    """Id of an open task → its step, where that does this: call, sms, email, letter, visit."""
    tasks = Task.objects.filter(case=case, status=Task.Status.OPEN).select_related("step", "case")
    steps = asked_of(tasks.order_by("pk"), on)
    return {key: step for key, step in steps.items() if step.action == action}


def step_of(task: Task) -> Step:
    """The step as the version that made the task has it. The task comes with its row of step."""
    return packs.step_of(task.pack_version_id, task.step.code)


def asked_of(tasks: Iterable[Task], on: dt.date) -> dict[int, Step]:
    """Id of a task → its step, with the approval that holds on the day.

    A task keeps the words of the version that made it, and so its role, its script and its
    outcomes. Its approval is asked of that version and of the one in force: the stricter holds, so
    that neither a new version is escaped by tasks that were open before it, nor an old one by
    putting a laxer version in force. The tasks come with their rows of step and case.
    """
    found = {}
    in_force: dict[int, list[PackVersion]] = {}
    for task in tasks:
        own = step_of(task)
        found[task.pk] = own
        if task.case is None:
            continue

        if task.case_id not in in_force:
            in_force[task.case.pk] = packs.of_case(task.case, on)
        for version in in_force[task.case.pk]:
            if version.pack == task.step.pack and version.pk != task.pack_version_id:
                now = _step_in(version, task.step.code)
                found[task.pk] = replace(own, chain=_stricter(own, now, task))
    return found


def _step_in(version: PackVersion, code: str) -> Step | None:
    """The step of this code; None where the version has it no more."""
    steps = packs.playbook_of(version).steps
    return next((step for step in steps if step.id == code), None)


def _stricter(own: Step, now: Step | None, task: Task) -> Chain | None:
    """The approval that is wanted; None where neither version wants one.

    Where both want one, what is asked satisfies both (engine/both_chains.py): whose last station
    is the higher one says nothing about those before it, nor about their amounts.
    """
    if now is None or now.chain is None:
        return own.chain
    if own.chain is None or own.chain == now.chain:
        return now.chain
    return both(own.chain, now.chain, roles.ranks(task.organisation_id))


def planned_charge(task: Task) -> int | None:
    """What the plan of the task said that its step charges, in minor units; None: nothing."""
    return charge_in(task.reason)
