"""The planning: tasks done, notes and events of a case."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import CaseEvent, CaseNote, Task
from huikuan.engine.playbook import Step
from huikuan.planning.item_event import ItemSteps
from huikuan.planning.step_event import CaseSteps
from huikuan.web.room import CaseLink, Happening, Room, Row, Shown, StepPage

_EVENTS = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'until', x.until_on) AS what
FROM casebook_caseevent x
"""
_NOTES = """
SELECT x.valid_on AS day, x.recorded_at AS at, x.act_id,
    jsonb_build_object('kind', x.kind, 'text', x.text, 'purpose', x.purpose) AS what
FROM casebook_casenote x
"""


def _event(what: Row) -> Shown:
    text = gettext("until {day}").format(day=what["until"]) if what["until"] else ""
    return Shown(str(CaseEvent.Kind(what["kind"]).label), text=text, icon="flag")


def _note(what: Row) -> Shown:
    text = what["text"]
    if what["purpose"]:
        text = gettext("{text} (needed for: {purpose})").format(text=text, purpose=what["purpose"])
    return Shown(str(CaseNote.Kind(what["kind"]).label), text=text, icon="notes")


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
    happenings=(
        Happening(kind="event", rows=_EVENTS, shown=_event),
        Happening(kind="note", rows=_NOTES, shown=_note),
    ),
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
