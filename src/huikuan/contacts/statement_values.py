"""The words of a script about statements of account: months, invoices, the days to answer by.

A statement that leaves late asks for nothing by a day that is past: the time to answer is counted
anew from the day of sending. Both figures are the procedure's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.models import Case, Item, Statement
from huikuan.casebook.statement_items import items_of
from huikuan.contacts.in_words import (
    NAMED_IN_LIST,
    amount,
    day_in_words,
    listed,
    month_in_words,
    named_up_to,
    one_of,
    with_unit,
)
from huikuan.engine.parameters import (
    ANSWER_WITHIN,
    CONFIRM_BY,
    CONFIRM_WITHIN,
    RECEIPTS_WITHIN,
)
from huikuan.lib.days import add_months


def statement_values(case: Case, ids: frozenset[int], today: dt.date) -> dict[str, str]:
    """The months that are spoken of. Closing balances are not added: one holds the other."""
    found = Statement.objects.filter(case_id=case.pk, pk__in=ids).select_related("summary", "case")
    statements = list(found.order_by("month"))
    if not statements:
        return {}

    invoices = [item for statement in statements for item in invoices_of(statement)]
    parameters = _parameters(case, today)
    words = {
        "statement_month": listed([month_in_words(each.month) for each in statements]),
        "statement_amount": one_of([_owed(statement) for statement in statements]),
        "statements": _("; ").join(_statement(statement) for statement in statements),
        "confirm_by": _asked_by(
            [confirm_by(each, today) for each in statements], parameters, today
        ),
        "receipts_by": _asked_by(
            [receipts_by(each, today) for each in statements], parameters, today
        ),
    }
    charged = sum(statement.summary.month_charged_minor for statement in statements)
    return words | _invoice_words(invoices, charged, case, today)


def invoices_of(statement: Statement) -> QuerySet[Item]:
    """The invoices of the month itself; those that the statement carries from before are none."""
    month = statement.month
    of_month = items_of(statement).filter(valid_on__gte=month, valid_on__lt=add_months(month, 1))
    return of_month.select_related("summary")


def confirm_by(statement: Statement, today: dt.date) -> dt.date | None:
    """The day by which the customer confirms a statement that was sent, or leaves today.

    None where the procedure sets none.
    """
    parameters = _parameters(statement.case, today)
    if CONFIRM_BY not in parameters:
        return None

    of_month = statement.valid_on + dt.timedelta(days=parameters[CONFIRM_BY] - 1)
    sent_on = statement.summary.month_sent_on or today
    of_sending = sent_on + dt.timedelta(days=parameters.get(CONFIRM_WITHIN, 0))
    return max(of_month, of_sending)


def receipts_by(statement: Statement, today: dt.date) -> dt.date | None:
    """The day by which the receipts of the month are collected. None as above."""
    days = _parameters(statement.case, today).get(RECEIPTS_WITHIN)
    if days is None:
        return None
    return statement.valid_on + dt.timedelta(days=days)


def _parameters(case: Case, today: dt.date) -> dict[str, int]:
    """The figures of the procedure that works the statements of the case, where they are days."""
    for version in packs.of_case(case, today):
        playbook = packs.playbook_of(version)
        if any(step.per == "statement" for step in playbook.steps):
            named = (CONFIRM_BY, CONFIRM_WITHIN, RECEIPTS_WITHIN, ANSWER_WITHIN)
            known = {name: playbook.parameters.get(name) for name in named}
            return {name: int(value) for name, value in known.items() if value is not None}
    return {}


def _asked_by(days: Sequence[dt.date | None], parameters: dict[str, int], today: dt.date) -> str:
    """The last of the days; where it is past, the procedure's time to answer from today."""
    known = [day for day in days if day is not None]
    if not known:
        return ""

    last = max(known)
    if last >= today:
        return day_in_words(last, today)
    if ANSWER_WITHIN not in parameters:
        return ""
    return day_in_words(today + dt.timedelta(days=parameters[ANSWER_WITHIN]), today)


def _invoice_words(
    invoices: Sequence[Item], charged_minor: int, case: Case, today: dt.date
) -> dict[str, str]:
    """What the months charged, and each invoice with its own day; what is to be invoiced only where
    it is something.
    """
    charged = amount(charged_minor, case.currency)
    words = {"invoice_amount": charged}
    if charged_minor <= 0:
        return words

    lines = named_up_to(NAMED_IN_LIST, [_invoice(item, case, today) for item in invoices])
    return words | {
        "to_invoice": charged,
        "invoice_list": "\n".join(lines),
        "due_on": listed([day_in_words(item.due_on, today) for item in invoices]),
    }


def _invoice(item: Item, case: Case, today: dt.date) -> str:
    """An invoice in words: number, amount, due day."""
    charged = with_unit(amount(item.summary.amount_minor, case.currency), case)
    return _("{number} over {amount}, due on {due_on}").format(
        number=item.number, amount=charged, due_on=day_in_words(item.due_on, today)
    )


def _statement(statement: Statement) -> str:
    """A statement in words."""
    owed = with_unit(_owed(statement), statement.case)
    month = month_in_words(statement.month)
    return _("{month} (closing balance {amount})").format(month=month, amount=owed)


def _owed(statement: Statement) -> str:
    return amount(statement.summary.month_owed_minor, statement.currency)
