"""What a step records of its item when somebody does its task: the customer confirmed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huikuan.casebook import facts, journal
from huikuan.casebook.models import Act, ItemConfirmation, Task
from huikuan.clocks.refresh import refresh
from huikuan.engine.playbook import Step
from huikuan.engine.subjects import ITEM
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.planning.sentences import problem

#: Characters of the evidence.
MOST_EVIDENCE = 300
_WROTE = {"casebook_itemconfirmation"}


class ItemSteps:
    """A step about an item may record that the customer confirmed it; its note is the evidence."""

    def takes(self, step: Step) -> bool:
        return step.records in ITEM.events

    def check(
        self, task: Task, step: Step, text: str, actor: User, on: dt.date
    ) -> Iterable[Problem]:
        evidence = text.strip()
        if not evidence:
            yield problem("confirmed.evidence", column="text")
        if len(evidence) > MOST_EVIDENCE:
            yield problem("confirmed.evidence_long", column="text", most=MOST_EVIDENCE)

    def write(
        self, task: Task, step: Step, text: str, act: Act, on: dt.date, at: dt.datetime
    ) -> None:
        assert task.case is not None  # only tasks of cases are done by a note
        ItemConfirmation.objects.create(
            **journal.columns(task.case, act, on=on, at=at),
            case=task.case,
            item_id=task.subject_id,
            evidence=text.strip(),
        )
        _refresh(task.case.pk, act, at)

    def take_back(self, task: Task, act: Act, at: dt.datetime) -> None:
        """Deletes what this act recorded of the item; the facts follow."""
        assert task.case is not None  # only tasks of cases are done by a note
        deleted, _rows = ItemConfirmation.objects.filter(
            item_id=task.subject_id, case=task.case, act=act
        ).delete()
        if deleted:
            _refresh(task.case.pk, act, at)


def _refresh(case_id: int, act: Act, at: dt.datetime) -> None:
    facts.refresh([case_id], wrote=_WROTE)
    refresh({"case": [case_id]}, by=act, at=at)
