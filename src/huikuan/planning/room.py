"""The planning: tasks done, notes and events of a case."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Task
from huikuan.engine.playbook import Step
from huikuan.planning.happened import HAPPENINGS
from huikuan.planning.item_event import ItemSteps
from huikuan.planning.step_event import CaseSteps
from huikuan.web.room import CaseLink, Room, StepPage


def _note_does(step: Step) -> bool:
    return not step.contacts


def _note_page(number: str, task: Task) -> str:
    return reverse("planning:done", args=[task.pk])


ROOM = Room(
    addresses="tasks/",
    step_pages=(
        StepPage(
            takes=_note_does,
            address=_note_page,
            label=_("Mark as done"),
            hint=_("Mark this task as done"),
            icon="check",
            in_row=True,
        ),
    ),
    happenings=HAPPENINGS,
    case_links=(
        CaseLink(
            label=_("Note"),
            hint=_("Write a note"),
            url_name="planning:note",
            key="m",
            icon="notes",
            place="acts",
            order=10,
        ),
        CaseLink(
            label=_("Event"),
            hint=_("Enter an event"),
            url_name="planning:event",
            key="e",
            icon="flag",
            place="acts",
            order=20,
        ),
    ),
    step_recorders=(CaseSteps(), ItemSteps()),
)
