"""What a step records of its case when somebody does its task without a contact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huikuan.casebook import facts
from huikuan.casebook.models import Act, CaseEvent, Task
from huikuan.casebook.open_steps import step_of
from huikuan.engine.playbook import Step
from huikuan.engine.subjects import CASE
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.planning.event import EventEntry, is_entered, write


class CaseSteps:
    """A step about a case, or about what belongs to one, may record an event of that case."""

    def takes(self, step: Step) -> bool:
        return step.records in CASE.events

    def check(
        self, task: Task, step: Step, text: str, actor: User, on: dt.date
    ) -> Iterable[Problem]:
        """Nothing: the event asks for what its step asks for, and has no words of its own."""
        return ()

    def write(
        self, task: Task, step: Step, text: str, act: Act, on: dt.date, at: dt.datetime
    ) -> None:
        """Of several items of a case the first whose task is done records the event of the day."""
        assert task.case is not None  # only tasks of cases are done by a note
        entry = EventEntry(step.records, on)
        if not is_entered(task.case, entry):
            write(task.case, entry, act, at)

    def take_back(self, task: Task, act: Act) -> None:
        """Deletes the event of the act; the facts follow. What another task did too stays."""
        case_id = task.case_id or 0
        written = CaseEvent.objects.filter(case_id=case_id, act=act).first()
        if written is None or _done_by_another(written):
            return

        written.delete()
        facts.refresh([case_id], wrote={"casebook_caseevent"})


def _done_by_another(event: CaseEvent) -> bool:
    """Whether a task that is still done would have recorded the event, had it not been there."""
    others = Task.objects.select_related("step").filter(
        case_id=event.case_id, status=Task.Status.DONE, status_on=event.valid_on
    )
    return any(step_of(task).records == event.kind for task in others)
