"""From when an act would be allowed: the first local moment at which no rule that spoke still refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_DAY = 1440


@dataclass(frozen=True)
class Window:
    """Minutes of the local day, from the first to before the last; first > last runs past midnight."""

    first: int
    last: int

    def holds(self, minute: int) -> bool:
        if self.first <= self.last:
            return self.first <= minute < self.last
        return minute >= self.first or minute < self.last


@dataclass(frozen=True)
class Hours:
    """Each rule's window, with the hours agreed with the debtor where the rule lets them count. All must hold."""

    windows: tuple[tuple[Window, Window | None], ...] = ()

    def hold(self, minute: int) -> bool:
        return all(
            own.holds(minute) or bool(agreed and agreed.holds(minute))
            for own, agreed in self.windows
        )

    def starts(self) -> list[int]:
        """Minutes at which they can begin to hold; midnight is one, for a window that runs past it."""
        return sorted({0, *(w.first % _DAY for pair in self.windows for w in pair if w)})


def first_moment(
    days: Iterable[dt.date | None], hours: Hours, at: dt.datetime, zone: ZoneInfo | None
) -> dt.datetime | None:
    """The first local moment from `at` on, on or after all the days, within the hours. None: a day is unknown."""
    known = list(days)
    if zone is None or not known or any(day is None for day in known):
        return None
    day = max(day for day in known if day)
    if day <= at.date() and hours.hold(at.hour * 60 + at.minute):
        return at
    return _next_start(max(day, at.date()), hours, at, zone)


def _next_start(day: dt.date, hours: Hours, at: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    for ahead in range(3):
        for minute in hours.starts():
            clock = dt.time(minute // 60, minute % 60)
            moment = dt.datetime.combine(day + dt.timedelta(ahead), clock, zone)
            # there and back: a clock time that the change to summer time skips moves on by the hour
            real = moment.astimezone(dt.UTC).astimezone(zone)
            if real >= at and hours.hold(real.hour * 60 + real.minute):
                return real
    return None


def window(bounds: Sequence[int | None]) -> Window | None:
    """A window of two known minutes."""
    first, last = bounds
    return Window(first, last) if first is not None and last is not None else None
