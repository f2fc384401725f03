"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

#: Characters of a line, and of a longer text.
MOST_LINE = 300
MOST_TEXT = 4000

CATALOGUE: dict[str, Entry] = {
    "complaint.unknown": Entry(
        _("there is no such complaint among those you may see"), _("look at the list again")
    ),
    "complaint.case": Entry(
        _("there is no case '{number}' among those you may see"),
        _("leave it empty where the complainant has none"),
    ),
    "complaint.client": Entry(
        _("there is no client '{value}' in this house"),
        _("choose one of the house's clients, or leave it empty"),
    ),
    "complaint.person": Entry(
        _("nobody called '{value}' works in this house"),
        _("choose one of those offered, or leave it empty where nobody is named"),
    ),
    "complaint.key_used": Entry(
        _("another complaint was entered with this form"),
        _("open the form anew and enter this one too"),
    ),
    "complaint.right": Entry(
        _("your role does not handle complaints"), _("hand it over to customer service")
    ),
    "complaint.interest": Entry(
        _("you have an interest in this complaint: {why}"), _("leave it to somebody else")
    ),
    "complaint.owner_interest": Entry(
        _("{name} has an interest in this complaint: {why}"),
        _("choose somebody who has nothing to do with it"),
    ),
    "complaint.new_owner": Entry(
        _("{name} owns it and would have an interest in it then"),
        _("name the new owner together with the correction"),
    ),
    "complaint.owner_unknown": Entry(
        _("there is no such person who handles complaints here"), _("choose one of those offered")
    ),
    "complaint.not_owner": Entry(
        _("this complaint is handled by {name}"), _("leave it to the owner, or name another one")
    ),
    "complaint.no_owner": Entry(
        _("nobody owns this complaint yet"), _("name an owner without an interest first")
    ),
    "complaint.empty": Entry(_("this is needed"), _("fill it in")),
    "complaint.long": Entry(_("this is longer than {most} characters"), _("write it shorter")),
    "complaint.moment": Entry(
        _("this moment lies in the future"), _("enter when it reached the house")
    ),
    "complaint.past": Entry(_("this moment is past"), _("name a later one")),
    "complaint.beyond_law": Entry(
        _("the law wants the answer by {moment}"),
        _("promise a time before it, or let somebody who may extend it do so first"),
    ),
    "complaint.not_complex": Entry(
        _("the law gives special time only after the time of a complex case"),
        _("extend it as complex first"),
    ),
    "complaint.unreachable": Entry(
        _("nothing is known by which the complainant is answered"),
        _("decide the points and close it"),
    ),
    "complaint.silent": Entry(
        _("these departments have not answered: {departments}"), "", "warning"
    ),
    "complaint.too_far": Entry(
        _("a time of reply lies within {days} days"), _("name an earlier one")
    ),
    "complaint.changes": Entry(
        _("a later time of reply was told {most} times already"),
        _("answer now, or let somebody above the owner tell another one"),
    ),
    "complaint.promise_over": Entry(
        _("the time of reply ran out twice"), _("answer now; no third one is promised")
    ),
    "complaint.level_owner": Entry(
        _("at this level it is owned by: {role}"), _("name an owner of this role first")
    ),
    "complaint.level_role": Entry(
        _("at this level it is taken further by: {role}"), _("leave it to somebody of this role")
    ),
    "complaint.demanded": Entry(
        _("the procedure still demands: {steps}"), _("do that first, then close it")
    ),
    "complaint.no_point": Entry(
        _("no complaint point is recorded in full"),
        _("write at least one point with its cause, what happened, and the aim"),
    ),
    "complaint.cause": Entry(
        _("'{code}' is no cause of the procedure in force"), _("choose one of: {known}")
    ),
    "complaint.no_causes": Entry(
        _("the procedure in force names no causes of complaints"),
        _("load and activate a version with the list complaint_causes"),
    ),
    "complaint.disputed": Entry(
        _("it is not said what is disputed, or it is not of this case"),
        _("choose the case, one of its items or accounts, or nothing"),
    ),
    "complaint.accepted": Entry(
        _("this complaint is accepted already; nothing was changed"), "", "warning"
    ),
    "complaint.not_accepted": Entry(
        _("this complaint is not accepted yet"), _("record its points first")
    ),
    "complaint.closed": Entry(_("this complaint is closed; nothing was changed"), "", "warning"),
    "complaint.again": Entry(_("this was entered already; nothing was changed"), "", "warning"),
    "complaint.department": Entry(
        _("there is no role '{value}' in this house"), _("choose one of those offered")
    ),
    "complaint.not_asked": Entry(
        _("your role was not asked about this complaint"), _("leave it to the role that was")
    ),
    "complaint.no_client": Entry(
        _("it is not known which client this complaint is about"), _("there is nobody to report to")
    ),
    "complaint.no_address": Entry(
        _("no user of the client has an e-mail address"),
        _("tell the client in another way, and say how"),
    ),
    "complaint.waits": Entry(
        _("the last proposal waits for an answer"), _("enter what the complainant said first")
    ),
    "complaint.nothing_waits": Entry(
        _("no proposal waits for an answer of the complainant"), _("make a proposal first")
    ),
    "complaint.amount": Entry(
        _("a waiver or refund needs an amount, and nothing else has one"), _("correct the amount")
    ),
    "complaint.amount_case": Entry(
        _("money is given only on a case"), _("propose something else, or find the case first")
    ),
    "complaint.beyond": Entry(
        _("this is beyond your authority, and nobody above you decides it"),
        _("propose less, or change the chain of the procedure"),
    ),
    "complaint.no_refusal": Entry(
        _("no proposal was refused yet"), _("negotiate before a demand is held to be unreasonable")
    ),
    "complaint.harm": Entry(
        _("it must seriously harm the house or its staff and block a solution to be unreasonable"),
        _("confirm both, and say how; else negotiate on"),
    ),
    "complaint.second": Entry(
        _("whoever holds the demand to be unreasonable does not agree to it"),
        _("a second person says whether it is"),
    ),
    "complaint.not_unreasonable": Entry(
        _("two people have not agreed that the demand is unreasonable"),
        _("record it with its reason, and let a second person say"),
    ),
    "complaint.no_level": Entry(
        _("the procedure has no further level"), _("decide it at this one")
    ),
    "complaint.undecided": Entry(
        _("points are not decided yet: {count}"), _("decide each of them first")
    ),
    "complaint.not_replied": Entry(
        _("the complainant does not know the decision yet"), _("tell them, then close it")
    ),
    "complaint.no_clock": Entry(
        _("no legal time runs for this complaint"), _("nothing has to be extended")
    ),
    "complaint.paper_kind": Entry(
        _("there is no such kind of document of a complaint"), _("choose one of those offered")
    ),
    "complaint.no_paper": Entry(
        _("neither a file nor an address is given"), _("choose a file, or enter the address")
    ),
    "complaint.address": Entry(
        _("this is no address of the web"), _("write it with https:// in front, without spaces")
    ),
    "complaint.procedure": Entry(
        _("no procedure for complaints is in force in this house"),
        _("activate one: huikuan pack list complaints"),
    ),
}

problem = speaker(CATALOGUE)
