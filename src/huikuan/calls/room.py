"""The guided call and the form of other contacts open from a case."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huikuan.casebook import packs
from huikuan.casebook.models import Task
from huikuan.engine.playbook import Step
from huikuan.web.room import Room, StepPage

CALL = "call"


def _is_other_contact(step: Step) -> bool:
    """A call begins with one of the numbers of the case, not with the task."""
    return step.contacts and step.action != CALL


def _other_page(number: str, task: Task) -> str:
    step = packs.step_of(task.pack_version_id, task.step.code)
    return reverse("calls:other", args=[number]) + f"?channel={step.action}&task={task.pk}"


ROOM = Room(
    addresses="calls/",
    step_pages=(
        StepPage(
            takes=_is_other_contact,
            address=_other_page,
            label=_("Record"),
            hint=_("Record the contact"),
            icon="pencil",
        ),
    ),
)
