"""What a step records of a statement when somebody does its task without a contact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huikuan.casebook import facts
from huikuan.casebook.models import Act, Statement, StatementEvent, Task
from huikuan.casebook.standing import standing_events
from huikuan.clocks.refresh import refresh
from huikuan.engine.playbook import Step
from huikuan.lib.days import add_months
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.receivables import act as acts
from huikuan.receivables.open_months import of_month

#: What a statement step about the whole case stands for, in order; between them the customer
#: confirms.
FOLLOWING = (
    StatementEvent.Kind.SUBMITTED,
    StatementEvent.Kind.SENT,
    StatementEvent.Kind.INVOICE_DATA,
)


class StatementSteps:
    """A step about a statement says which event it records.

    A statement step about the whole case does not: its event is the next one of the month before
    the task's.
    """

    def takes(self, step: Step) -> bool:
        names_none = step.per == "case" and step.action == "statement" and not step.records
        return _names_event(step) or names_none

    def check(
        self, task: Task, step: Step, text: str, actor: User, on: dt.date
    ) -> Iterable[Problem]:
        """What forbids the event that the step names; what follows of itself is not checked."""
        if not _names_event(step):
            return ()
        statement = _statement(task)
        entry = acts.Entry(step.records, on, text)
        mail = acts.mail_of(statement, entry, actor, on)
        return acts.check(statement, entry, mail, actor, on)

    def write(
        self, task: Task, step: Step, text: str, act: Act, on: dt.date, at: dt.datetime
    ) -> None:
        if _names_event(step):
            statement = _statement(task)
            entry = acts.Entry(step.records, on, text)
            mail = acts.mail_of(statement, entry, act.actor, on)
            acts.write(statement, entry, mail, act, at)
        else:
            _write_following(task, act, on, at)

    def take_back(self, task: Task, act: Act, at: dt.datetime) -> None:
        """Deletes the events of the act; the facts and the clocks follow."""
        case_id = task.case_id or 0
        deleted, _rows = StatementEvent.objects.filter(case_id=case_id, act=act).delete()
        if deleted:
            facts.refresh([case_id], wrote={"casebook_statementevent"})
            refresh({"case": [case_id]}, by=act, at=at)


def _names_event(step: Step) -> bool:
    """A step about a statement may also name an event of the case, which is not recorded here."""
    return step.per == "statement" and step.records in StatementEvent.Kind.values


def _statement(task: Task) -> Statement:
    """The statement that the task is about; its case is locked already."""
    return Statement.objects.select_related("case__organisation").get(pk=task.subject_id)


def _write_following(task: Task, act: Act, on: dt.date, at: dt.datetime) -> None:
    assert task.case is not None  # only tasks of cases are done by a note
    month = add_months(task.anchor.replace(day=1), -1)
    statement = of_month(task.case, month, act, at)

    known = set(standing_events(statement).values_list("kind", flat=True))
    following = next((kind for kind in FOLLOWING if kind not in known), None)
    if following is not None:
        acts.write(statement, acts.Entry(following, on, by_mail=False), None, act, at)
