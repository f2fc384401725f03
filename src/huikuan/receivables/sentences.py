"""Every sentence of this room's verbs: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    "statement.unknown": Entry(
        _("there is no such statement among those you may see"), _("look at the list again")
    ),
    "statement.read_only": Entry(
        _("your role may look at cases and not write"), _("ask the person who holds the case")
    ),
    "statement.kind": Entry(
        _("{value} is nothing that happens to a statement"), _("choose one of those offered")
    ),
    "statement.role": Entry(
        _("this step of the statement belongs to another role: {role}"),
        _("leave it to that role or ask your team lead"),
    ),
    "statement.right": Entry(
        _("your role may not do this: {right}"),
        _("leave it to a role that may, or ask your team lead"),
    ),
    "statement.maker": Entry(
        _("who made the statement does not check it"), _("somebody else of that role checks it")
    ),
    "statement.future": Entry(
        _("the day lies in the future"), _("enter the day on which it happened")
    ),
    "statement.before": Entry(
        _("the day lies before {day}, from which the statement is to be made"),
        _("correct the day"),
    ),
    "statement.needs": Entry(_("this comes after: {event}"), _("enter that first")),
    "statement.again": Entry(_("this was entered on {day}; nothing was changed"), "", "warning"),
    "statement.early": Entry(_("the day lies before this: {event} on {day}"), _("correct the day")),
    "statement.is_sent": Entry(
        _("the customer has the statement since {day}"),
        _("take the sending back first if it was entered wrongly"),
    ),
    "statement.confirmed_how": Entry(
        _("it is not said who confirmed the statement and how"),
        _("write who, and by what: the sealed copy, a mail; the chase rests on it"),
    ),
    "statement.return_reason": Entry(
        _("it is not said why the draft goes back"), _("write what its maker is to correct")
    ),
    "statement.mail_void": Entry(
        _("what this mail tells of a statement was taken back"),
        _("withdraw it; where the event is entered again, its mail leaves anew"),
    ),
    "lock.notice_overtaken": Entry(
        _("deliveries were locked or unlocked again since; this notice is true no more"),
        _("withdraw it: the later notice says what holds now"),
    ),
    "statement.void_unknown": Entry(
        _("there is no such entry, or it was taken back before"), _("look at the page again")
    ),
    "statement.void_reason": Entry(
        _("it is not said why the entry is wrong"), _("write it; entry and reason are kept")
    ),
    "statement.void_other": Entry(
        _("somebody else entered this"), _("ask that person, or somebody above them")
    ),
    "statement.void_needed": Entry(
        _("this rests on it: {event} on {day}"), _("take that back first")
    ),
    "lock.unknown": Entry(
        _("there is no such case among those you may see"), _("look at the list again")
    ),
    "lock.kind": Entry(_("it is not said why"), _("choose one of those offered")),
    "lock.no_task": Entry(
        _("the procedure does not ask for a lock here"),
        _("deliveries are locked by the task of the procedure, after its approval"),
    ),
    "lock.end_early": Entry(
        _("what deliveries are locked for is not paid; {role} ends a lock before that"),
        _("ask {role}, with what secures the debt or shows the mistake"),
    ),
    "lock.no_step": Entry(
        _("the procedure of the case has no step for this"), _("have it corrected there")
    ),
    "lock.again": Entry(_("deliveries are locked since {day}"), ""),
    "lock.none": Entry(_("deliveries are not locked"), ""),
    "lock.still_overdue": Entry(
        _("something that deliveries were locked for is still unpaid"),
        _("choose another reason, or wait until the payment is posted"),
    ),
    "statement.progress_of_what": Entry(
        _("it is not said what the customer answered"),
        _("write it in a few words, or name the items"),
    ),
    "lock.not_disputed": Entry(
        _("not everything unpaid that deliveries were locked for is in dispute or held"),
        _("choose another reason"),
    ),
    "lock.orders": Entry(
        _("it is not said which orders are held back"), _("choose new orders, or signed contracts")
    ),
    "lock.ground": Entry(
        _("a signed contract is held back only on a ground of the law"),
        _("choose the article of the Civil Code; ask the legal department where none fits"),
    ),
    "lock.evidence": Entry(
        _("a signed contract is held back only with evidence"),
        _("attach the contract, the statement or whatever shows the ground"),
    ),
    "lock.reason": Entry(_("the reason is missing"), _("write it; it is kept with the lock")),
    "mail.no_address": Entry(
        _("the customer has no usable e-mail address"),
        _("enter one on the case, or say that the customer is told in another way"),
    ),
    "mail.no_text": Entry(
        _("the script {script} writes no mail"), _("have it corrected in the procedure")
    ),
    "mail.of_act": Entry(
        _("the mail tells the customer this, and it is not written yet: {words}"),
        _("write it in this field; the customer reads it as it stands"),
    ),
    "mail.words": Entry(
        _("the mail lacks: {words}"),
        _("enter it with the house, the client or the case, then send"),
    ),
    "mail.gate": Entry(
        _("the rule {rule} forbids the mail now"), _("look at the case to see when it may leave")
    ),
    "statement.no_receipts": Entry(
        _("the customer does not settle by delivery receipts"),
        _("choose what happened; how they settle comes with the list of invoices"),
    ),
    "statement.told": Entry(
        _("it is not said how the customer was told"),
        _("say whether the mail leaves now, or that they were told in another way"),
    ),
    "statement.told_how": Entry(
        _("no mail leaves, and it is not said how the customer was told"),
        _("write in the note how, and by what that can be shown: by post with its number, by hand"),
    ),
    "statement.told_past": Entry(
        _("a mail leaves today and not on {day}"),
        _("say that the customer was told in another way, or enter today's day"),
    ),
    "statement.item": Entry(
        _("the item {item} does not stand on this statement"), _("choose one of its items")
    ),
    "statement.line_note": Entry(
        _("it is not said in what the item {item} differs"),
        _("write what the customer's books say"),
    ),
    "statement.note_long": Entry(
        _("the note is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "statement.line_long": Entry(
        _("what is said of the item {item} is longer than {most} characters"),
        _("shorten it; details belong in a note on the case"),
    ),
    "statement.lines_kind": Entry(
        _("items are named with a confirmation or an answer of the customer"),
        _("enter what the customer said"),
    ),
}

problem = speaker(CATALOGUE)
