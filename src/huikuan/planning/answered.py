"""Whoever waits for an answer is told: a talk led to a step of somebody else, who has done it.

A customer says that an invoice is paid, and the procedure has finance look. The collector who heard
it goes on with the chase, or does not, by what finance found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from huikuan.casebook import packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.labels import labels_of
from huikuan.casebook.models import Case, CaseNote, ContactRecord, Notice, Task
from huikuan.people.models import User


def tell(tasks: list[Task], note: CaseNote, at: dt.datetime) -> None:
    """A notice to whoever recorded the talk that led to the step, unless they did it themselves.

    Where they do not see the case any more, to whoever holds it now. The notice names the note and
    does not repeat it: what it says is read on the case, by who may read that.
    """
    task = tasks[0]
    assert task.case is not None  # only tasks of cases are done by a note
    told = _told(task, task.case)
    if told is None or told.pk == note.act.actor_id:
        return

    named = labels_of(task.step.subject, [each.subject_id for each in tasks])
    params = {
        "task": task.pk,
        "case": task.case.number,
        "step": packs.step_of(task.pack_version_id, task.step.code).title,
        "about": "、".join(sorted(named.values())),
        "by": str(note.act.actor),
        "note": note.pk,
    }
    Notice.objects.create(user=told, kind=Notice.Kind.DECIDED, params=params, at=at)


def untell(tasks: Collection[Task]) -> None:
    """The answer to these tasks was taken back, whoever was told of it and of whichever of them."""
    keys = [task.pk for task in tasks]
    Notice.objects.filter(kind=Notice.Kind.DECIDED, params__task__in=keys).delete()


def _told(task: Task, case: Case) -> User | None:
    """Whoever asked while they see the case, else its holder; nobody where nobody asked."""
    asker = _asker(task)
    if asker is None or visible_cases(asker).filter(pk=case.pk).exists():
        return asker
    return User.objects.filter(pk=case.summary.assignee_id or 0).first()


def _asker(task: Task) -> User | None:
    """Who recorded the newest talk of the case whose outcome leads to the step of the task."""
    outcomes = packs.words_of(packs.version(task.pack_version_id)).outcomes
    if outcomes is None or task.case is None:
        return None

    leading = [outcome.code for outcome in outcomes if task.step.code in outcome.follow_up]
    talks = ContactRecord.objects.filter(case=task.case, outcome__in=leading)
    newest = talks.select_related("act__actor").order_by("valid_on", "recorded_at").last()
    return None if newest is None else newest.act.actor
