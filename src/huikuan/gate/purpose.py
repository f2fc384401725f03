"""Why a contact is made: as the plan that asked for it said, and not as whoever makes it says."""

from __future__ import annotations

from collections.abc import Iterable

from huikuan.casebook.models import ContactPoint, Task
from huikuan.casebook.open_steps import step_of
from huikuan.engine.gate import purpose_of
from huikuan.engine.playbook import Step
from huikuan.engine.words import QUIET_PURPOSES
from huikuan.gate.ask import Act

REMIND = "remind"


def of_steps(steps: Iterable[Step]) -> str | None:
    """What the contact is where none of the steps that it serves asks for payment; None for the
    gate's usual purpose.

    A contact that serves nothing, or that serves a demand as well, collects. One that reminds
    beside other business reminds: that is allowed less.
    """
    purposes = {purpose_of(step) for step in steps}
    if not purposes or not purposes <= set(QUIET_PURPOSES):
        return None
    if REMIND in purposes:
        return REMIND
    return purposes.pop()


def of_tasks(tasks: Iterable[Task]) -> str | None:
    """The purpose of a contact that names these tasks, which come with their rows of step.

    Only what is open speaks: else a task that ended long ago would lend its purpose to a demand.
    """
    still_open = [task for task in tasks if task.status == Task.Status.OPEN]
    return of_steps(step_of(task) for task in still_open)


def at_point(steps: Iterable[Step], point: ContactPoint | None, channel: str) -> str | None:
    """The purpose of a contact at this point, by the open steps of its channel."""
    target = target_of(point, channel)
    return of_steps(step for step in steps if step.addressee == target)


def target_of(point: ContactPoint | None, channel: str) -> str:
    """Whom a contact at this point reaches, in the words of steps; without a point the debtor."""
    return Act.of(point, channel).target


def usual(point: ContactPoint | None, channel: str) -> str:
    """The purpose of a contact that no task asks for."""
    return Act.of(point, channel).purpose
