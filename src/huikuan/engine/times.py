"""Good and bad times of an act: data of a procedure that orders a day and never forbids.

    times:
      day: {from: 08:30, until: 18:00}
      named:
        mornings: {title: {zh: 上午, en: morning}, from: 08:30, until: 11:30}
        before_noon: {title: {zh: 午休前, en: just before noon}, until: 12:00, minutes: 30}
        month_ends: {title: {zh: 月末, en: end of the month}, last_days: 3}
      best:
        call: {prefer: [mornings], avoid: [before_noon, month_ends]}
      retry: {slots: [mornings], after_days: 1, apart: 15}

All of it is local: days and minutes of whoever is contacted. The file is read by `times_file`.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from huikuan.engine.texts import Text
from huikuan.engine.time_of_day import DAY_MINUTES, HOUR_MINUTES, clock

#: Where a procedure sets no last day, a time is looked for within so many days.
WEEK = 7
_ONE = dt.timedelta(days=1)


class WorkingDays(Protocol):
    """A calendar, as far as times ask it."""

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the day is worked."""


class OpenHours(Protocol):
    """Hours in which an act may be made, as the contact rules have them."""

    def hold(self, minute: int) -> bool:
        """Whether the minute of the day lies in them."""

    def starts(self) -> Sequence[int]:
        """The minutes at which they can begin."""


class Rank(IntEnum):
    """How good a moment is. The smaller comes first in a list."""

    GOOD = 0
    NEUTRAL = 1
    BAD = 2


@dataclass(frozen=True)
class Span:
    """Minutes of the day, from the first to before the last."""

    first: int
    last: int

    def holds(self, minute: int) -> bool:
        """Whether the minute lies in it."""
        return self.first <= minute < self.last

    def within(self, other: Span) -> bool:
        """Whether no minute of it lies outside the other one."""
        return other.first <= self.first and self.last <= other.last


WHOLE_DAY = Span(0, DAY_MINUTES)


@dataclass(frozen=True)
class Time:
    """A time with a name. Everything that is said of it must hold; nothing said holds always.

    weekdays: 0 for Monday. first_days, last_days: of the month, 0 where it does not matter.
    days_off: only on days on which nobody works.
    """

    name: str
    title: Text = field(hash=False)
    weekdays: frozenset[int] = frozenset()
    first_days: int = 0
    last_days: int = 0
    days_off: bool = False
    hours: Span | None = None
    #: Ids of packs/requirements.tsv.
    serves: tuple[str, ...] = ()
    line: int = 0

    def on(self, day: dt.date, working_days: WorkingDays) -> bool:
        """Whether the day is one of its days."""
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if self.first_days and day.day > self.first_days:
            return False
        if self.last_days and _days_left(day) >= self.last_days:
            return False
        return not (self.days_off and working_days.is_working_day(day))

    def holds(self, day: dt.date, minute: int, working_days: WorkingDays) -> bool:
        """Whether the moment lies in it."""
        in_hours = self.hours is None or self.hours.holds(minute)
        return in_hours and self.on(day, working_days)


@dataclass(frozen=True)
class Moment:
    """A local day and a minute of it."""

    day: dt.date
    minute: int

    @classmethod
    def of(cls, local: dt.datetime) -> Moment:
        """The moment of a local clock."""
        return cls(local.date(), local.hour * HOUR_MINUTES + local.minute)

    @property
    def clock(self) -> str:
        """The minute as 14:05."""
        return clock(self.minute)


@dataclass(frozen=True)
class Judged:
    """How good a moment is, and why: the times to avoid where it is bad, else the preferred."""

    rank: Rank
    times: tuple[Time, ...] = ()


@dataclass(frozen=True)
class Better:
    """A moment that is proposed, and why."""

    moment: Moment
    judged: Judged


@dataclass(frozen=True)
class Preference:
    """The times at which an act is better made, and those at which it is worse.

    day: the hours in which a time is proposed.
    """

    prefer: tuple[Time, ...] = ()
    avoid: tuple[Time, ...] = ()
    day: Span = WHOLE_DAY

    def judge(self, moment: Moment, working_days: WorkingDays) -> Judged:
        """How good the moment is. What is to be avoided counts more than what is preferred."""
        bad = _holding(self.avoid, moment, working_days)
        if bad:
            return Judged(Rank.BAD, bad)

        good = _holding(self.prefer, moment, working_days)
        if good:
            return Judged(Rank.GOOD, good)
        return Judged(Rank.NEUTRAL)

    def best(
        self,
        first: Moment,
        last: dt.date,
        working_days: WorkingDays,
        hours: OpenHours | None = None,
    ) -> Better | None:
        """The best moment from `first` to the end of the day `last`; of equal ones the earliest.

        As few times to avoid as possible, then as many preferred ones as possible. None where no
        minute of these days lies in the hours, or where the last day is over.
        """

        def badness(moment: Moment) -> tuple[int, int]:
            bad = len(_holding(self.avoid, moment, working_days))
            good = len(_holding(self.prefer, moment, working_days))
            return bad, -good

        # How good a moment is changes only where a time begins or ends. `min` takes the first.
        best = min(self._edges(first, last, hours), key=badness, default=None)
        if best is None:
            return None
        return Better(best, self.judge(best, working_days))

    def _edges(self, first: Moment, last: dt.date, hours: OpenHours | None) -> Iterator[Moment]:
        """The moments at which something may change, in their order."""
        spans = [time.hours for time in (*self.prefer, *self.avoid) if time.hours]
        of_times = {minute for span in spans for minute in (span.first, span.last)}
        openings = set(hours.starts()) if hours is not None else set()
        usual = sorted(of_times | openings | {self.day.first})

        day = first.day
        begin = first.minute
        while day <= last:
            for minute in (begin, *(minute for minute in usual if minute > begin)):
                is_open = hours is None or hours.hold(minute)
                if is_open and self.day.holds(minute):
                    yield Moment(day, minute)
            day += _ONE
            begin = 0


@dataclass(frozen=True)
class Retry:
    """When to try again after nobody answered: the slots of a day, in the order of their turn.

    after_days: so many days later at the earliest, 0 for the same day. apart: so many minutes lie
    between two appointments of one person.
    """

    slots: tuple[Time, ...]
    after_days: int = 0
    apart: int = 1
    serves: tuple[str, ...] = ()

    def after(self, minute: int) -> tuple[Time, ...]:
        """The slots in the order of their turn after a try at this minute, its own slot last."""
        for number, slot in enumerate(self.slots):
            if slot.hours is not None and slot.hours.holds(minute):
                following = number + 1
                return (*self.slots[following:], *self.slots[:following])
        return self.slots


@dataclass(frozen=True)
class Proposal:
    """A slot for the next try, and the moment of it that is free."""

    slot: Time
    moment: Moment


@dataclass(frozen=True)
class Tried:
    """What is known when a next try is proposed.

    minutes: of the tries of the day `now`, the last one at its end. taken: the minutes of each day
    at which whoever calls has agreed to call somebody else. last: the latest day that the
    procedure allows; None for no limit.
    """

    now: Moment
    minutes: Sequence[int] = ()
    taken: Mapping[dt.date, Collection[int]] = field(default_factory=dict)
    last: dt.date | None = None


@dataclass(frozen=True)
class Times:
    """The times of a procedure. `best`: by kind of act."""

    named: Mapping[str, Time] = field(default_factory=dict)
    best: Mapping[str, Preference] = field(default_factory=dict)
    retry: Retry | None = None
    day: Span = WHOLE_DAY

    def preference_of(self, action: str) -> Preference:
        """What holds for a kind of act where a step says nothing else."""
        return self.best.get(action, NONE)

    def next_try(
        self,
        tried: Tried,
        preference: Preference,
        working_days: WorkingDays,
        hours: OpenHours | None = None,
    ) -> Proposal | None:
        """The slot and the moment at which to try again; None where the procedure has no slots.

        The slot is the next one in the pack's order after that of the last try. On the day of the
        tries none that was tried is proposed again. A day to be avoided is passed over where a
        later one is not too late.
        """
        if self.retry is None:
            return None
        last_minute = tried.minutes[-1] if tried.minutes else tried.now.minute
        in_order = self.retry.after(last_minute)
        first = tried.now.day + self.retry.after_days * _ONE
        latest = tried.last if tried.last is not None else first + WEEK * _ONE

        second_best: Proposal | None = None
        day = first
        while day <= latest:
            for slot in in_order:
                proposal = self._free(slot, day, tried, working_days, hours)
                if proposal is None:
                    continue
                if preference.judge(proposal.moment, working_days).rank != Rank.BAD:
                    return proposal
                second_best = second_best or proposal
            day += _ONE
        return second_best

    def _free(
        self,
        slot: Time,
        day: dt.date,
        tried: Tried,
        working_days: WorkingDays,
        hours: OpenHours | None,
    ) -> Proposal | None:
        """The first free moment of the slot on the day."""
        assert self.retry is not None and slot.hours is not None
        if not slot.on(day, working_days):
            return None
        is_today = day == tried.now.day
        if is_today and any(slot.hours.holds(minute) for minute in tried.minutes):
            return None

        taken = tried.taken.get(day, ())
        apart = self.retry.apart
        for minute in range(slot.hours.first, slot.hours.last, apart):
            if is_today and minute <= tried.now.minute:
                continue
            if hours is not None and not hours.hold(minute):
                continue
            if all(abs(minute - other) >= apart for other in taken):
                return Proposal(slot, Moment(day, minute))
        return None


NONE = Preference()


def _holding(times: Sequence[Time], moment: Moment, working_days: WorkingDays) -> tuple[Time, ...]:
    return tuple(time for time in times if time.holds(moment.day, moment.minute, working_days))


def _days_left(day: dt.date) -> int:
    """Days of the month after this one."""
    _first_weekday, length = months.monthrange(day.year, day.month)
    return length - day.day
