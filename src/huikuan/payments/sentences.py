"""Every sentence of this room: code, message, remedy. Codes are permanent."""

from __future__ import annotations

from huikuan.lib.catalogue import CATALOGUE as COMMON
from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker

CATALOGUE: dict[str, Entry] = {
    # posting
    "payment.role": Entry(_("your role may not post payments"), _("give the payment to finance")),
    "payment.case": Entry(
        _("this case is unknown or not yours to see"), _("check the case number")
    ),
    "payment.amount": Entry(
        _("a payment must be more than nothing"), _("enter money taken back as a reversal")
    ),
    "payment.currency": Entry(
        _("the payment is in {found}, the case in {currency}"),
        _("post it in the currency of the case, at the rate that the creditor applies"),
    ),
    "payment.future": Entry(
        _("the payment day {day} lies in the future"), _("post it when the money has arrived")
    ),
    "payment.reference_missing": Entry(
        _("the payment has no reference"),
        _("give the bank's transaction number: it keeps a payment from being posted twice"),
    ),
    "payment.reference_long": Entry(
        _("the reference is longer than 120 characters"), _("give the transaction number only")
    ),
    "payment.reference_ours": Entry(
        _("references that begin with “{begins}” stand for the creditor's lists alone"),
        _("give the bank's transaction number"),
    ),
    "payment.again": Entry(
        _("this payment was already posted; nothing was changed"), "", "warning"
    ),
    "payment.again_reversed": Entry(
        _("this payment was posted before and taken back on {day}; nothing was changed"),
        _("if the money came again, it has a reference of its own"),
        "warning",
    ),
    "payment.reference_used": Entry(
        _(
            "the reference {reference} belongs to another payment: {amount} of {day} for case {case},"
            " from {place}"
        ),
        _("compare it with the bank statement; one of the two references is wrong"),
    ),
    "payment.twin": Entry(
        _(
            "the same amount of the same day was already posted with the reference {reference}, from"
            " {place}"
        ),
        _("compare it with the bank statement; if it is another payment, say so"),
    ),
    "payment.item": Entry(
        _("the item chosen by the debtor is not one of this case"),
        _("choose one of the case's items"),
    ),
    # reversing
    "reversal.reason": Entry(
        _("it is not said why the payment is taken back"),
        _("give the reason, such as a returned debit"),
    ),
    "reversal.day": Entry(
        _("a payment of {paid} cannot be taken back on {day}"),
        _("give a day from the payment until today"),
    ),
    "reversal.again": Entry(
        _("the payment was already taken back on {day}; nothing was changed"), "", "warning"
    ),
    "reversal.unknown": Entry(
        _("there is no such payment among those you may see"), _("check the reference")
    ),
    # corrections
    "correction.role": Entry(
        _("your role may not ask for a correction of what is owed"), _("give it to the team lead")
    ),
    "correction.kind": Entry(
        _("this is no kind of correction or of charge"), _("choose one of those offered")
    ),
    "correction.nothing": Entry(_("the amount is nothing"), _("enter what is to change")),
    "correction.sign": Entry(
        _("a credit note or waiver lowers what is owed, this would raise it"),
        _("enter the amount below zero, or ask for a correction"),
    ),
    "correction.ground": Entry(
        _("more is to be owed, and it is not said by what"),
        _("choose the contract, a judgment, a statute or a paper of the creditor"),
    ),
    "correction.paper": Entry(
        _("the paper by which more is owed has no number here"),
        _("enter the number of the judgment or of the creditor's paper"),
    ),
    "correction.basis": Entry(
        _("more is to be owed, and it is not said on what legal basis"),
        _("name the clause of the contract or the judgment"),
    ),
    "correction.basis_long": Entry(
        _("the legal basis is longer than 80 characters"), _("name the clause only")
    ),
    "correction.day": Entry(
        _("the day must lie between {since} and {day}"),
        _("give a day from when the item arose until today"),
    ),
    "correction.reason": Entry(
        _("it is not said why what is owed is corrected"), _("give the reason in a few words")
    ),
    "correction.reference": Entry(
        _("the reference {reference} belongs to another correction"),
        _("compare the number with the paper"),
    ),
    "correction.below_zero": Entry(
        _("item {item} would be made of less than nothing: on {day} it is made of {most}"),
        _("lower it by that at most; what was paid beyond it is money in hand again"),
    ),
    "correction.kind_below_zero": Entry(
        _("of item {item} no more than {most} of {kind} stands charged on {day}"),
        _("lower it by that at most; another kind of charge has a correction of its own"),
    ),
    "correction.no_charge": Entry(
        _("nothing is left to charge: the item was paid, or changed, since the task was made"),
        _("nothing needs to be done; the next plan closes the task"),
    ),
    "charge.consumer": Entry(
        _("on a consumer's debt no {kind} is charged ({clause})"),
        _("leave it out; what the contract owed at the placement came with it"),
    ),
    "charge.ground": Entry(
        _("{kind} is not charged by this; it is charged by {grounds} ({clause})"),
        _("choose what it is really owed by; a price for the collection is owed by nobody"),
    ),
    "charge.most": Entry(
        _(
            "on a consumer's debt {most} more may be charged of this item today: interest, penalties"
            " and fees together are bounded by the year ({clause})"
        ),
        _("charge no more than that"),
    ),
    "charge.outgrown": Entry(
        _(
            "{amount} of interest and penalties were charged by a principal that would no longer"
            " stand ({clause})"
        ),
        _("take these charges back first, or lower them by that much"),
    ),
    "correction.unknown": Entry(
        _("there is no such correction among those you may see"), _("check the reference")
    ),
    "correction.again": Entry(
        _("the correction was already taken back on {day}; nothing was changed"), "", "warning"
    ),
    "correction.void_of_void": Entry(
        _("this row takes a correction back; it cannot be taken back itself"),
        _("ask for the correction again"),
    ),
    # a file
    "file.unknown": Entry(
        _("there is no such file among those you may see"), _("look at the list of files")
    ),
    "file.nothing": Entry(
        _("the file has no row with a payment"), _("ask the sender for it again")
    ),
    "file.column": Entry(
        _("the file has no column for {field}"), _("name one of its columns: {known}")
    ),
    "file.no_key": Entry(
        _("the file has no column that says whose payment it is"),
        _("add the case number, account number, invoice number, customer number or name"),
    ),
    "file.unread": Entry(
        _("{count} columns are not read: {columns}"),
        _("if one of them says whose payment it is, use one of the usual headings"),
        "warning",
    ),
    "file.twice": Entry(
        _("row {other} has the same reference {reference} with other contents"),
        _("correct one of the two references"),
    ),
    # rows that wait
    "row.unknown": Entry(
        _("there is no such row among those you may see"), _("look at the list again")
    ),
    "row.asked": Entry(
        _("this row already waits for approval; nothing was changed"), "", "warning"
    ),
    "row.done": Entry(_("this row no longer waits: {state}; nothing was changed"), "", "warning"),
    "row.case": Entry(
        _("the case is not one of this creditor"), _("choose one of the cases found")
    ),
    "row.choose": Entry(
        _("no case is chosen"), _("choose one of the cases found, or search for it")
    ),
    "row.reason": Entry(
        _("it is not said why the row is set aside"), _("give the reason in a few words")
    ),
    # requests
    "request.again": Entry(
        _("this was already asked for on {day} and waits for approval"), "", "warning"
    ),
    "request.moot": Entry(
        _("the payment is already in the book, so there is nothing to post"),
        _("refuse the request, with this reason"),
    ),
    # matching
    "match.nothing_given": Entry(
        _("the row does not say whose payment it is"), _("add a case, account or invoice number")
    ),
    "match.unknown": Entry(
        _("no case of this creditor fits"),
        _("compare the numbers; the debt may not have been placed yet"),
    ),
    "match.several": Entry(_("several cases fit: {cases}"), _("add the case number")),
    "match.disagree": Entry(
        _("the numbers of the row lead to different cases: {cases}"), _("correct the wrong number")
    ),
    "match.name_only": Entry(
        _("only the name fits, of case {cases}"), _("confirm it by adding the case number")
    ),
    "match.name": Entry(
        _("case {cases} has another name than the payer"),
        _("somebody else may have paid: confirm it by clearing the name, or correct the number"),
    ),
    "match.closed": Entry(
        _("case {cases} is no longer open"),
        _("post it by hand if the money belongs to it; else tell the creditor"),
    ),
    "match.item": Entry(
        _(
            "the book has no item {reference} of case {cases}: the money goes by the order of the law"
        ),
        _("take the payment back if it is meant for an item that comes later"),
        "warning",
    ),
    "match.twin": Entry(
        _(
            "the same amount of the same day was already posted to case {cases} with the reference"
            " {reference}, from {place}"
        ),
        _("compare it with the bank statement: the payment may stand in two files"),
    ),
}

problem = speaker(CATALOGUE, COMMON)
