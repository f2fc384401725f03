"""Until when a customer is asked to answer a statement: the procedure's day, until it is past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.models import PackVersion, Statement
from huikuan.lib.days import add_months

#: Parameter of a playbook: the day of the month after by which a statement is to be confirmed.
CONFIRM_BY = "confirm_by_day"


def confirm_by(statement: Statement, version: PackVersion | None) -> dt.date | None:
    """The day that the procedure sets the customer, where it sets one."""
    if version is None:
        return None
    day = packs.playbook_of(version).parameters.get(CONFIRM_BY)
    if day is None:
        return None
    return add_months(statement.month, 1).replace(day=int(day))


def in_words(statements: Sequence[Statement], today: dt.date) -> str:
    """By the first of these days; as soon as possible, once one of them is past or none is set."""
    days = []
    for statement in statements:
        for version in packs.of_case(statement.case, today):
            days.append(confirm_by(statement, version))

    known = [day for day in days if day is not None]
    if not known or min(known) < today:
        return _("as soon as you can")
    return _("by {day}").format(day=f"{min(known):%Y-%m-%d}")
