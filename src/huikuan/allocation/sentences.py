"""Every sentence of this room's verbs that is about who has seen new cases. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "seen.right": Entry(_("your role does not allot cases"), _("ask the team lead")),
    "seen.unknown": Entry(
        _("there is no such notice among those of your collectors"), _("look at the list again")
    ),
    "seen.seen": Entry(_("the notice was seen; nothing was changed"), "", "warning"),
    "seen.called_on": Entry(
        _("the collector was called on already; nothing was changed"),
        _("speak to the collector"),
        "warning",
    ),
}

problem = speaker(CATALOGUE)
