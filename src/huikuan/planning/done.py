"""A task that is done without a contact: a review, a request, a notice, a hand-over. The note says how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from huikuan.approvals.step import hindrances
from huikuan.casebook import done as memory
from huikuan.casebook import journal, packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Act,
    Case,
    CaseNote,
    CaseSummary,
    StepDone,
    Task,
)
from huikuan.casebook.together import with_alike
from huikuan.engine.playbook import Step
from huikuan.gate import reserve
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.people.models import User
from huikuan.planning import answered
from huikuan.planning.sentences import problem
from huikuan.web import rooms
from huikuan.web.undo import Written, in_the_way

#: The note that tells of an action; of any other action a plain one.
KINDS = {
    "review": CaseNote.Kind.REVIEW,
    "information_request": CaseNote.Kind.REQUEST,
    "handover": CaseNote.Kind.HANDOVER,
}


@dataclass(frozen=True, slots=True)
class Done:
    """The task as it now stands, with the note that this act wrote or took back; else why nothing was written."""

    task: Task | None
    note: CaseNote | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def saved(self) -> bool:
        return self.note is not None


@transaction.atomic
def done(task_id: int, *, text: str, actor: User, at: dt.datetime) -> Done:
    """Marks an open task done, with those that are one act with it, and writes the note of it. A
    second time changes nothing and says so.

    The step's own role may do it, and whoever stands above that role. A step that needs approval
    waits for it. A step that records an event of its subject records it here.
    """
    task = find(task_id, actor, lock=True)
    if task is None:
        return Done(None, problems=(problem("done.unknown"),))
    step = packs.step_of(task.pack_version_id, task.step.code)
    assert task.case is not None  # `find` gives tasks of cases only
    on = day_of(task.case.organisation, at)
    problems = check(task, step, text, actor, on)
    if problems:
        return Done(task, problems=tuple(problems))
    recorder = rooms.recorder_of(step)
    if recorder is not None:
        problems = list(recorder.check(task, step, text, actor, on))
        if problems:
            return Done(task, problems=tuple(problems))

    tasks = _done_with(task, actor, on)
    act = journal.begin(actor, "planning.done", at=at)
    note = CaseNote.objects.create(
        **_row(task, act, on, at),
        kind=KINDS.get(step.action, CaseNote.Kind.DONE),
        text=text.strip(),
        task=task,
    )
    for each in tasks:
        each.status, each.status_reason, each.status_on = Task.Status.DONE, "note", on
        each.save(update_fields=["status", "status_reason", "status_on"])
    memory.remember([each.pk for each in tasks], at=at)
    if recorder is not None:
        try:
            for each in tasks:
                recorder.write(each, step, text, act, on, at)
        except Refusal as refusal:
            transaction.set_rollback(True)
            return Done(task, problems=(refusal.problem,))
    answered.tell(tasks, note, at)
    return Done(task, note)


def _done_with(task: Task, actor: User, on: dt.date) -> list[Task]:
    """The task and those that are one act with it, as far as this user may do them: what waits for
    an approval of its own stays.
    """
    tasks = with_alike(task)
    lacking = hindrances([other.pk for other in tasks[1:]], actor, on)
    return [each for each in tasks if each.pk not in lacking]


def find(task_id: int, user: User, *, lock: bool = False) -> Task | None:
    """The task, if the user sees its case; with its row locked until the transaction ends, the case's before it as everywhere."""
    tasks = Task.objects.select_related("step", "case__organisation").filter(
        pk=task_id, case__in=visible_cases(user).values("pk")
    )
    if not lock:
        return tasks.first()
    cases = tasks.values("case_id")
    # The person before the case, as everywhere: what is done may send a mail, which asks the gate.
    for case in Case.objects.select_related("person").filter(pk__in=cases):
        reserve.lock(case)
    CaseSummary.objects.select_for_update().filter(case_id__in=cases).first()
    return tasks.select_for_update(of=("self",)).first()


def check(task: Task, step: Step, text: str, actor: User, on: dt.date) -> list[Problem]:
    """Everything that stands in the way."""
    if not actor.may_write:
        return [problem("act.read_only")]
    if step.contacts:
        return [problem("done.contact")]
    if task.status != Task.Status.OPEN:
        return [problem("done.already", status=task.get_status_display(), on=task.status_on or "—")]
    found = list(hindrances([task.pk], actor, on).values())
    page = rooms.page_of(step)
    if not found and page is not None and page.alone:
        return [problem("done.of_its_own")]
    if step.action == "review" and not text.strip():
        found.append(problem("done.text", column="text"))
    return found


def _row(task: Task, act: Act, on: dt.date, at: dt.datetime) -> dict[str, object]:
    assert task.case is not None
    return journal.columns(task.case, act, on=on, at=at) | {"case": task.case}


def note_of(task: Task) -> CaseNote | None:
    """The note by which the task was done."""
    return (
        CaseNote.objects.filter(case_id=task.case_id or 0, task=task)
        .select_related("act__actor")
        .order_by("-pk")
        .first()
    )


def may_undo(note: CaseNote | None, user: User, at: dt.datetime) -> bool:
    """Whether the way back is offered."""
    return note is not None and not any(True for _why in _in_the_way(note, user, at))


def _in_the_way(note: CaseNote, user: User, at: dt.datetime) -> Iterator[Problem]:
    yield from in_the_way(Written(note.act, note.case_id, note.recorded_at), actor=user, at=at)


@transaction.atomic
def undo(task_id: int, *, actor: User, at: dt.datetime) -> Done:
    """Takes a just-done task back: open again, without its note and what the step recorded. A second time changes nothing."""
    task = find(task_id, actor, lock=True)
    if task is None:
        return Done(None, problems=(problem("done.unknown"),))
    note = note_of(task)
    if note is None or task.status != Task.Status.DONE:
        return Done(task, problems=(problem("undo.gone"),))
    problems = tuple(_in_the_way(note, actor, at))
    if problems:
        return Done(task, problems=problems)

    journal.begin(actor, "planning.undo", at=at)
    taken = CaseNote(pk=note.pk, text=note.text)
    note.delete()
    tasks = _done_by(note, task)
    for each in tasks:
        each.status, each.status_reason, each.status_on = Task.Status.OPEN, "", None
        each.save(update_fields=["status", "status_reason", "status_on"])
    memory.forget([each.pk for each in tasks])
    answered.untell(tasks)
    recorder = rooms.recorder_of(packs.step_of(task.pack_version_id, task.step.code))
    if recorder is not None:
        for each in tasks:
            recorder.take_back(each, note.act, at)
    return Done(task, taken)


def _done_by(note: CaseNote, task: Task) -> list[Task]:
    """The task and those that were done with it: in the same moment, by the same note."""
    if not packs.step_of(task.pack_version_id, task.step.code).together:
        return [task]

    same_moment = StepDone.objects.filter(
        case_id=note.case_id, step_id=task.step_id, recorded_at=note.recorded_at, void_at=None
    )
    done_then = Task.objects.filter(
        pk__in=same_moment.values("task_id"), status=Task.Status.DONE, status_reason="note"
    )
    others = done_then.exclude(pk=task.pk).select_related("step", "case__organisation")
    return [task, *others.order_by("pk").select_for_update(of=("self",))]
