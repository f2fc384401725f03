"""What a customer has not paid, as scripts write it."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Case, Item
from huikuan.lib.money import to_decimal


def oldest_unpaid(case: Case, on: dt.date) -> dict[str, str]:
    """Variable → text: the balance, and of the item that is due longest its number and days."""
    values = {"amount": f"{to_decimal(case.summary.balance_minor, case.currency):,f}"}
    unpaid = Item.objects.filter(case=case, summary__open_minor__gt=0)
    oldest = unpaid.order_by("due_on", "pk").first()
    if oldest is None:
        return values
    return values | {
        "item_number": oldest.number,
        "due_on": f"{oldest.due_on:%Y-%m-%d}",
        "days_late": str(max(0, (on - oldest.due_on).days)),
    }
