"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "approval.unknown": Entry(
        _("there is no such request among those you may see"), _("look at the list again")
    ),
    "approval.role": Entry(
        _("your role does not decide this kind of request"), _("leave it to those who may decide")
    ),
    "approval.own": Entry(
        _("you asked for this yourself, so somebody else decides it"),
        _("ask a colleague who may decide"),
    ),
    "approval.other": Entry(
        _("somebody else asked for this"), _("leave it to whoever asked, or refuse it")
    ),
    "approval.reason": Entry(
        _("it is not said why the request is refused"), _("give the reason in a few words")
    ),
    "approval.decided": Entry(
        _("this was decided before: {status}; nothing was changed"), "", "warning"
    ),
}

problem = speaker(CATALOGUE)
