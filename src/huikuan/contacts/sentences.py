"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    # whose case, which contact point
    "contact.case": Entry(
        _("this case is not yours to work"), _("ask your team lead who holds it now")
    ),
    "contact.read_only": Entry(
        _("your role may look at cases and not write"), _("ask the person who holds the case")
    ),
    "contact.point_missing": Entry(
        _("it is not said which number or address was used"),
        _("choose the contact point; add it first if it is new"),
    ),
    "contact.point_other": Entry(
        _("this number or address does not belong to the debtor of this case"),
        _("choose one of the case's own"),
    ),
    "contact.point_kind": Entry(
        _("{channel} cannot be made to a contact point of the kind {kind}"),
        _("choose another channel or contact point"),
    ),
    "contact.task_other": Entry(
        _("task {task} does not belong to this case"), _("load the case again")
    ),
    "contact.task_kind": Entry(
        _("{step} is not done by a contact"),
        _("do it on the case page, where its result is written"),
    ),
    "contact.task_channel": Entry(
        _("{step} is done in another way: {action}"),
        _("take it off this contact, and record the other one when it took place"),
    ),
    "contact.mail_done": Entry(
        _("{step} was done meanwhile, on {on}: the mail was not sent"),
        _("take the task off the mail, and send it if there is more to say"),
    ),
    "contact.mail_since": Entry(
        _("{who} wrote to this customer at {time}, after you opened this page: nothing was sent"),
        _("look at that mail in the case, and send yours if it says more"),
    ),
    "contact.mail_held": Entry(
        _("the mail may not leave now: {rule}"),
        _("it leaves by itself when it may; withdraw it if it shall not"),
    ),
    "contact.mail_over": Entry(
        _("what the mail was for is over"),
        _("withdraw it; if there is more to say, write a new one"),
    ),
    "contact.mail_address": Entry(
        _("the address of the mail is none of this person any more"),
        _("withdraw it, and write to another address"),
    ),
    "contact.task_done": Entry(
        _("the task {step} was already {status} on {on}; your contact was saved all the same"),
        _("nothing needs to be done"),
        "warning",
    ),
    # the words of the form
    "contact.choice": Entry(_("{value} is not one of the known values"), _("known here: {known}")),
    "contact.outcome": Entry(
        _("there is no outcome {value} in this procedure"), _("choose one of: {known}")
    ),
    "contact.no_words": Entry(
        _("this procedure has no outcomes and reasons of its own: {value} is none of them"),
        _("leave it out; what came of it belongs into the note"),
    ),
    "contact.reason": Entry(
        _("there is no reason {value} in this procedure"), _("choose one of: {known}")
    ),
    "contact.seconds": Entry(
        _("{seconds} seconds cannot be the length of a call"), _("correct the length")
    ),
    "contact.future": Entry(_("the contact would lie in the future"), _("correct its time")),
    "contact.before_placement": Entry(
        _("the contact would lie before the placement of {placed}"), _("correct its day")
    ),
    "contact.not_connected": Entry(
        _("nobody was reached, yet {field} is filled in"), _("say who answered, or clear the field")
    ),
    "contact.who": Entry(_("it is not said who answered"), _("choose who answered")),
    "contact.identified": Entry(
        _("only the debtor can be identified as the debtor"),
        _("the debtor states full name and birth date; choose who answered"),
    ),
    "contact.not_the_debtor": Entry(
        _("{field} can only come from the debtor"),
        _("say that the debtor answered, or clear the field"),
    ),
    "contact.note": Entry(
        _("a talk needs a note"),
        _("write shortly what was said; put your own view into the analysis"),
    ),
    # the next contact
    "contact.next_time": Entry(
        _("the next contact needs a definite time"),
        _("agree on an hour, for example 18:30, or leave the day empty"),
    ),
    "contact.next_past": Entry(
        _("the next contact would lie in the past"), _("enter a time that is still to come")
    ),
    "contact.next_far": Entry(
        _("the next contact is later than {limit}; at most {days} days are allowed"),
        _("agree on an earlier day"),
    ),
    # the gate
    "contact.no_decision": Entry(
        _("nobody asked whether this contact is allowed"),
        _("ask first: open the contact from the case page"),
    ),
    "contact.decision_other": Entry(
        _("the permission was given for another case, channel or contact point"),
        _("ask again for this contact"),
    ),
    "contact.decision_colleague": Entry(
        _("the permission was given to a colleague"),
        _("ask again yourself: a permission serves whoever asked for it"),
    ),
    "contact.decision_old": Entry(
        _("the permission is of {given}, the contact of {on}"),
        _("ask again: a permission holds for its day"),
    ),
    "contact.decision_used": Entry(
        _("another contact was already recorded with this permission"),
        _("each contact needs a permission of its own"),
    ),
    "contact.refused": Entry(
        _("the contact was not allowed (rule {rule})"),
        _(
            "if it took place nevertheless, give the reason: it is saved and flagged for your team lead"
        ),
    ),
    "contact.refused_since": Entry(
        _(
            "the book has changed since the permission: the contact is no longer allowed (rule {rule})"
        ),
        _(
            "if it took place nevertheless, give the reason: it is saved and flagged for your team lead"
        ),
    ),
    # how it was
    "contact.timezone": Entry(
        _("{zone} is no time zone, so the debtor's local time is unknown"),
        _("correct the time zone of the debtor"),
    ),
    "contact.request_key": Entry(
        _("this form was already saved for another case"),
        _("load the case again and fill the form in anew"),
    ),
    "contact.request_key_other": Entry(
        _("under this key contact {contact} was saved, which says something else"),
        _("load the case again and enter this one anew; on the command line give it its own --key"),
    ),
    "contact.inbound_task": Entry(
        _("what came from the debtor does no task that asks us to write or to go there"),
        _("save it without the task; the task stays open"),
    ),
    "contact.mail_key_other": Entry(
        _("this form has sent another mail already; this one has not left"),
        _("read it once more and send it: it leaves as a mail of its own"),
    ),
    "contact.debtor_refuses": Entry(
        _("only a third person's number is closed by a refusal"),
        _("record the debtor's wish as agreed hours or as a hold"),
    ),
    # what the outcome asks for
    "contact.need_outcome": Entry(_("it is not said what came of it"), _("choose an outcome")),
    "contact.outcome_other": Entry(
        _("this outcome does not belong to who answered"),
        _("choose an outcome of those offered for this answer"),
    ),
    "contact.unverified": Entry(
        _("this outcome is a talk about the debt, and the identity was not confirmed"),
        _("confirm the identity first, or choose what was reached without it"),
    ),
    "contact.need": Entry(
        _("{field} is missing: this outcome needs it"), _("fill it in, or choose another outcome")
    ),
    "contact.need_item": Entry(
        _("it is not said which item is meant"), _("choose the item that is to rest")
    ),
    "contact.need_paid_items": Entry(
        _("it is not said which items have been paid"), _("tick each item that is said to be paid")
    ),
    "contact.instalments": Entry(
        _("the amount cannot be paid in {count} parts"),
        _("agree on fewer parts; each must be at least one cent"),
    ),
    "contact.hours": Entry(
        _("the agreed hours need a beginning and a later end"),
        _("write both, for example 18:00 and 21:00"),
    ),
    "contact.invalid": Entry(_("this cannot be read"), _("correct the value")),
    # contact data
    "contact.address_long": Entry(
        _("an address has at most {limit} characters"), _("leave out what is no address")
    ),
    "contact.email": Entry(_("this is no e-mail address"), _("ask for it letter by letter")),
    "contact.service_number": Entry(
        _("this is a service number, nobody's own"), _("enter the number of a person or an office")
    ),
    # taking back
    "undo.gone": Entry(_("this record is no longer there"), _("look at the case again")),
    "undo.refusal": Entry(
        _("somebody asked in it not to be contacted any more, and that holds from then on"),
        _("have your team lead look at it where it was entered by mistake"),
    ),
    "undo.later": Entry(
        _("something was recorded on this case since, so the record stays"),
        _("record a further contact or a note that corrects it"),
    ),
}

problem = speaker(CATALOGUE)
