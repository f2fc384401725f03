"""The variables of a script for one case: who we are, on whose behalf, what is owed since when, what was promised."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from huikuan.casebook.models import Case, ContactPoint
from huikuan.contacts.file import File
from huikuan.lib import names
from huikuan.lib.money import to_decimal
from huikuan.people.models import User
from huikuan.web.templatetags.huikuan_facts import product_name

LONGEST_SUMMARY = 80


def values_of(file: File, point: ContactPoint | None, collector: User) -> dict[str, str]:
    """Variable → text; what is not known is left out and stands as a blank in the script."""
    found = (
        _who(file.case, point, collector) | _debt(file) | _past(file) | {"today": _day(file.today)}
    )
    return {name: text for name, text in found.items() if text}


def _who(case: Case, point: ContactPoint | None, collector: User) -> dict[str, str]:
    person = case.person
    company = person.kind == person.Kind.COMPANY
    return {
        "debtor_family_name": "" if company else names.split_surname(person.name)[0],
        "debtor_name": person.name,
        "title": {"m": _("Mr"), "f": _("Ms")}.get(person.sex.lower(), _("Mr or Ms")),
        "company": person.name if company else "",
        "contact_person": point.holder if point else "",
        "agency_name": case.organisation.name,
        "outward_name": case.organisation.outward_name,
        "on_behalf_of": case.creditor.name,
        "collector": collector.display_name or collector.username,
        "collector_number": collector.username,
        "callback": case.organisation.callback_phone,
        "verify_phone": case.creditor.verify_phone,
        "complaint_phone": _complaints(case),
    }


def _complaints(case: Case) -> str:
    """The house's number, and the creditor's own: whoever complains may choose."""
    house, creditor = case.organisation.complaint_phone, case.creditor.complaint_phone
    if house and creditor:
        return _("{house} or {creditor} at {name}").format(
            house=house, creditor=creditor, name=case.creditor.name
        )
    return house or creditor


def _debt(file: File) -> dict[str, str]:
    case, summary = file.case, file.case.summary
    oldest = file.items[0] if file.items else None
    due_on = summary.oldest_due_on
    return {
        "product": product_name(case.product),
        "account_tail": file.account[-4:],
        "amount": _amount(summary.balance_minor, case.currency),
        "principal": _amount(file.principal_minor, case.currency),
        "interest": _amount(summary.balance_minor - file.principal_minor, case.currency),
        "due_on": _day(due_on),
        "days_late": str(max(0, (file.today - due_on).days)) if due_on else "",
        "item_number": oldest.number if oldest else "",
        # the holder is always the creditor: nobody else may take the money in
        "pay_to": f"{case.creditor.name} {case.creditor.pay_to}" if case.creditor.pay_to else "",
        "statement_month": _month(summary.unconfirmed_month or summary.newest_month),
    }


def _month(day: dt.date | None) -> str:
    return f"{day:%Y-%m}" if day else ""


def _past(file: File) -> dict[str, str]:
    promise, summary, talk = file.promise, file.case.summary, file.last_talk
    return {
        "promised_amount": _amount(promise.amount_minor, promise.currency) if promise else "",
        "promised_on": _day(promise.due_on) if promise else "",
        "paid_amount": _amount(summary.promise_paid_minor, file.case.currency) if promise else "",
        "last_summary": _short(talk.note) if talk else "",
    }


def _short(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    first = first.rstrip("。.;；")  # the script ends the sentence
    return first if len(first) <= LONGEST_SUMMARY else first[:LONGEST_SUMMARY] + "…"


def _amount(minor: int | None, currency: str) -> str:
    """Without the symbol: the scripts write the unit themselves."""
    return "" if minor is None else f"{to_decimal(minor, currency):,f}"


def _day(day: dt.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
