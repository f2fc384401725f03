"""What a step records of its case when somebody does its task without a contact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huikuan.casebook import facts
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Case, CaseEvent, Task
from huikuan.casebook.open_steps import step_of
from huikuan.clocks.refresh import refresh
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

    def take_back(self, task: Task, act: Act, at: dt.datetime) -> None:
        """Deletes the event of the day that such tasks recorded, once none of them is done; the
        facts follow. What was entered as an event stays.
        """
        assert task.case is not None  # only tasks of cases are done by a note
        on = day_of(task.case.organisation, act.at)
        kind = step_of(task).records
        if _is_done_by_another(task.case, kind, on):
            return

        recorded = CaseEvent.objects.filter(
            case=task.case, kind=kind, valid_on=on, act__verb=act.verb
        )
        deleted, _rows = recorded.delete()
        if deleted:
            facts.refresh([task.case.pk], wrote={"casebook_caseevent"})
            refresh({"case": [task.case.pk]}, by=act, at=at)


def _is_done_by_another(case: Case, kind: str, on: dt.date) -> bool:
    """Whether a task that is still done would have recorded the event, had it not been there."""
    others = Task.objects.select_related("step").filter(
        case=case, status=Task.Status.DONE, status_on=on
    )
    return any(step_of(task).records == kind for task in others)
