"""The law of a clock: from what happened, when it began, when it is due, and when it was met.

It depends on what happened and on nothing else: not on the order in which the events, the holds and
the extensions were entered, nor on when somebody looked. Pure: moments and calendars are arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from huikuan.engine.clock import Clock, Length, Office, Told
from huikuan.lib.calendar import Calendar

ONE_DAY = dt.timedelta(days=1)
ONE_TICK = dt.timedelta(microseconds=1)
#: No clock runs longer: a hold that ends later leaves it without a due moment.
LONGEST = dt.timedelta(days=3660)


@dataclass(frozen=True)
class House:
    """The zone in which days are local, and the days on which the house works."""

    zone: dt.tzinfo
    calendar: Calendar

    def day(self, at: dt.datetime) -> dt.date:
        """The local day of a moment."""
        return at.astimezone(self.zone).date()

    def moment(self, day: dt.date, time: dt.time = dt.time()) -> dt.datetime:
        """A local time of a day, in UTC. What a change of the zone skips is moved on by it."""
        return dt.datetime.combine(day, time, self.zone).astimezone(dt.UTC)


@dataclass(frozen=True)
class Happened:
    """An event. Where only its day is known, it happened between the ends of that day."""

    earliest: dt.datetime
    latest: dt.datetime
    known_at: dt.datetime

    @classmethod
    def at(cls, moment: dt.datetime, known_at: dt.datetime) -> Happened:
        """At a known moment."""
        return cls(moment, moment, known_at)

    @classmethod
    def on(cls, day: dt.date, known_at: dt.datetime, house: House) -> Happened:
        """On a day. What was entered on that same day happened when it was entered."""
        if house.day(known_at) == day:
            return cls(known_at, known_at, known_at)
        return cls(house.moment(day), house.moment(day + ONE_DAY) - ONE_TICK, known_at)


@dataclass(frozen=True)
class Pause:
    """A hold: from this day until the first day without it; from and until these moments."""

    from_on: dt.date
    until_on: dt.date | None
    from_at: dt.datetime
    until_at: dt.datetime | None


@dataclass(frozen=True)
class Granted:
    """An extension: when its reason was given, and until when; None is as long as the pack lets."""

    given_at: dt.datetime
    until: dt.datetime | None = None


@dataclass(frozen=True)
class History:
    """What happened to one subject, as far as its clock asks. `counts`: such as its accounts.
    `told`: moments that an event told, each with when it was told. `creditor`: its kind.
    """

    starts: Sequence[Happened]
    stops: Sequence[Happened] = ()
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Granted] = ()
    counts: Mapping[str, int] | None = None
    told: Sequence[Granted] = ()
    creditor: str = ""


@dataclass(frozen=True)
class Reading:
    """A clock that has begun. No `due_at`: an open hold stands between it and its end."""

    started_at: dt.datetime
    started_known_at: dt.datetime
    due_at: dt.datetime | None
    met_at: dt.datetime | None
    met_known_at: dt.datetime | None

    @property
    def is_late(self) -> bool:
        """It was met, but after it was due."""
        return self.met_at is not None and self.due_at is not None and self.met_at > self.due_at


def read_clock(clock: Clock, history: History, house: House) -> Reading | None:
    """How the clock of one subject stands; None where it has not begun."""
    if not history.starts:
        return None
    if clock.creditors and history.creditor not in clock.creditors:
        return None
    if isinstance(clock.within, Told) and not history.told:
        return None

    start = min(history.starts, key=lambda event: (event.earliest, event.latest, event.known_at))
    # Where a day has no time of day, nobody is blamed for what cannot be shown: it began at the
    # day's end, and was met at its beginning.
    began = start.latest
    stops = [stop for stop in history.stops if stop.latest >= start.earliest]
    due = _due(clock, began, history, house)
    if not stops:
        return Reading(began, start.known_at, due, None, None)

    stop = min(stops, key=lambda event: (event.earliest, event.latest, event.known_at))
    return Reading(began, start.known_at, due, max(stop.earliest, began), stop.known_at)


def _due(clock: Clock, began: dt.datetime, history: History, house: House) -> dt.datetime | None:
    """The moment at which it is due, with the extensions whose reasons came in time."""
    if isinstance(clock.within, Told):
        return _last_told(history.told)

    length = clock.length(history.counts or {})
    due = end_of(length, began, clock, history.pauses, house)
    if due is None or clock.extension is None:
        return due

    last_word = reason_until(clock, began, history.pauses, house)
    for granted in sorted(history.extensions, key=lambda granted: granted.given_at):
        # What was missed stays missed: no reason comes in time after the moment itself.
        if granted.given_at > (last_word or due):
            continue

        latest = next_end(clock, due, began, history.pauses, house)
        until = granted.until or latest
        if until is None:
            return None
        if latest is not None:
            until = min(until, latest)
        due = max(due, until)
    return due


def next_end(
    clock: Clock,
    due: dt.datetime | None,
    began: dt.datetime,
    pauses: Collection[Pause],
    house: House,
) -> dt.datetime | None:
    """The latest end that one more extension may give to a clock that is due then.

    It goes no further than the next stage of the extension. None while an open hold stops it.
    """
    assert clock.extension is not None
    end = None
    for length in clock.extension.lengths:
        end = end_of(length, began, clock, pauses, house)
        if end is None or due is None or end > due:
            return end
    return end


def _last_told(told: Sequence[Granted]) -> dt.datetime | None:
    """The moment that holds: a later word moves it while it has not passed, and never after."""
    due: dt.datetime | None = None
    for each in sorted(told, key=lambda each: each.given_at):
        if due is None or each.given_at <= due:
            due = each.until
    return due


def reason_until(
    clock: Clock, began: dt.datetime, pauses: Iterable[Pause], house: House
) -> dt.datetime | None:
    """Until when the reason of an extension may be given; None where the pack sets no limit."""
    extension = clock.extension
    if extension is None or extension.reason_within is None:
        return None
    return end_of(extension.reason_within, began, clock, pauses, house)


def end_of(
    length: Length, began: dt.datetime, clock: Clock, pauses: Iterable[Pause], house: House
) -> dt.datetime | None:
    """Where the length ends that begins at this moment; None while an open hold stops it."""
    if length.runs:
        spans = _spans(length, began, clock.office, house)
        return _run_down(_budget(length), spans, list(pauses))
    return _count_days(length, _first_day(began, clock, house), list(pauses), house)


# --- by the clock ---------------------------------------------------------------------------------


def _budget(length: Length) -> dt.timedelta:
    if length.unit == "minutes":
        return dt.timedelta(minutes=length.amount)
    return dt.timedelta(hours=length.amount)


def _spans(
    length: Length, began: dt.datetime, office: Office | None, house: House
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The stretches of time, from the start on, in which the length counts."""
    began = began.astimezone(dt.UTC)
    if length.unit != "office_hours" or office is None:
        yield began, began + LONGEST
        return

    day = house.day(began)
    while house.moment(day) < began + LONGEST:
        if house.calendar.is_working_day(day):
            opens = max(began, house.moment(day, office.opens))
            closes = house.moment(day, office.closes)
            if opens < closes:
                yield opens, closes
        day += ONE_DAY


def _run_down(
    budget: dt.timedelta,
    spans: Iterator[tuple[dt.datetime, dt.datetime]],
    pauses: list[Pause],
) -> dt.datetime | None:
    """Where the budget is used up in the stretches without the pauses."""
    real = [pause for pause in pauses if pause.until_at is None or pause.until_at > pause.from_at]
    stops = sorted(real, key=lambda pause: pause.from_at)
    for opens, closes in spans:
        at = opens
        for pause in stops:
            is_over = pause.until_at is not None and pause.until_at <= at
            if is_over or pause.from_at >= closes:
                continue

            runs = max(dt.timedelta(), pause.from_at - at)
            if budget <= runs:
                return at + budget
            if pause.until_at is None:
                return None
            budget -= runs
            at = pause.until_at

        rest = closes - at
        if rest > dt.timedelta():
            if budget <= rest:
                return at + budget
            budget -= rest
    return None


# --- by days --------------------------------------------------------------------------------------


def _first_day(began: dt.datetime, clock: Clock, house: House) -> dt.date:
    """The day from which it counts: that of the start, after the cut-off the next working day."""
    day = house.day(began)
    local = began.astimezone(house.zone).time()
    if clock.cut_off is not None and local > clock.cut_off:
        return house.calendar.next_working_day(day)
    return day


def _count_days(
    length: Length, first: dt.date, pauses: list[Pause], house: House
) -> dt.datetime | None:
    """The end of the last day that counts. Held days, and where it says so days off, do not."""
    left = length.amount
    day = first
    while day - first < LONGEST and not _is_held_for_good(day, pauses):
        counts = not _is_held(day, pauses)
        if length.unit == "working_days":
            counts = counts and house.calendar.is_working_day(day)

        # The first day itself is day 0.
        if counts and day > first:
            left -= 1
        if counts and left <= 0:
            return house.moment(day + ONE_DAY)
        day += ONE_DAY
    return None


def _is_held_for_good(day: dt.date, pauses: list[Pause]) -> bool:
    return any(pause.from_on <= day and pause.until_on is None for pause in pauses)


def _is_held(day: dt.date, pauses: list[Pause]) -> bool:
    return any(
        pause.from_on <= day and (pause.until_on is None or day < pause.until_on)
        for pause in pauses
    )
