"""Every promise of one case with its instalments, each with the payments that counted for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from huikuan.casebook.models import Case, Payment
from huikuan.promises.state import Instalment, Paid, filled, line_state, plans


@dataclass(frozen=True, slots=True)
class Counted:
    """So much of a payment counted for an instalment."""

    reference: str
    on: dt.date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """An instalment: open, kept, part, broken, or replaced by a later promise before its last day.

    `key`: id of its row.
    """

    nth: int
    due_on: dt.date
    last_day: dt.date
    amount_minor: int
    paid_minor: int
    state: str
    payments: tuple[Counted, ...]
    key: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One promise as it was given. `replaced_on`: the day of the promise after it."""

    made_on: dt.date
    total_minor: int
    lines: tuple[Line, ...]
    replaced_on: dt.date | None = None


def plans_of(case: Case, on: dt.date) -> list[Plan]:
    """The case's promises at the end of the local day `on`, the last one first. Two queries."""
    given = plans([_instalment(row) for row in case.promises.filter(valid_on__lte=on)])
    paid = _payments(case, on)
    following = [*(min(line.made_on for line in plan) for plan in given[1:]), None][: len(given)]
    told = [_plan(plan, paid, on, later) for plan, later in zip(given, following, strict=True)]
    return told[::-1]


def _instalment(row: object) -> Instalment:
    names = ("plan", "pk", "valid_on", "due_on", "amount_minor", "grace_days", "tolerance_minor")
    return Instalment(*(getattr(row, name) for name in names))


def _payments(case: Case, on: dt.date) -> list[tuple[str, Paid]]:
    rows = Payment.objects.filter(case=case, valid_on__lte=on).order_by("valid_on", "pk")
    found = rows.values_list("reference", "valid_on", "amount_minor", "reversal__valid_on")
    return [(row[0], Paid(*row[1:])) for row in found if row[3] is None or row[3] > on]


def _plan(
    lines: Sequence[Instalment],
    paid: Sequence[tuple[str, Paid]],
    on: dt.date,
    later: dt.date | None,
) -> Plan:
    since = min(line.made_on for line in lines)
    within = [(reference, one) for reference, one in paid if one.on >= since]
    shown, before = [], 0
    for nth, (line, lacking, on_this) in enumerate(filled(lines, [one for _, one in paid]), 1):
        counted = _counted(within, line, before)
        state = _state(line, lacking, bool(on_this), on, later)
        before += line.amount_minor
        on_line = min(on_this, line.amount_minor)
        days = (line.due_on, line.last_day)
        shown.append(Line(nth, *days, line.amount_minor, on_line, state, counted, line.rank))
    return Plan(since, sum(line.amount_minor for line in lines), tuple(shown), later)


def _state(
    line: Instalment, lacking: bool, something: bool, on: dt.date, later: dt.date | None
) -> str:
    """As promises.state has it, but for an instalment whose plan was replaced in time."""
    if lacking and later is not None and line.last_day >= later:
        return "replaced"
    return line_state(line, lacking, something, on)


def _counted(
    paid: Sequence[tuple[str, Paid]], line: Instalment, before: int
) -> tuple[Counted, ...]:
    """Payments fill the instalments one after the other: the parts that lie between `before` and this one's end."""
    ends = [0]
    for _, one in paid:
        ends.append(ends[-1] + one.amount_minor)
    found = []
    for (reference, one), (start, end) in zip(paid, pairwise(ends), strict=True):
        part = min(end, before + line.amount_minor) - max(start, before)
        if part > 0 and one.on <= line.last_day:
            found.append(Counted(reference, one.on, part))
    return tuple(found)
