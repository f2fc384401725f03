"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

#: Characters of a reason, for more time or for lifting a breach.
MOST_REASON = 300

CATALOGUE: dict[str, Entry] = {
    "clock.unknown": Entry(
        _("there is no such deadline among those you may see"), _("look at the list again")
    ),
    "clock.read_only": Entry(
        _("your role may look and not write"), _("ask the role that answers for it")
    ),
    "clock.ended": Entry(_("this deadline was met; nothing was changed"), "", "warning"),
    "clock.interest": Entry(
        _("you have an interest in what this deadline is about: {why}"),
        _("leave it to somebody else"),
    ),
    "clock.elsewhere": Entry(
        _("more time is given on the page of what this deadline is about"),
        _("open it from this page, and enter it there"),
    ),
    "clock.no_extension": Entry(
        _("the procedure lets nobody extend this deadline"),
        _("do the work; what is late is recorded"),
    ),
    "clock.role": Entry(_("only these roles extend this deadline: {roles}"), _("ask one of them")),
    "clock.reason": Entry(_("a reason is needed"), _("write why more time is needed")),
    "clock.reason_long": Entry(
        _("the reason has more than {most} characters"), _("write it shorter")
    ),
    "clock.too_late": Entry(
        _("the reason had to be given by {moment}; the deadline stays as it was"),
        _("do the work; what is late is recorded"),
    ),
    "clock.too_far": Entry(
        _("the procedure lets this deadline reach {moment} at most"), _("choose an earlier moment")
    ),
    "clock.not_later": Entry(
        _("the deadline stands at {moment} already"), _("choose a later moment")
    ),
    "clock.no_breach": Entry(
        _("this deadline has no breach that stands; nothing was changed"), "", "warning"
    ),
    "clock.not_explained": Entry(
        _("what is recorded still says that this deadline was missed"),
        _("enter what happened, with its day; then somebody else may lift the breach"),
    ),
    "clock.lift_right": Entry(
        _("your role does not lift what was missed"), _("ask a manager or quality supervision")
    ),
    "clock.lift_own_role": Entry(
        _("you have the role that answered for this deadline ({role})"),
        _("somebody without this role lifts the breach"),
    ),
    "clock.lift_own_entry": Entry(
        _("you entered what explains the breach"), _("somebody else lifts it")
    ),
    "clock.lift_reason": Entry(_("a reason is needed"), _("write why the deadline was not missed")),
    "clock.paused": Entry(
        _("a hold stops this deadline; it has no end that could be moved"),
        _("wait until the hold is lifted"),
    ),
}

problem = speaker(CATALOGUE)
