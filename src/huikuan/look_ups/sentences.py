"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

MOST_TEXT = 300
MOST_NAME = 120
MOST_PERSON = 80

CATALOGUE: dict[str, Entry] = {
    "look_up.case": Entry(_("there is no such case among those you see"), _("look at the list")),
    "look_up.read_only": Entry(_("your role may look and not write"), _("ask the holder")),
    "look_up.no_words": Entry(
        _("no procedure in force says what may be looked up on which basis"),
        _("put one into force that has the lists look_up_kinds and look_up_bases"),
    ),
    "look_up.kind": Entry(_("what is asked for is needed"), _("choose one of those offered")),
    "look_up.no_basis": Entry(
        _("without a lawful basis nothing is looked up; the request was refused and recorded"),
        _("ask the debtor, or go by the contract, a lawyer's inquiry or a court"),
    ),
    "look_up.evidence": Entry(
        _("it is not said what the basis rests on"),
        _("name it, such as the clause, the lawyer's licence and letter, or the court's number"),
    ),
    "look_up.to": Entry(_("it is not said whom to ask"), _("write the bank or department")),
    "look_up.question": Entry(_("it is not said what is asked"), _("write the question")),
    "look_up.number": Entry(
        _("the question holds an ID number, a telephone number or an account"),
        _("leave it out: the data centre has the case, and the client reads the question"),
    ),
    "look_up.closed": Entry(
        _("this case is closed; nothing more is looked up"), _("look at the list")
    ),
    "look_up.own": Entry(
        _("you asked for it yourself"), _("somebody else looks at its basis and works it")
    ),
    "look_up.long": Entry(_("more than {most} characters"), _("write it shorter")),
    "look_up.waiting": Entry(
        _("the same is asked already (request {number}); nothing was changed"), "", "warning"
    ),
    "look_up.unknown": Entry(
        _("there is no such request among those you see"), _("look at the list again")
    ),
    "look_up.right": Entry(_("your role does not work look-ups"), _("ask the data centre")),
    "look_up.done": Entry(_("this was done before; nothing was changed"), "", "warning"),
    "look_up.refused": Entry(
        _("this request was refused for want of a basis"), _("ask anew, on a lawful basis")
    ),
    "look_up.not_submitted": Entry(_("it is not submitted yet"), _("submit it first")),
    "look_up.spoken_to": Entry(
        _("it is not said who confirmed it"), _("write the name of whom you spoke to")
    ),
    "look_up.moment": Entry(
        _("the call lies in the future or before the submission"), _("check the time")
    ),
    "look_up.nothing": Entry(
        _("the result is empty"), _("write a number, an address, or that nothing was found")
    ),
}

problem = speaker(CATALOGUE)
