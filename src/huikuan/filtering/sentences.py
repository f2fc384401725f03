"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

#: Characters of a note or a reason.
MOST_NOTE = 300

CATALOGUE: dict[str, Entry] = {
    "filter.no_words": Entry(
        _("no procedure in force says how new cases are filtered"),
        _("put one into force that has the lists filter_fields and filter_classes"),
    ),
    "filter.case": Entry(
        _("there is no such new case among those you may filter"), _("look at the list again")
    ),
    "filter.no_batch": Entry(_("this case came with no batch"), _("it needs no filtering")),
    "filter.not_yours": Entry(
        _("another collector holds this case"), _("its holder or the team lead filters it")
    ),
    "filter.before": Entry(_("this case was filtered before; nothing was changed"), "", "warning"),
    "filter.mark": Entry(
        _("{field} is not marked"), _("mark each field as read, missing or doubtful")
    ),
    "filter.class": Entry(_("a class is needed"), _("choose one of those that are offered")),
    "filter.not_complete": Entry(
        _("a case of this class has {field} read; it is marked otherwise"),
        _("choose another class, or look at the field again"),
    ),
    "filter.not_asked": Entry(
        _("nothing is asked of the client for this case"), _("look at the list again")
    ),
    "filter.nothing_to_send": Entry(
        _("nothing waits to be sent to this client"), _("look at the list again")
    ),
    "filter.note_long": Entry(_("the note has more than {most} characters"), _("write it shorter")),
    "look.right": Entry(
        _("your role does not look at filtered cases again"), _("ask the team lead")
    ),
    "look.unknown": Entry(
        _("there is no such case in the sample of your team"), _("look at the list again")
    ),
    "look.own": Entry(_("you filtered this case yourself"), _("somebody else looks at it again")),
    "look.before": Entry(
        _("somebody looked at it again already; nothing was changed"), "", "warning"
    ),
    "look.ended": Entry(
        _("this filtering was corrected meanwhile"), _("look at the new one"), "warning"
    ),
    "look.reason": Entry(_("a reason is needed"), _("write what should have been found")),
}

problem = speaker(CATALOGUE)
