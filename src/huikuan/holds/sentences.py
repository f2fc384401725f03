"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "hold.case": Entry(
        _("this case is not yours to work"), _("ask your team lead who holds it now")
    ),
    "hold.read_only": Entry(
        _("your role may look at cases and not write"), _("ask the person who holds the case")
    ),
    "hold.role": Entry(
        _("your role does not set or end holds"), _("propose it; a team lead or manager decides")
    ),
    "hold.kind": Entry(_("{value} is no kind of hold"), _("choose one of those offered")),
    "hold.company": Entry(
        _("a company cannot be: {kind}"), _("choose one of those offered for a company")
    ),
    "hold.scope": Entry(_("a hold of this kind cannot reach: {scope}"), _("choose: {allowed}")),
    "hold.item": Entry(
        _("it is not said which item is held"), _("choose the item; a dispute holds nothing else")
    ),
    "hold.account": Entry(_("it is not said which account is held"), _("choose the account")),
    "hold.disputed": Entry(
        _("complaint {number} disputes it, and the point is not decided yet"),
        _("leave it to whoever decides the complaint: the hold ends with its point"),
    ),
    "hold.future": Entry(
        _("the day lies in the future"), _("a hold begins today or on an earlier day")
    ),
    "hold.before": Entry(
        _("the day lies before the placement of {placed}"),
        _("a hold begins at the earliest when the case came to us"),
    ),
    "hold.reason": Entry(
        _("it is not said why"), _("give the reason in a few words, with its evidence")
    ),
    "hold.reason_long": Entry(
        _("the reason is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "hold.again": Entry(
        _("this is on hold already since {since}; nothing was changed"), "", "warning"
    ),
    "hold.proposed": Entry(
        _("this was proposed already and waits for a decision; nothing was changed"), "", "warning"
    ),
    "hold.unknown": Entry(
        _("there is no such hold among those you may see"), _("look at the list again")
    ),
    "hold.ended": Entry(_("this hold ended on {on}; nothing was changed"), "", "warning"),
    "hold.end_day": Entry(
        _("the hold cannot end on this day"), _("enter a day from {since} to today")
    ),
}

problem = speaker(CATALOGUE)
