"""The whole problem of one refused cell. `columns` gives codes, a million at a time; a report wants the sentence with
its figures.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from huikuan.lib import days, ids, money, phones
from huikuan.lib.problems import Problem, Refused, problem

Kind = Literal["id", "credit_code", "card", "phone", "date", "amount"]


def cell_problem(
    kind: Kind,
    text: str | None,
    *,
    on: dt.date,
    currency: str = "CNY",
    form: str = "auto",
    region: str = "CN",
) -> Problem | None:
    """Read one cell again and give what is wrong with it, with `value`; None when nothing is. `on`: the day that a
    birth date must not lie after.
    """
    cell = text or ""
    try:
        if kind == "phone":
            phones.parse(cell, region)
        elif kind == "date":
            days.parse_date(cell, form)
        elif kind == "amount":
            money.parse_minor(cell, currency)
        else:
            return _number_problem(kind, cell, on)
    except Refused as refused:
        return refused.problem(value=text)
    return None


def _number_problem(
    kind: Literal["id", "credit_code", "card"], cell: str, on: dt.date
) -> Problem | None:
    result: object
    if kind == "id":
        result = ids.resident_id(cell, on)
    else:
        result = ids.credit_code(cell) if kind == "credit_code" else ids.card(cell)
    return (
        problem(result, {"length": ids.length_of(cell)}, value=cell)
        if isinstance(result, str)
        else None
    )
