"""An event that a step records is the step's act, by whatever way somebody enters it.

A step names the event (`records` in its playbook). On a page, by command or from another program
the event asks what its task asks: the role, the approval, and a day on which that was so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import Value, When

from huikuan.approvals.sentences import problem
from huikuan.approvals.step import hindrances_of, latest_requests, unplanned
from huikuan.approvals.too_early import TookPlace, too_early
from huikuan.casebook import done, packs
from huikuan.casebook.models import Case, Task
from huikuan.casebook.open_steps import asked_of
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.web import rooms


@dataclass(frozen=True, slots=True)
class StepEvent:
    """Somebody says that an event took place on a day.

    `subject` and `subject_id` say of what, where it is not of the case itself.
    """

    case: Case
    kind: str
    on: dt.date
    subject: str = ""
    subject_id: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The open tasks that the event does, or why it may not be entered."""

    tasks: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


def of_event(event: StepEvent, actor: User, today: dt.date) -> Answer:
    """What the open tasks that record the event ask of it. Nothing is written; the tasks are locked
    until the transaction ends, the case's row is so already.

    Where no task asks for the event, the procedures of the case decide: what they never have done
    without an approval is not entered because no task is planned.
    """
    tasks = _open_tasks(event)
    steps = asked_of(tasks.values(), today)
    steps = {key: step for key, step in steps.items() if step.records == event.kind}
    if not steps:
        found = unplanned(event.case, today, lambda step: step.records == event.kind, actor)
        if found is None:
            return Answer()
        return Answer(problems=(found.at(column="kind"),))
    if all(_has_its_own_page(step) for step in steps.values()):
        return Answer(problems=(problem("event.of_its_own", column="kind"),))

    # Asked once: what stands in the way and the day of the grant must speak of the same request.
    requests = latest_requests(steps)
    lacking = hindrances_of([tasks[key] for key in steps], steps, requests, actor)
    able = {key: step for key, step in steps.items() if key not in lacking}
    if not able:
        return Answer(problems=tuple(lacking.values())[:1])

    found_early = too_early(TookPlace(event.on), {key: tasks[key] for key in able}, able, requests)
    done_by_it = tuple(key for key in able if key not in found_early)
    if not done_by_it:
        return Answer(problems=(min(found_early.values(), key=_day_named),))
    return Answer(tasks=done_by_it)


def only_on_its_page(case: Case, kind: str, on: dt.date) -> bool:
    """Whether the procedures of the case record the event, and only by steps that have a page of
    their own: it is not entered by itself.
    """
    books = [packs.playbook_of(version) for version in packs.of_case(case, on)]
    recording = [step for book in books for step in book.steps if step.records == kind]
    return bool(recording) and all(_has_its_own_page(step) for step in recording)


def end_tasks(tasks: Iterable[int], on: dt.date, at: dt.datetime, *, entered_on: dt.date) -> int:
    """The event does what these tasks ask for; how many they are.

    `entered_on`: today. What is entered after the deadline as done before it counts from the day of
    its entry, for until then the book knew nothing of it: what was missed stays missed.
    """
    keys = list(tasks)
    is_told_late = When(deadline_on__gte=on, deadline_on__lt=entered_on, then=Value(entered_on))
    ended = Task.objects.filter(pk__in=keys).update(
        status=Task.Status.DONE,
        status_reason="event",
        status_on=Choose(is_told_late, default=Value(on)),
    )
    done.remember(keys, at=at)
    return ended


def _open_tasks(event: StepEvent) -> dict[int, Task]:
    """The open tasks of the case, or of the subject that the event is of."""
    tasks = Task.objects.filter(case=event.case, status=Task.Status.OPEN)
    if event.subject:
        tasks = tasks.filter(step__subject=event.subject, subject_id=event.subject_id)
    related = tasks.select_related("step", "case__organisation").order_by("pk")
    return {task.pk: task for task in related.select_for_update(of=("self",))}


def _has_its_own_page(step: Step) -> bool:
    """Whether nothing but its page does the step: the event alone would leave out the rest of it,
    such as the message to the order system.
    """
    page = rooms.page_of(step)
    return page is not None and page.alone


def _day_named(found: Problem) -> str:
    return str(found.params["day"])
