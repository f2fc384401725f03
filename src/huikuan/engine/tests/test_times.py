"""Good and bad times of an act: each boundary from both sides, and what is proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.engine.time_of_day import clock, minute_of
from huikuan.engine.times import (
    Judged,
    Moment,
    Preference,
    Rank,
    Retry,
    Span,
    Time,
    Times,
    Tried,
)
from huikuan.lib.calendar import china

#: A Wednesday, and the Monday after it.
WEDNESDAY = dt.date(2026, 3, 11)
MONDAY = dt.date(2026, 3, 16)
ONE = dt.timedelta(days=1)
CALENDAR = china()


def span(text: str) -> Span:
    """08:30-11:30 as a span."""
    first, last = (minute_of(part) for part in text.split("-"))
    assert first is not None and last is not None
    return Span(first, last)


def at(day: dt.date, text: str) -> Moment:
    """A day and 14:30 as a moment."""
    minute = minute_of(text)
    assert minute is not None
    return Moment(day, minute)


MORNINGS = Time("mornings", {"en": "in the morning"}, hours=span("08:30-12:00"))
MONDAYS = Time("mondays", {"en": "on Monday"}, weekdays=frozenset({0}))
MONTH_START = Time("month_start", {"en": "month begins"}, first_days=5)
MONTH_ENDS = Time("month_ends", {"en": "month ends"}, last_days=3)
DAYS_OFF = Time("days_off", {"en": "day off"}, days_off=True)
BEFORE_NOON = Time("before_noon", {"en": "just before noon"}, hours=span("11:30-12:00"))
NOON = Time("noon", {"en": "over noon"}, hours=span("12:00-14:00"))
CLOSING = Time("closing", {"en": "just before closing"}, hours=span("17:30-18:00"))
OFFICE = span("08:30-18:00")
CALLS = Preference(
    (MORNINGS, MONDAYS, MONTH_START), (DAYS_OFF, MONTH_ENDS, BEFORE_NOON, NOON, CLOSING), OFFICE
)


class Hours:
    """The hours that a contact rule leaves."""

    def __init__(self, text: str) -> None:
        self.span = span(text)

    def hold(self, minute: int) -> bool:
        return self.span.holds(minute)

    def starts(self) -> list[int]:
        return [self.span.first]


def test_a_time_of_day_is_read_and_written() -> None:
    assert [minute_of(text) for text in ("00:00", "8:05", "23:59", "24:00")] == [0, 485, 1439, 1440]
    assert [minute_of(text) for text in ("24:01", "25:00", "12:60", "noon", "1230")] == [None] * 5
    assert clock(485) == "08:05"


@pytest.mark.parametrize(
    ("moment", "rank", "times"),
    [
        (at(WEDNESDAY, "08:29"), Rank.NEUTRAL, ()),
        (at(WEDNESDAY, "08:30"), Rank.GOOD, (MORNINGS,)),
        (at(WEDNESDAY, "11:29"), Rank.GOOD, (MORNINGS,)),
        (at(WEDNESDAY, "11:30"), Rank.BAD, (BEFORE_NOON,)),
        (at(WEDNESDAY, "11:59"), Rank.BAD, (BEFORE_NOON,)),
        (at(WEDNESDAY, "12:00"), Rank.BAD, (NOON,)),
        (at(WEDNESDAY, "13:59"), Rank.BAD, (NOON,)),
        (at(WEDNESDAY, "14:00"), Rank.NEUTRAL, ()),
        (at(WEDNESDAY, "17:29"), Rank.NEUTRAL, ()),
        (at(WEDNESDAY, "17:30"), Rank.BAD, (CLOSING,)),
        (at(WEDNESDAY, "17:59"), Rank.BAD, (CLOSING,)),
        (at(WEDNESDAY, "18:00"), Rank.NEUTRAL, ()),
        # Sunday, Monday, Tuesday.
        (at(MONDAY - ONE, "15:00"), Rank.BAD, (DAYS_OFF,)),
        (at(MONDAY, "15:00"), Rank.GOOD, (MONDAYS,)),
        (at(MONDAY, "09:00"), Rank.GOOD, (MORNINGS, MONDAYS)),
        (at(MONDAY + ONE, "15:00"), Rank.NEUTRAL, ()),
        # Two Saturdays that are worked by the notice, and a holiday on a Monday.
        (at(dt.date(2026, 2, 28), "15:00"), Rank.BAD, (MONTH_ENDS,)),
        (at(dt.date(2026, 2, 14), "15:00"), Rank.NEUTRAL, ()),
        (at(dt.date(2026, 2, 16), "15:00"), Rank.BAD, (DAYS_OFF,)),
        # The first five days of a month, and its last three.
        (at(dt.date(2026, 3, 5), "15:00"), Rank.GOOD, (MONTH_START,)),
        (at(dt.date(2026, 3, 6), "15:00"), Rank.NEUTRAL, ()),
        (at(dt.date(2026, 4, 27), "18:00"), Rank.GOOD, (MONDAYS,)),
        (at(dt.date(2026, 4, 28), "15:00"), Rank.BAD, (MONTH_ENDS,)),
        (at(dt.date(2026, 4, 30), "15:00"), Rank.BAD, (MONTH_ENDS,)),
        (at(dt.date(2028, 2, 26), "15:00"), Rank.BAD, (DAYS_OFF,)),
        (at(dt.date(2026, 3, 28), "15:00"), Rank.BAD, (DAYS_OFF,)),
        (at(dt.date(2026, 3, 29), "15:00"), Rank.BAD, (DAYS_OFF, MONTH_ENDS)),
    ],
)
def test_each_time_from_both_sides(moment: Moment, rank: Rank, times: tuple[Time, ...]) -> None:
    assert CALLS.judge(moment, CALENDAR) == Judged(rank, times)


def better(first: Moment, days: int, hours: Hours | None = None) -> tuple[int, str] | None:
    """(days from the first one, time) of what is proposed."""
    last = first.day + days * ONE
    found = CALLS.best(first, last, CALENDAR, hours)
    return ((found.moment.day - first.day).days, found.moment.clock) if found else None


def test_of_a_day_that_is_left_the_best_is_proposed() -> None:
    assert better(at(WEDNESDAY, "07:00"), 0) == (0, "08:30")
    assert better(at(WEDNESDAY, "10:10"), 0) == (0, "10:10")
    assert better(at(WEDNESDAY, "11:30"), 0) == (0, "14:00")
    assert better(at(WEDNESDAY, "16:45"), 0) == (0, "16:45")
    # Only bad times are left of the day: the least bad of them, for the act is demanded today.
    assert better(at(WEDNESDAY, "17:40"), 0) == (0, "17:40")
    assert better(at(MONDAY - ONE, "12:30"), 0) == (0, "14:00")
    assert better(at(WEDNESDAY, "18:00"), 0) is None


def test_up_to_the_last_day_the_best_is_proposed() -> None:
    assert better(at(WEDNESDAY, "15:00"), 1) == (1, "08:30")
    assert better(at(WEDNESDAY, "15:00"), 4) == (1, "08:30")
    assert better(at(WEDNESDAY, "15:00"), 5) == (5, "08:30"), "Monday morning is better still"
    assert better(at(WEDNESDAY, "15:00"), -1) is None


def test_nothing_is_proposed_outside_the_hours_of_the_contact_rules() -> None:
    assert better(at(WEDNESDAY, "07:00"), 0, Hours("09:00-18:00")) == (0, "09:00")
    assert better(at(WEDNESDAY, "07:00"), 0, Hours("08:00-18:00")) == (0, "08:30")
    assert better(at(WEDNESDAY, "07:00"), 0, Hours("19:00-21:00")) is None


MOMENTS = st.builds(
    Moment,
    st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)),
    st.integers(OFFICE.first, OFFICE.last - 1),
)


@settings(max_examples=40, deadline=None)
@given(MOMENTS, st.integers(0, 6))
def test_no_minute_up_to_the_last_day_is_better_than_the_proposed(first: Moment, days: int) -> None:
    last = first.day + days * ONE
    found = CALLS.best(first, last, CALENDAR)
    assert found is not None, "while the day lasts something is always proposed"
    assert found.judged == CALLS.judge(found.moment, CALENDAR)

    every = [
        Moment(first.day + day * ONE, minute)
        for day in range(days + 1)
        for minute in range(OFFICE.first, OFFICE.last)
        if day or minute >= first.minute
    ]
    ranks = [CALLS.judge(moment, CALENDAR).rank for moment in every]
    assert found.judged.rank == min(ranks)


EVENING = Time("evening", {"en": "in the evening"}, hours=span("18:30-20:30"))
MORNING = Time("morning", {"en": "in the morning"}, hours=span("09:00-11:30"))
AFTERNOON = Time("afternoon", {"en": "in the afternoon"}, hours=span("14:00-17:00"))
SLOTS = (EVENING, MORNING, AFTERNOON)


def minutes_of(texts: Sequence[str]) -> list[int]:
    return [at(WEDNESDAY, text).minute for text in texts]


def retry(
    now: Moment,
    tries: tuple[str, ...] = (),
    *,
    after_days: int = 0,
    hours: Hours | None = None,
    last: int | None = None,
    taken: dict[int, list[str]] | None = None,
    preference: Preference = CALLS,
) -> tuple[str, int, str] | None:
    """(slot, days from now, time) of the next try."""
    minutes = minutes_of(tries) or [now.minute]
    agreed = {now.day + days * ONE: minutes_of(texts) for days, texts in (taken or {}).items()}
    until = now.day + last * ONE if last is not None else None

    times = Times(retry=Retry(SLOTS, after_days, 15))
    tried = Tried(now, minutes, agreed, until)
    found = times.next_try(tried, preference, CALENDAR, hours)
    if found is None:
        return None

    return found.slot.name, (found.moment.day - now.day).days, found.moment.clock


def test_the_next_try_is_in_the_slot_that_follows_the_tried_one() -> None:
    assert retry(at(WEDNESDAY, "10:00")) == ("afternoon", 0, "14:00")
    assert retry(at(WEDNESDAY, "15:00")) == ("evening", 0, "18:30")
    assert retry(at(WEDNESDAY, "10:00"), after_days=1) == ("afternoon", 1, "14:00")
    assert retry(at(WEDNESDAY, "15:00"), after_days=1) == ("evening", 1, "18:30")
    assert retry(at(WEDNESDAY, "19:00"), after_days=1) == ("morning", 1, "09:00")


def test_a_slot_ends_before_its_last_minute() -> None:
    assert retry(at(WEDNESDAY, "11:29"), after_days=1) == ("afternoon", 1, "14:00")
    # 11:30 lies in no slot: the first one of the pack.
    assert retry(at(WEDNESDAY, "11:30"), after_days=1) == ("evening", 1, "18:30")


def test_no_slot_is_tried_twice_on_a_day() -> None:
    tried = ("10:00", "15:00")
    assert retry(at(WEDNESDAY, "15:00"), tried) == ("evening", 0, "18:30")
    evening_too = ("10:00", "15:00", "18:45")
    assert retry(at(WEDNESDAY, "18:45"), evening_too) == ("morning", 1, "09:00")


def test_a_slot_that_has_begun_goes_on_after_now() -> None:
    assert retry(at(WEDNESDAY, "14:00"), ("10:00",)) == ("afternoon", 0, "14:15")


def test_an_hour_that_is_agreed_with_somebody_else_is_not_free() -> None:
    taken = {1: ["14:00", "14:20"]}
    assert retry(at(WEDNESDAY, "10:00"), after_days=1, taken=taken) == ("afternoon", 1, "14:45")
    taken = {1: ["14:00", "14:30"]}
    assert retry(at(WEDNESDAY, "10:00"), after_days=1, taken=taken) == ("afternoon", 1, "14:15")


def test_a_slot_outside_the_hours_is_passed_over() -> None:
    hours = Hours("09:30-18:00")
    assert retry(at(WEDNESDAY, "15:00"), after_days=1, hours=hours) == ("morning", 1, "09:30")
    assert retry(at(WEDNESDAY, "15:00"), hours=Hours("21:00-22:00")) is None


def test_a_bad_day_is_passed_over_where_a_later_one_is_not_too_late() -> None:
    friday = WEDNESDAY + 2 * ONE
    assert retry(at(friday, "10:00"), after_days=1) == ("afternoon", 3, "14:00")
    assert retry(at(friday, "10:00"), after_days=1, last=2) == ("afternoon", 1, "14:00")
    assert retry(at(friday, "10:00"), after_days=1, preference=Preference()) == (
        "afternoon",
        1,
        "14:00",
    )


def test_without_slots_nothing_is_proposed() -> None:
    tried = Tried(at(WEDNESDAY, "10:00"))
    assert Times().next_try(tried, CALLS, CALENDAR) is None


@settings(deadline=None)
@given(MOMENTS, st.integers(0, 3))
def test_the_next_try_is_at_another_time_of_the_day(now: Moment, after_days: int) -> None:
    times = Times(retry=Retry(SLOTS, after_days, 15))
    found = times.next_try(Tried(now, [now.minute]), CALLS, CALENDAR)
    assert found is not None
    assert found.slot.hours is not None and found.slot.hours.holds(found.moment.minute)
    assert not found.slot.hours.holds(now.minute)
    assert (found.moment.day, found.moment.minute) > (now.day, now.minute)
