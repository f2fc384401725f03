"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "act.case": Entry(
        _("this case is not yours to work"), _("ask your team lead who holds it now")
    ),
    "act.read_only": Entry(
        _("your role may look at cases and not write"), _("ask the person who holds the case")
    ),
    # a task done without a contact
    "done.unknown": Entry(
        _("there is no such task among those you may see"), _("load the case again")
    ),
    "done.contact": Entry(
        _("this task is a contact, so it is done by recording the contact"),
        _("open the contact from the case page, or `huikuan contact` with --task"),
    ),
    "done.text": Entry(
        _("a review needs its result"), _("write shortly what was found and decided")
    ),
    "done.already": Entry(
        _("this task was closed before: {status} on {on}; nothing was changed"), "", "warning"
    ),
    "done.of_its_own": Entry(
        _("a note does not do this"),
        _("open the deliveries of the case: the order system and the customer are told there"),
    ),
    "done.by_command": Entry(
        _("a note is not enough for this task"), _("`{command}` does it and asks for the rest")
    ),
    "confirmed.evidence": Entry(
        _("it is not said how the customer confirmed the item"),
        _("write who confirmed it and by what: a sealed statement, an e-mail"),
    ),
    "confirmed.evidence_long": Entry(
        _("the evidence is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "undo.gone": Entry(
        _("this can no longer be taken back"),
        _("write a note that says what is different"),
        "warning",
    ),
    # a note
    "note.purpose": Entry(
        _("a note about the customer says what of the work needs it"),
        _("write the purpose, or leave out what business does not need"),
    ),
    "note.request_key_other": Entry(
        _("under this form a note of {day} was saved, which says something else"),
        _("load the page again and write this one anew"),
    ),
    "note.text": Entry(_("the note is empty"), _("write what the next one has to know")),
    "note.kind": Entry(
        _("{value} is no kind of note that is written here"), _("choose note or hand-over note")
    ),
    # an event of the case
    "event.kind": Entry(
        _("{value} is not one of the known events"), _("choose one of those offered")
    ),
    "event.role": Entry(_("your role does not enter this event"), _("ask your team lead")),
    "event.future": Entry(_("the day lies in the future"), _("enter the day on which it happened")),
    "event.before": Entry(_("the day lies before the placement of {placed}"), _("correct the day")),
    "event.before_debt": Entry(
        _("the day lies before the debt, which began on {day}"), _("correct the day")
    ),
    "event.until": Entry(
        _("it is not said until when the case is kept"), _("enter a day after today")
    ),
    "event.ended": Entry(_("the case has already ended"), _("nothing needs to be done")),
    "event.reason": Entry(
        _("it is not said why the case is closed"), _("give the reason in a few words")
    ),
    "event.reason_long": Entry(
        _("the reason is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "event.again": Entry(_("this was entered before; nothing was changed"), "", "warning"),
}

problem = speaker(CATALOGUE)
