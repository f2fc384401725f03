"""Which items stand on a statement; the same rule as in its facts (sql/item_confirmed.sql)."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from huikuan.casebook.models import Item, Statement
from huikuan.lib.days import add_months


def items_of(statement: Statement) -> QuerySet[Item]:
    """Those that exist since its month, and the older ones that no earlier statement carries."""
    items = Item.objects.filter(
        case_id=statement.case_id, valid_on__lt=add_months(statement.month, 1)
    )
    earlier = Statement.objects.filter(case_id=statement.case_id, month__lt=statement.month)
    before = earlier.order_by("-month").values_list("month", flat=True).first()
    if before is not None:
        items = items.filter(valid_on__gte=_after(before))
    return items.order_by("due_on", "pk")


def _after(month: dt.date) -> dt.date:
    """The first day that a statement of this month does not state."""
    return add_months(month, 1)
