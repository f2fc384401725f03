"""Targets and what was reached, day by day. They are set in the room of allocation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from huikuan.casebook.models import Target
from huikuan.lib.calendar import Calendar
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.reports import facts
from huikuan.reports.scope import Scope, scope_of

DAYS = 10
#: Kind of target → the measure that reaches it.
MEASURE = {
    Target.Kind.CALLS: "calls",
    Target.Kind.TALKS: "right_party",
    Target.Kind.RECOVERED: "received",
}


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
    reached = _reached(scope, days, user)
    set_for = _in_force(scope)
    rows = [
        Row(
            person,
            kind,
            [
                Reached(day, set_for(person.pk, kind, day), reached[day, person.pk, MEASURE[kind]])
                for day in days
            ],
            set_for(person.pk, kind, tomorrow),
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


def _reached(
    scope: Scope, days: Sequence[dt.date], user: User
) -> dict[tuple[dt.date, int, str], int]:
    zone = ZoneInfo(user.organisation.timezone) if user.organisation else ZoneInfo("UTC")
    found = facts.read(
        scope, days[-1], seen=days[-1], zone=zone, parts=facts.REACHED, back=days[:-1]
    )
    sums: dict[tuple[dt.date, int, str], int] = defaultdict(int)
    for fact in found:
        if fact.currency in ("", "CNY"):
            sums[fact.on, fact.user or 0, fact.measure] += fact.n
    return sums


def _in_force(scope: Scope) -> Callable[[int, str, dt.date], int | None]:
    """(user, kind, day) → the amount of the newest target that had begun by the day, or None."""
    targets = Target.objects.filter(organisation_id=scope.organisation)
    if scope.users is not None:
        targets = targets.filter(user_id__in=scope.users)
    by: dict[tuple[int, str], list[tuple[dt.date, int]]] = defaultdict(list)
    for user, kind, from_on, amount in targets.order_by("from_on").values_list(
        "user_id", "kind", "from_on", "amount"
    ):
        by[user, kind].append((from_on, amount))

    def amount_on(user: int, kind: str, day: dt.date) -> int | None:
        begun = [amount for from_on, amount in by[user, kind] if from_on <= day]
        return begun[-1] or None if begun else None

    return amount_on
