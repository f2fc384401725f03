"""Every sentence that the intake can say about a mapping, a file or a row: code, message, remedy. Codes are
permanent.
"""

from __future__ import annotations

from collections.abc import Mapping

from huikuan.lib.catalogue import CATALOGUE as COMMON
from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import Problem, Severity
from huikuan.lib.problems import gettext_noop as _

CATALOGUE: dict[str, Entry] = {
    # the mapping file
    "mapping.column_or_value": Entry(
        _("give either a column or a value"), _("column: the name in the file's header; value: the same for every row")
    ),
    "mapping.name": Entry(_("the mapping is named {name} but stands in {expected}"), _("give both the same name")),
    "mapping.identity": Entry(
        _("nothing says who the debtor is"), _("map person.number, person.id or person.credit_code to a column")
    ),
    "mapping.due": Entry(
        _("give either item.due_on or months_late"), _("one of the two says when a row's debt fell due")
    ),
    "mapping.form_unused": Entry(_("form is only for dates"), _("remove it")),
    "mapping.currency": Entry(_("{value} is not a currency known here"), _("known here: {known}")),
    "mapping.column_twice": Entry(_("the column {column} is both used and ignored"), _("remove it from ignore")),
    "mapping.pack_unknown": Entry(
        _("there is no procedure {pack}"), _("write the name of a procedure; known here: {known}")
    ),
    "mapping.pack_unknown_near": Entry(
        _("there is no procedure {pack}"), _("did you mean {suggestion}?")
    ),
    "mapping.pack_rules": Entry(
        _("{pack} are contact rules, no procedure: they hold for every case without being named"),
        _("write the name of a procedure; known here: {known}"),
    ),
    "mapping.pack_unsigned": Entry(
        _("nobody has approved the procedure {pack}: its cases would get no work"),
        _("a manager approves it on its page, or: huikuan check {pack} --approve USER"),
    ),
    "mapping.pack_inactive": Entry(
        _("the procedure {pack} is approved and not in force for this creditor"),
        _("huikuan pack activate {pack}"),
    ),
    "mapping.pack_later": Entry(
        _("the procedure {pack} is in force from {first_on}; from {from_on} until then nothing would be done"),
        _("write from: {first_on}"),
    ),
    # the file as a whole
    "file.column_missing": Entry(
        _("the file has no column {column}, which the mapping needs ({place})"),
        _("rename the column in the file, or name its new heading in the mapping"),
    ),
    "file.column_missing_near": Entry(
        _("the file has no column {column}, which the mapping needs ({place})"),
        _("did you mean {suggestion}? Rename it in the file, or name its new heading in the mapping"),
    ),
    "file.column_unused": Entry(
        _("the column {column} is not in the mapping; it was not read"),
        _("add it to details or ignore in the mapping"),
        "warning",
    ),
    "file.other_mapping": Entry(
        _("the mapping {mapping} belongs to the creditor {owner}, not to {creditor}"),
        _("choose the creditor's mapping"),
    ),
    # one cell
    "value.missing": Entry(_("a value is missing here"), _("fill the cell in")),
    "value.code": Entry(
        _("{value} is not in the mapping's code dictionary"), _("known here: {known}; add the code to the mapping")
    ),
    "value.count": Entry(_("this is not a whole number"), _("write digits only")),
    "value.long": Entry(_("the text is longer than {limit} characters"), _("shorten it, or map another column")),
    "value.email": Entry(_("this is not an e-mail address"), _("compare it with the source")),
    "amount.negative": Entry(
        _("the amount is negative"),
        _("a credit balance is no debt: leave the row out; enter a credit note as a correction of its invoice"),
    ),
    "amount.nothing_owed": Entry(
        _("nothing is owed in this row"), _("leave the row out, or correct the amounts"),
    ),
    "date.before_debt": Entry(
        _("the day lies before the debt came about ({start})"), _("correct one of the two dates")
    ),
    "date.before_placement": Entry(_("the return day lies before the placement"), _("correct one of the two dates")),
    "date.future": Entry(_("the day lies in the future"), _("correct the date")),
    # one row
    "row.duplicate": Entry(_("the row is the same as row {first}"), _("remove one of the two")),
    "row.contradiction": Entry(
        _("rows {rows} have the same account and item number but do not say the same"),
        _("keep the right one, or give each item its own number"),
    ),
    "person.contradiction": Entry(
        _("the rows of this debtor number give different names or identity numbers (rows {rows})"),
        _("give each debtor a number of their own, or correct the name or the identity number"),
    ),
    "account.contradiction": Entry(
        _("this account number stands with different debtors or products (rows {rows})"),
        _("correct the account number or the debtor"),
    ),
    "person.other": Entry(
        _("this debtor number is in the book under another name or identity number"),
        _("compare with the debtor's record; correct the number or the name"),
    ),
    "account.other": Entry(
        _("this account is in the book under another debtor or product"), _("compare with the account's case")
    ),
    "item.other": Entry(
        _("this item is in the book with another amount or due date ({number})"),
        _("post a correction or a payment to the case instead of importing the item again"),
    ),
    "payment.other": Entry(
        _("this payment is in the book with another amount: {amount} of {day} for case {case}, from {place}"),
        _("ask the creditor which amount is right; take the payment back and post the right one"),
    ),
    "payments.wait": Entry(
        _("{count} payments of the file are probably in the book already: same case, day and amount"),
        _("look at them under payments to clear"),
        "warning",
    ),
    "file.rows_known": Entry(
        _("{count} items of the file were already in the book; only what is new about them was added"),
        _("nothing needs to be done"),
        "warning",
    ),
    # the arrival
    "arrival.name_empty": Entry(
        _("the file has no name"), _("give the name that it has in its channel")
    ),
    "arrival.name_characters": Entry(
        _("the name of the file has a line break or control character"),
        _("give the name that it has in its channel"),
    ),
    "arrival.name_blanks": Entry(
        _("the name of the file begins or ends with a blank"),
        _("give the name that it has in its channel"),
    ),
    "arrival.name_path": Entry(
        _("this is a path; the batch is found again by the name of its file alone"),
        _("give the name without folders"),
    ),
    "arrival.name_long": Entry(
        _("the name of the file has more than {most} characters"),
        _("give the name that it has in its channel"),
    ),
    # the receipt
    "creditor.unknown": Entry(_("there is no creditor {code}"), _("known here: {known}")),
    "mapping.unknown": Entry(_("there is no mapping {name}"), _("known here: {known}")),
    "batch.unknown": Entry(
        _("there is no such batch among those you may see"), _("look at the list of placements")
    ),
    "batch.name_right": Entry(
        _("your role does not name who handles a batch"), _("ask the general manager's office")
    ),
    "batch.over": Entry(_("nothing of {number} is left to handle"), _("look at the batch again")),
    "batch.handler": Entry(
        _("this person cannot take in placements"), _("name somebody whose role imports them")
    ),
    "rows.right": Entry(_("your role does not take in placements"), _("ask whoever may")),
    "rows.reason": Entry(_("a reason is needed"), _("write why nobody waits for the rows")),
    "rows.not_waiting": Entry(
        _("these rows do not wait: {rows}"), _("name rows that the batch lists as to be corrected")
    ),
    "batch.reason": Entry(_("a reason is needed"), _("write what is special about the batch")),
    "batch.reason_long": Entry(
        _("the reason has more than {most} characters"), _("write it shorter")
    ),
    "batch.named_before": Entry(
        _("this person was named before; nothing was changed"), "", "warning"
    ),
    "mapping.unknown_near": Entry(_("there is no mapping {name}"), _("did you mean {suggestion}?")),
}  # fmt: skip


def problem(code: str, params: Mapping[str, object] | None = None, **place: object) -> Problem:
    """The Problem with this code, of this room or of the lower layer's catalogue. KeyError for an unknown code."""
    entry = CATALOGUE.get(code) or COMMON[code]
    place.setdefault("severity", entry.severity)
    found = Problem(code, entry.message, entry.remedy, dict(params or {}))
    return found.at(**place)


def sentence(code: str) -> Entry:
    """Message and remedy of a code."""
    return CATALOGUE.get(code) or COMMON[code]


def severity(code: str) -> Severity:
    """How bad a problem of this code is."""
    return sentence(code).severity
