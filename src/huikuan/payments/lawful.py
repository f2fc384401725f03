"""What the law lets us charge on a debt, asked when it is charged, whoever charges it."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from huikuan.casebook.models import Case, Charge
from huikuan.engine import charge_law
from huikuan.engine.expression import condition_sql
from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import standard
from huikuan.lib.money import format_minor
from huikuan.lib.problems import Problem
from huikuan.payments.sentences import problem

_CASE = "case"


def refusal(case: Case, item_id: int, kind: str, amount_minor: int, on: dt.date) -> Problem | None:
    """Why so much may not be charged of the item from this day on; None where it may.

    What lowers a debt always may, and so may principal, which is no price for the delay.
    """
    rule = charge_law.shipped().get(kind)
    if amount_minor <= 0 or rule is None or not is_consumers(case, on):
        return None
    if not rule.consumer:
        kind_named = str(Charge.Kind(kind).label)
        return problem("charge.consumer", column="kind", kind=kind_named, clause=rule.clause)

    most = most_left(item_id, kind, on)
    if most is None or amount_minor <= most:
        return None
    left = format_minor(max(most, 0), case.currency)
    return problem("charge.most", column="amount", most=left, clause=rule.clause)


def is_consumers(case: Case, on: dt.date) -> bool:
    """Whether a natural person owes it to a lender. What is not known is taken for that."""
    value = _value(charge_law.CONSUMER, _CASE, case.pk, on)
    return value is not False


def most_left(item_id: int, kind: str, on: dt.date) -> int | None:
    """What may still be charged of a consumer's item on the day, in minor units; None: no bound."""
    node = charge_law.most_of_item(kind)
    if node is None:
        return None
    found = _value(node, charge_law.ITEM, item_id, on)
    return int(str(found)) if found is not None else 0


def _value(node: Node, subject: str, key: int, on: dt.date) -> object:
    """What a condition or value is for one subject, by its summary; None where it is not known."""
    of = standard().subjects[subject]
    day = f"DATE '{on.isoformat()}'"
    value = condition_sql(node, standard(), subject, row="f", day=day)
    query = f"SELECT {value} FROM {of.summary} f WHERE f.{of.key} = %(key)s"

    with connection.cursor() as cursor:
        cursor.execute(query, {"key": key})
        row = cursor.fetchone()
    return row[0] if row else None
