"""Whoever waits for an answer is told: a talk led to a step of somebody else, who has done it.

A customer says that an invoice is paid, and the procedure has finance look. The collector who heard
it goes on with the chase, or does not, by what finance found.
"""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import packs
from huikuan.casebook.labels import labels_of
from huikuan.casebook.models import CaseNote, ContactRecord, Notice, Task
from huikuan.people.models import User

#: Characters of the answer that a notice repeats; all of it stands on the case.
_SHOWN = 200


def tell(tasks: list[Task], note: CaseNote, at: dt.datetime) -> None:
    """A notice to whoever recorded the talk that led to the step, unless they did it themselves."""
    task = tasks[0]
    asker = _asker(task)
    if asker is None or asker.pk == note.act.actor_id:
        return

    assert task.case is not None  # only tasks of cases are done by a note
    named = labels_of(task.step.subject, [each.subject_id for each in tasks])
    params = {
        "task": task.pk,
        "case": task.case.number,
        "step": packs.step_of(task.pack_version_id, task.step.code).title,
        "about": "、".join(sorted(named.values())),
        "by": str(note.act.actor),
        "answer": note.text[:_SHOWN],
    }
    Notice.objects.create(user=asker, kind=Notice.Kind.DECIDED, params=params, at=at)


def untell(task: Task) -> None:
    """The answer was taken back."""
    asker = _asker(task)
    if asker is not None:
        Notice.objects.filter(user=asker, params__task=task.pk).delete()


def _asker(task: Task) -> User | None:
    """Who recorded the newest talk of the case whose outcome leads to the step of the task."""
    outcomes = packs.words_of(packs.version(task.pack_version_id)).outcomes
    if outcomes is None or task.case is None:
        return None

    leading = [outcome.code for outcome in outcomes if task.step.code in outcome.follow_up]
    talks = ContactRecord.objects.filter(case=task.case, outcome__in=leading)
    newest = talks.select_related("act__actor").order_by("valid_on", "recorded_at").last()
    return None if newest is None else newest.act.actor
