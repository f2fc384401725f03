"""What became of a promise, told step by step: the plain reading of the rule, against which the facts are tested.

A plan is one promise with its instalments. Payments count for it from the day it was given to the instalment's last day
(due day plus grace); they fill the instalments in the order of their due days. The plan given last replaces the earlier
ones: those count only as broken or not, and a plan that was replaced before its last day is not broken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

State = Literal["none", "open", "kept", "part", "broken"]


@dataclass(frozen=True, slots=True)
class Instalment:
    """One promised sum in minor units. `rank` tells apart what was given on one day: the higher was given later."""

    plan: object
    rank: int
    made_on: dt.date
    due_on: dt.date
    amount_minor: int
    grace_days: int = 0
    tolerance_minor: int = 0

    @property
    def last_day(self) -> dt.date:
        return self.due_on + dt.timedelta(days=self.grace_days)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment in minor units; `reversed_on` is the first day on which it counts no more."""

    on: dt.date
    amount_minor: int
    reversed_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """State of the last plan, the instalment that decides it, how many earlier plans were broken,
    and what the last plan still promises, in minor units.
    """

    state: State
    due_on: dt.date | None = None
    broken_before: int = 0
    rest_minor: int | None = None


def standing(instalments: Iterable[Instalment], payments: Iterable[Paid], on: dt.date) -> Standing:
    """The state of a case's promises at the end of the local day `on`."""
    given = plans([line for line in instalments if line.made_on <= on])
    paid = [
        line
        for line in payments
        if line.on <= on and (line.reversed_on is None or line.reversed_on > on)
    ]
    if not given:
        return Standing("none")
    broken = 0
    for plan, following in pairwise(given):
        replaced_on = min(line.made_on for line in following)
        broken += any(left and line.last_day < replaced_on for line, left, _ in filled(plan, paid))
    state, decides = _state(filled(given[-1], paid), on)
    return Standing(state, decides.due_on, broken, _rest(given[-1], paid))


def plans(lines: Sequence[Instalment]) -> list[list[Instalment]]:
    """Plans in the order in which they were given, instalments by due day."""
    by_plan: dict[object, list[Instalment]] = {}
    for line in sorted(lines, key=lambda line: (line.due_on, line.rank)):
        by_plan.setdefault(line.plan, []).append(line)
    return sorted(
        by_plan.values(), key=lambda plan: (min(x.made_on for x in plan), max(x.rank for x in plan))
    )


def filled(plan: Sequence[Instalment], paid: Sequence[Paid]) -> list[tuple[Instalment, bool, int]]:
    """Each instalment, whether something of it is lacking, and what was paid on it."""
    since = min(line.made_on for line in plan)
    found, before = [], 0
    for line in plan:
        money = sum(
            payment.amount_minor for payment in paid if since <= payment.on <= line.last_day
        )
        on_this = max(money - before, 0)
        before += line.amount_minor
        found.append((line, money < before - line.tolerance_minor, on_this))
    return found


def line_state(line: Instalment, lacking: bool, something: bool, on: dt.date) -> State:
    """What became of one instalment: `lacking` what is still needed, `something` paid on it."""
    if not lacking:
        return "kept"
    if on <= line.last_day:
        return "open"
    return "part" if something else "broken"


def _state(filled: Sequence[tuple[Instalment, bool, int]], on: dt.date) -> tuple[State, Instalment]:
    for line, lacking, on_this in filled:
        if lacking:
            return line_state(line, lacking, bool(on_this), on), line
    return "kept", filled[-1][0]


def _rest(plan: Sequence[Instalment], paid: Sequence[Paid]) -> int:
    """All instalments of the plan, less what was paid from its day to its last day."""
    since = min(line.made_on for line in plan)
    until = max(line.last_day for line in plan)
    money = sum(payment.amount_minor for payment in paid if since <= payment.on <= until)
    return max(sum(line.amount_minor for line in plan) - money, 0)
