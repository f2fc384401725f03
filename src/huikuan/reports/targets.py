"""Targets and what was reached, day by day. They are set in the room of allocation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from huikuan.casebook.models import Target
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.reports import facts
from huikuan.reports.day import Figures
from huikuan.reports.progress import reached, target
from huikuan.reports.scope import Scope, scope_of
from huikuan.reports.so_far import zone_of

DAYS = 10


@dataclass(frozen=True, slots=True)
class Reached:
    """One kind on one day. `target` None: none was in force. Money in CNY minor units."""

    on: dt.date
    target: int | None
    reached: int

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.reached >= self.target


@dataclass(frozen=True)
class Row:
    """One collector and one kind of target: the last working days, today, and what is set for the next working day."""

    user: User
    kind: Target.Kind
    days: list[Reached]
    tomorrow: int | None

    @property
    def today(self) -> Reached:
        return self.days[-1]

    @property
    def met(self) -> int:
        """Days with the target reached, today left out: it is not over."""
        return sum(day.met is True for day in self.days[:-1])

    @property
    def counted(self) -> int:
        return sum(day.target is not None for day in self.days[:-1])


@dataclass(frozen=True)
class Tracked:
    days: list[dt.date]
    tomorrow: dt.date
    rows: list[Row]


def tracked(user: User, on: dt.date, calendar: Calendar) -> Tracked:
    """The last ten working days before `on`, `on` itself and the next working day, for the collectors that the user sees."""
    scope = scope_of(user)
    people = [
        person for person in scope.people if person.may(Right.HOLD_CASES) and person.is_active
    ]
    days = [*_working_days(on, calendar), on]
    tomorrow = calendar.next_working_day(on)
    figures = _figures(scope, on, [*days[:-1], tomorrow], user)
    rows = [
        Row(
            person,
            kind,
            [_reached(figures[day, person.pk], kind, day) for day in days],
            target(figures[tomorrow, person.pk], kind),
        )
        for person in people
        for kind in Target.Kind
    ]
    return Tracked(days, tomorrow, rows)


def _working_days(before: dt.date, calendar: Calendar) -> list[dt.date]:
    found: list[dt.date] = []
    day = before
    while len(found) < DAYS:
        day -= dt.timedelta(1)
        if calendar.is_working_day(day):
            found.insert(0, day)
    return found


def _figures(
    scope: Scope, on: dt.date, others: Sequence[dt.date], user: User
) -> dict[tuple[dt.date, int], Figures]:
    """(day, user) → what was reached and the targets in force, of the day `on` and the `others`.

    The outcomes of `on` decide what a talk is, not those of a day to come.
    """
    found = facts.read(scope, on, seen=on, zone=zone_of(user), parts=facts.REACHED, back=others)

    figures: dict[tuple[dt.date, int], Figures] = defaultdict(Figures)
    for fact in found:
        figures[fact.on, fact.user or 0].add(fact)
    return figures


def _reached(figures: Figures, kind: Target.Kind, on: dt.date) -> Reached:
    return Reached(on, target(figures, kind), reached(figures, kind))
