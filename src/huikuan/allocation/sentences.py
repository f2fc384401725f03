"""Sentences of the recall, and of who has seen new cases. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "recall.role": Entry(
        _("your role does not recall cases"), _("ask a team lead or manager who allocates")
    ),
    "recall.case": Entry(
        _("there is no case {value} among those you may see"), _("check the number of the case")
    ),
    "recall.ended": Entry(
        _("case {value} is not open; nothing was changed"), _("leave it out and recall the others")
    ),
    "recall.future": Entry(
        _("the day lies in the future"), _("recall the case on its day, or on an earlier day")
    ),
    "recall.before": Entry(
        _("case {value} was placed on {placed}, after this day"), _("enter a day from then on")
    ),
    "recall.reason_long": Entry(
        _("the reason is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
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
