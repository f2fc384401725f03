"""The variables of a script for one case: who we are, on whose behalf, what is owed since when, what was promised."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from huikuan.casebook.models import Case, ContactPoint, Statement
from huikuan.casebook.script_words import who
from huikuan.contacts.file import File
from huikuan.lib.money import to_decimal
from huikuan.people.models import User
from huikuan.receivables.words import stated
from huikuan.web.templatetags.huikuan_facts import product_name

LONGEST_SUMMARY = 80


def values_of(file: File, point: ContactPoint | None, collector: User) -> dict[str, str]:
    """Variable → text; what is not known is left out and stands as a blank in the script."""
    found = who(file.case, point, collector)
    found |= _debt(file)
    found |= _past(file)
    found |= _stated(file)
    found["today"] = _day(file.today)
    return {name: text for name, text in found.items() if text}


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
        "item_list": _items(file),
    }


def _items(file: File) -> str:
    """The items that are unpaid, the oldest first, as they are named one by one."""
    lines = [
        item_line(item.number, item.open_minor, item.due_on, days, file.case)
        for item, days in file.items_shown
    ]
    return "\n".join(lines)


def item_line(number: str, open_minor: int, due_on: dt.date, days_late: int, case: Case) -> str:
    """An item as scripts name it: number, what is open, its due day, and how late it is."""
    given = {"number": number, "amount": _amount(open_minor, case.currency), "due_on": _day(due_on)}
    if days_late <= 0:
        return _("{number}: {amount}, due on {due_on}").format(**given)
    text = _("{number}: {amount}, due on {due_on}, {days} days late")
    return text.format(**given, days=days_late)


def _stated(file: File) -> dict[str, str]:
    """What the statement says that the customer is to confirm, else the newest one."""
    summary = file.case.summary
    month = summary.unconfirmed_month or summary.newest_month
    if month is None:
        return {}
    statement = Statement.objects.select_related("summary").get(case=file.case, month=month)
    return stated(statement)


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
