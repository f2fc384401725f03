"""Making a promise 承诺还款: one sum on one day, or instalments. Amounts are minor units."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from huikuan.casebook import journal
from huikuan.casebook.models import Act, Case, ContactRecord, Promise
from huikuan.lib.days import add_months
from huikuan.lib.money import format_minor, split
from huikuan.lib.problems import Problem
from huikuan.promises.sentences import problem


@dataclass(frozen=True, slots=True)
class Due:
    """What was promised for one day."""

    on: dt.date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PromiseEntry:
    """A promise as it was given. `total_minor`: what the instalments must add up to, when it was agreed separately."""

    due: tuple[Due, ...]
    total_minor: int | None = None
    grace_days: int = 0
    tolerance_minor: int = 0


@dataclass(frozen=True, slots=True)
class PromiseLimits:
    """How far a collector may go: the last promised day counted from the day of the promise; None: no limit."""

    days: int | None = None


def instalments(
    total_minor: int, first_on: dt.date, count: int, *, every_days: int | None = None
) -> tuple[Due, ...]:
    """A sum in `count` equal parts that add up to it exactly, a calendar month apart or `every_days`; the first ones a
    fen larger where it does not divide. Months are counted from the first day: 31 January, 28 February, 31 March.
    ValueError when count is less than 1 or the parts would be nothing."""
    if count < 1 or total_minor < count:
        raise ValueError(f"{total_minor} cannot be paid in {count} parts")
    parts = split(total_minor, [1] * count)
    return tuple(
        Due(
            add_months(first_on, n)
            if every_days is None
            else first_on + dt.timedelta(days=n * every_days),
            part,
        )
        for n, part in enumerate(parts)
    )


def check(
    entry: PromiseEntry,
    *,
    on: dt.date,
    limits: PromiseLimits,
    balance_minor: int | None,
    currency: str,
) -> list[Problem]:
    """All that is wrong with a promise given on the local day `on`; a warning does not stand in its way."""
    lines = sorted(entry.due, key=lambda line: line.on)
    total = sum(line.amount_minor for line in lines)
    problems = _check_lines(lines, on, limits)
    if any(line.amount_minor <= entry.tolerance_minor for line in lines if line.amount_minor > 0):
        problems.append(problem("promise.tolerance", column="promise.tolerance"))
    if entry.total_minor is not None and entry.total_minor != total:
        shown = format_minor(total, currency), format_minor(entry.total_minor, currency)
        problems.append(
            problem("promise.total", column="promise.total", sum=shown[0], total=shown[1])
        )
    if balance_minor is not None and total > balance_minor:
        shown = format_minor(total, currency), format_minor(balance_minor, currency)
        problems.append(
            problem(
                "promise.above_balance", column="promise.amount", total=shown[0], balance=shown[1]
            )
        )
    return problems


def _check_lines(lines: Sequence[Due], on: dt.date, limits: PromiseLimits) -> list[Problem]:
    problems = []
    last = None if limits.days is None else on + dt.timedelta(days=limits.days)
    if not lines or any(line.amount_minor <= 0 for line in lines):
        problems.append(problem("promise.amount", column="promise.amount"))
    for line in lines:
        if line.on < on:
            problems.append(problem("promise.past", column="promise.due_on", due=line.on))
        elif last is not None and line.on > last:
            problems.append(
                problem("promise.far", column="promise.due_on", due=line.on, limit=last)
            )
    for one, two in pairwise(lines):
        if one.on == two.on:
            problems.append(problem("promise.order", column="promise.due_on", due=one.on))
    return problems


def make(
    entry: PromiseEntry,
    *,
    case: Case,
    act: Act,
    contact: ContactRecord | None,
    on: dt.date,
    at: dt.datetime,
) -> list[Promise]:
    """Writes a checked promise; being later, it replaces an earlier one. The caller refreshes the facts."""
    plan = uuid.uuid4()
    return Promise.objects.bulk_create(
        Promise(
            **journal.columns(case, act, on=on, at=at),
            case=case,
            contact=contact,
            plan=plan,
            currency=case.currency,
            amount_minor=line.amount_minor,
            due_on=line.on,
            grace_days=entry.grace_days,
            tolerance_minor=entry.tolerance_minor,
        )
        for line in sorted(entry.due, key=lambda line: line.on)
    )
