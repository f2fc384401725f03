"""A statement of account as a PDF, in Chinese or English, and kept as a document of its subject."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.casebook.about import About
from huikuan.casebook.models import Act, Charge, Document
from huikuan.documents import statement as ledger
from huikuan.documents.statement import Account, Entry, OpenItem, Statement
from huikuan.documents.store import NewDocument, store
from huikuan.documents.typeset import pdf
from huikuan.lib.money import to_decimal
from huikuan.people.models import Creditor

FORM = "statement.typ"
KIND = "statement"
PDF = "application/pdf"


def statement_pdf(
    statement: Statement,
    *,
    language: str,
    made_at: dt.datetime,
    confirm_by: dt.date | None = None,
) -> bytes:
    """The statement as a PDF. `confirm_by`: the day until which the customer may confirm it.

    Raises Refusal (statement.glyphs) for a name with a sign that the type lacks.
    """
    with translation.override(language):
        data = statement_data(statement, made_on=made_at.date(), confirm_by=confirm_by)
    data["language"] = language[:2]
    return pdf(FORM, data, made_at=made_at)


def keep_statement(
    statement: Statement,
    content: bytes,
    *,
    subject: About,
    act: Act,
    at: dt.datetime,
) -> Document:
    """Keeps the PDF on its subject under a name that tells customer and month."""
    # A slash in a customer's name is none of a folder.
    customer = statement.person.name.replace("/", "-").replace("\\", "-")
    name = f"对账单 {customer} {statement.first_day:%Y-%m}.pdf"
    new = NewDocument(KIND, name, content, PDF)
    return store(new, subject=subject, act=act, on=statement.last_day, at=at)


def statement_data(
    statement: Statement, *, made_on: dt.date, confirm_by: dt.date | None = None
) -> dict[str, Any]:
    """What the form prints: every word and figure as text, in the language that is active."""
    person = statement.person
    creditor = person.creditor
    house = person.organisation

    return {
        "title": _("Statement of account"),
        "issuer": creditor.name,
        "house": _handled_by(creditor),
        "page": pgettext("statement", "Page"),
        "heads": [
            [pgettext("statement", "Customer"), person.name],
            [_("Customer number"), person.given_number],
            [pgettext("statement", "Period"), f"{statement.first_day} – {statement.last_day}"],
            [pgettext("statement", "Made on"), str(made_on)],
        ],
        "accounts": [_account(account, statement) for account in statement.accounts],
        "nothing": _("Nothing was charged or paid."),
        "pay_to": _labelled(_("Please pay to"), creditor.pay_to),
        "phone": _labelled(pgettext("statement", "Questions"), house.callback_phone),
        "confirm": _confirm(confirm_by),
        "signature": _("Customer (signature, chop, date)"),
    }


def _handled_by(creditor: Creditor) -> str:
    """The house that works for the creditor; nothing where the creditor works for itself."""
    if creditor.is_the_house:
        return ""
    return _("Handled by {house}").format(house=creditor.organisation.name)


def _labelled(label: str, value: str) -> list[str]:
    return [label, value] if value else []


def _confirm(confirm_by: dt.date | None) -> str:
    if confirm_by is None:
        return _("Please check this statement and confirm it, or tell us what differs.")
    text = _("Please check this statement and confirm it by {day}, or tell us what differs.")
    return text.format(day=confirm_by)


def _account(account: Account, statement: Statement) -> dict[str, Any]:
    """One currency: summary, lines with a running balance, what is open."""
    totals = [
        (pgettext("statement", "Opening balance"), account.opening_minor),
        (pgettext("statement", "Charges"), account.total_minor(ledger.CHARGE)),
        (pgettext("statement", "Credit notes"), account.total_minor(ledger.CREDIT_NOTE)),
        (pgettext("statement", "Payments"), account.total_minor(ledger.PAYMENT)),
        (_("Payments taken back"), account.total_minor(ledger.REVERSAL)),
        (pgettext("statement", "Closing balance"), account.closing_minor),
    ]

    return {
        "currency": _("Currency {currency}").format(currency=account.currency),
        "totals": [[label, _amount(minor, account)] for label, minor in totals],
        "columns": [
            pgettext("statement", "Day"),
            pgettext("statement", "What"),
            pgettext("statement", "Number"),
            pgettext("statement", "Due on"),
            pgettext("statement", "Charged"),
            _("Paid or credited"),
            pgettext("statement", "Balance"),
        ],
        "opening": [
            pgettext("statement", "Opening balance"),
            _amount(account.opening_minor, account),
        ],
        "lines": _lines(account),
        "closing": [
            pgettext("statement", "Closing balance"),
            _amount(account.closing_minor, account),
        ],
        "open_title": _("Open at the end of the period"),
        "open_columns": [
            pgettext("statement", "Number"),
            pgettext("statement", "Due on"),
            _("Days late"),
            pgettext("statement", "Amount"),
            pgettext("statement", "Open"),
        ],
        "open": [_open(item, account, statement) for item in account.open_items],
        "not_set": _not_set(account),
        "nothing_open": _("Nothing is open."),
    }


def _open(item: OpenItem, account: Account, statement: Statement) -> list[str]:
    """The line of an open item; days late are left out where there are none."""
    days_late = ""
    if item.due_on < statement.last_day:
        days_late = str((statement.last_day - item.due_on).days)

    return [
        item.number,
        str(item.due_on),
        days_late,
        _amount(item.amount_minor, account),
        _amount(item.open_minor, account),
    ]


def _not_set(account: Account) -> list[str]:
    """The line for money that was paid and not yet set against an item."""
    if account.not_set_minor == 0:
        return []
    label = _("Paid and not yet set against an item")
    return [label, _amount(-account.not_set_minor, account)]


def _lines(account: Account) -> list[list[str]]:
    """The lines of the account, each with the balance after it."""
    lines = []
    balance = account.opening_minor
    for entry in account.entries:
        balance += entry.amount_minor
        amount = _amount(abs(entry.amount_minor), account)
        amounts = ["", amount]
        if entry.amount_minor >= 0:
            amounts = [amount, ""]

        what = [str(entry.on), _words(entry), entry.number, str(entry.due_on or "")]
        lines.append([*what, *amounts, _amount(balance, account)])

    return lines


def _words(entry: Entry) -> str:
    """What a line is, with the reason where there is one."""
    if entry.kind == ledger.CHARGE:
        return _words_of_charge(entry.text)
    words = {
        ledger.CREDIT_NOTE: pgettext("statement", "Credit note"),
        ledger.PAYMENT: pgettext("statement", "Payment"),
        ledger.REVERSAL: _("Payment taken back"),
    }
    word = words[entry.kind]
    return f"{word}: {entry.text}" if entry.text else word


def _words_of_charge(kind: str) -> str:
    # To a customer it is the price of the goods; "principal" is a word of loans.
    if kind == Charge.Kind.PRINCIPAL:
        return pgettext("statement", "Invoiced")
    return str(Charge.Kind(kind).label)


def _amount(minor: int, account: Account) -> str:
    return f"{to_decimal(minor, account.currency):,}"
