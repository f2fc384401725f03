"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "dial.decision": Entry(
        _("nobody asked whether this call is allowed"),
        _("open the call from the case page: the gate is asked there"),
    ),
    "dial.not_yours": Entry(
        _("the permission was given to a colleague"), _("ask the gate yourself")
    ),
    "dial.old": Entry(
        _("the permission is of {given}, today is {on}"),
        _("ask again: a permission holds for its day"),
    ),
    "dial.stale": Entry(
        _("the permission is more than ten minutes old"),
        _("load the page again: the gate is asked anew"),
    ),
    "dial.refused": Entry(
        _("this call is not allowed now (rule {rule})"),
        _("if it must be made nevertheless, give the reason: it is flagged for your team lead"),
    ),
    "dial.used": Entry(
        _("this permission was already used for a call"),
        _("each call needs a permission of its own"),
    ),
    "dial.purpose": Entry(
        _("this permission was asked for another purpose than the case's tasks have"),
        _("start the call from the case or the work list"),
    ),
    "dial.number": Entry(
        _("the permission names no number that can be dialled"), _("choose a telephone number")
    ),
    "dial.failed": Entry(
        _("the telephone system did not take the call: {why}"),
        _("dial by hand, or try again; the permission is still good"),
    ),
    "line.busy": Entry(
        _("the telephone system reports this call by itself"), _("nothing needs to be done")
    ),
    "line.not_yours": Entry(_("a colleague makes this call"), _("leave it to them")),
    "line.event": Entry(_("{value} is no event of a call"), _("answered or ended")),
}

problem = speaker(CATALOGUE)
