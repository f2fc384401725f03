"""The running day as far as it has gone: what my day, the board and the end of the day show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from huikuan.people.models import User
from huikuan.reports import facts, tally
from huikuan.reports.day import Figures
from huikuan.reports.facts import Fact
from huikuan.reports.progress import Progress, progress_of
from huikuan.reports.scope import Scope, day_scope


@dataclass(frozen=True)
class SoFar:
    """`counted_at`: when tasks were counted, if that was a little before; None: just now."""

    facts: list[Fact]
    counted_at: dt.datetime | None = None

    @property
    def total(self) -> Figures:
        return figures_of(self.facts)


@dataclass(frozen=True)
class MyDay:
    """What my day and the end of the day show: whose figures, the figures, the own targets."""

    scope: Scope
    figures: Figures
    progress: list[Progress]
    counted_at: dt.datetime | None


def my_day(user: User, on: dt.date, *, standing: bool = True) -> MyDay:
    """The figures of the local day `on` for the user's own work.

    `standing`: also what is to do, due today, overdue and barred; a page that counts these tasks
    by their cause leaves it out.
    """
    scope = day_scope(user)
    found = so_far(scope, on, zone_of(user), standing=standing)
    own = [fact for fact in found.facts if fact.user == user.pk]
    return MyDay(scope, found.total, progress_of(figures_of(own)), found.counted_at)


def so_far(
    scope: Scope, on: dt.date, zone: ZoneInfo, *, more: Sequence[str] = (), standing: bool = True
) -> SoFar:
    """Everything that was done on the day, and how the tasks stand."""
    # What one person holds is counted in the same statement. Of many people's tasks the count
    # may be one that is kept: it takes seconds over half a million tasks.
    if standing and scope.of_one:
        parts = (*facts.SO_FAR, *facts.STANDING)
        return SoFar(facts.read(scope, on, seen=on, zone=zone, parts=parts, more=more))

    found = facts.read(scope, on, seen=on, zone=zone, parts=facts.SO_FAR, more=more)
    if not standing:
        return SoFar(found)
    kept = tally.standing(scope, on, zone)
    return SoFar([*found, *kept.facts], kept.counted_at)


def figures_of(found: Sequence[Fact]) -> Figures:
    """The sum of these facts."""
    total = Figures()
    for fact in found:
        total.add(fact)
    return total


def zone_of(user: User) -> ZoneInfo:
    """The time zone of the user's house."""
    return ZoneInfo(user.organisation.timezone) if user.organisation else ZoneInfo("UTC")
