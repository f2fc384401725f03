"""The law of a clock, example by example, and what holds for every history."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.engine.clock import Clock, Extension, Length, Office, Rung, Table
from huikuan.engine.clock_due import (
    Granted,
    Happened,
    History,
    House,
    Pause,
    Reading,
    read_clock,
)
from huikuan.lib.calendar import china

SHANGHAI = House(ZoneInfo("Asia/Shanghai"), china())
NEW_YORK = House(ZoneInfo("America/New_York"), china())
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def at(text: str, house: House = SHANGHAI) -> dt.datetime:
    """A local moment of the house, such as "2026-11-23 10:17"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=house.zone).astimezone(dt.UTC)


def clock(within: Length | Table, **more: object) -> Clock:
    """A clock that begins with one event and is met by another."""
    return Clock(
        "it",
        {},
        "P4",
        "case",
        ("placed",),
        ("closed",),
        within,
        "collector",
        **more,  # type: ignore[arg-type]
    )


def exactly(text: str, house: House = SHANGHAI) -> Happened:
    return Happened.at(at(text, house), at(text, house))


def due(within: Length | Table, began: str, house: House = SHANGHAI, **more: object) -> str | None:
    """The local moment at which it is due, where nothing else happened."""
    counts = more.pop("counts", None)
    pauses = more.pop("pauses", ())
    history = History([exactly(began, house)], pauses=pauses, counts=counts)  # type: ignore[arg-type]
    reading = read_clock(clock(within, **more), history, house)
    assert reading is not None
    return local(reading.due_at, house)


def local(moment: dt.datetime | None, house: House = SHANGHAI) -> str | None:
    return moment and moment.astimezone(house.zone).strftime("%Y-%m-%d %H:%M")


def held(first: str, until: str | None) -> Pause:
    """A hold of whole days."""
    from_on = dt.date.fromisoformat(first)
    until_on = None if until is None else dt.date.fromisoformat(until)
    until_at = None if until_on is None else SHANGHAI.moment(until_on)
    return Pause(from_on, until_on, SHANGHAI.moment(from_on), until_at)


def held_for(first: dt.date, days: int | None) -> Pause:
    """A hold of so many days; None: it still holds."""
    if days is None:
        return held(first.isoformat(), None)
    return held(first.isoformat(), (first + days * DAY).isoformat())


@pytest.mark.parametrize(
    ("within", "began", "ends"),
    [
        (Length("hours", 1), "2026-11-23 10:17", "2026-11-23 11:17"),
        (Length("minutes", 90), "2026-11-23 23:00", "2026-11-24 00:30"),
        (Length("days", 0), "2026-11-23 00:00", "2026-11-24 00:00"),
        (Length("days", 0), "2026-11-23 23:59", "2026-11-24 00:00"),
        (Length("days", 2), "2026-11-23 10:00", "2026-11-26 00:00"),
        # Friday to Monday: the week-end is no working day, the day of the start is day 0.
        (Length("working_days", 1), "2026-11-20 10:00", "2026-11-24 00:00"),
        # What begins on a Saturday, and is due on the same working day, is due on Monday.
        (Length("working_days", 0), "2026-11-21 10:00", "2026-11-24 00:00"),
    ],
)
def test_lengths(within: Length, began: str, ends: str) -> None:
    assert due(within, began) == ends


def test_office_hours_run_while_the_office_is_open() -> None:
    office = Office(dt.time(9), dt.time(18))
    three = Length("office_hours", 3)
    assert due(three, "2026-11-23 10:00", office=office) == "2026-11-23 13:00"
    assert due(three, "2026-11-23 17:00", office=office) == "2026-11-24 11:00"
    assert due(three, "2026-11-20 17:30", office=office) == "2026-11-23 11:30"
    assert due(three, "2026-11-21 12:00", office=office) == "2026-11-23 12:00"


def test_what_begins_after_the_cut_off_counts_from_the_next_working_day() -> None:
    noon = dt.time(12)
    assert due(Length("days", 0), "2026-11-20 12:00", cut_off=noon) == "2026-11-21 00:00"
    assert due(Length("days", 0), "2026-11-20 12:01", cut_off=noon) == "2026-11-24 00:00"


@pytest.mark.parametrize(
    ("accounts", "ends"),
    [
        (0, "2026-11-26 00:00"),
        (300, "2026-11-26 00:00"),
        (301, "2026-11-27 00:00"),
        (500, "2026-11-27 00:00"),
        (501, "2026-11-28 00:00"),
        (700, "2026-11-28 00:00"),
        (701, "2026-11-29 00:00"),
    ],
)
def test_a_table_of_accounts(accounts: int, ends: str) -> None:
    table = Table(
        "accounts", (Rung(300, Length("days", 2)), Rung(500, Length("days", 3))), every=200, more=1
    )
    assert due(table, "2026-11-23 10:00", counts={"accounts": accounts}) == ends


def test_an_hour_lasts_an_hour_when_summer_time_begins_or_ends() -> None:
    assert due(Length("hours", 3), "2026-03-08 01:00", NEW_YORK) == "2026-03-08 05:00"
    assert due(Length("hours", 3), "2026-11-01 00:30", NEW_YORK) == "2026-11-01 02:30"


def test_a_day_ends_at_local_midnight_when_summer_time_begins() -> None:
    assert due(Length("days", 0), "2026-03-08 01:00", NEW_YORK) == "2026-03-09 00:00"


# holds


def test_a_hold_stops_hours_and_days() -> None:
    pauses = [held("2026-11-24", "2026-11-26")]
    assert due(Length("hours", 24), "2026-11-23 12:00", pauses=pauses) == "2026-11-26 12:00"
    assert due(Length("days", 2), "2026-11-23 12:00", pauses=pauses) == "2026-11-28 00:00"


def test_a_hold_that_begins_after_the_end_changes_nothing() -> None:
    pauses = [held("2026-11-25", None)]
    assert due(Length("hours", 1), "2026-11-23 12:00", pauses=pauses) == "2026-11-23 13:00"
    assert due(Length("days", 1), "2026-11-23 12:00", pauses=pauses) == "2026-11-25 00:00"


def test_an_open_hold_leaves_no_due_moment() -> None:
    pauses = [held("2026-11-23", None)]
    assert due(Length("hours", 1), "2026-11-23 12:00", pauses=pauses) is None
    assert due(Length("days", 0), "2026-11-23 12:00", pauses=pauses) is None


# extensions

EXTENDED = clock(
    Length("hours", 1),
    extension=Extension(Length("hours", 3), ("collector",), Length("hours", 1)),
)


def extended(*given: Granted) -> str | None:
    history = History([exactly("2026-11-23 10:17")], extensions=list(given))
    reading = read_clock(EXTENDED, history, SHANGHAI)
    assert reading is not None
    return local(reading.due_at)


def test_an_extension_reaches_as_far_as_the_pack_lets() -> None:
    assert extended(Granted(at("2026-11-23 11:17"))) == "2026-11-23 13:17"
    wanted = Granted(at("2026-11-23 10:30"), at("2026-11-23 12:00"))
    assert extended(wanted) == "2026-11-23 12:00"
    too_far = Granted(at("2026-11-23 10:30"), at("2026-11-23 20:00"))
    assert extended(too_far) == "2026-11-23 13:17"


def test_a_reason_that_comes_too_late_extends_nothing() -> None:
    assert extended(Granted(at("2026-11-23 11:18"))) == "2026-11-23 11:17"


# what was known, and when


def test_what_is_entered_on_its_day_happened_when_it_was_entered() -> None:
    now = at("2026-11-23 10:17")
    assert Happened.on(dt.date(2026, 11, 23), now, SHANGHAI) == Happened(now, now, now)


def test_nobody_is_blamed_for_the_time_of_day_that_nobody_knows() -> None:
    later = at("2026-11-25 09:00")
    start = Happened.on(dt.date(2026, 11, 23), later, SHANGHAI)
    stop = Happened.on(dt.date(2026, 11, 24), later, SHANGHAI)
    reading = read_clock(clock(Length("hours", 1)), History([start], [stop]), SHANGHAI)
    assert reading is not None
    assert local(reading.started_at) == "2026-11-23 23:59"
    assert local(reading.met_at) == "2026-11-24 00:00"
    assert not reading.is_late
    assert reading.met_known_at == later


def test_what_happened_before_the_start_does_not_stop_it() -> None:
    history = History([exactly("2026-11-23 10:00")], [exactly("2026-11-23 09:00")])
    reading = read_clock(clock(Length("hours", 1)), history, SHANGHAI)
    assert reading is not None and reading.met_at is None


def test_met_late_is_late() -> None:
    history = History([exactly("2026-11-23 10:00")], [exactly("2026-11-23 11:01")])
    reading = read_clock(clock(Length("hours", 1)), history, SHANGHAI)
    assert reading is not None and reading.is_late


def test_without_its_event_it_has_not_begun() -> None:
    assert read_clock(clock(Length("hours", 1)), History([]), SHANGHAI) is None


# the law

MOMENTS = st.integers(0, 60 * 24 * 30).map(
    lambda minutes: at("2026-11-01 00:00") + dt.timedelta(minutes=minutes)
)
EVENTS = st.lists(
    st.one_of(
        MOMENTS.map(lambda moment: Happened.at(moment, moment)),
        MOMENTS.map(lambda moment: Happened.on(SHANGHAI.day(moment), moment + 9 * DAY, SHANGHAI)),
    ),
    max_size=4,
)
DAYS_OF_A_HOLD = st.none() | st.integers(0, 9)
PAUSES = st.lists(
    st.builds(lambda moment, days: held_for(SHANGHAI.day(moment), days), MOMENTS, DAYS_OF_A_HOLD),
    max_size=3,
)
EXTENSIONS = st.lists(st.builds(Granted, MOMENTS, st.none() | MOMENTS), max_size=3)
LENGTHS = st.one_of(
    st.builds(Length, st.sampled_from(["hours", "minutes", "office_hours"]), st.integers(1, 99)),
    st.builds(Length, st.sampled_from(["days", "working_days"]), st.integers(0, 9)),
)
CLOCKS = st.builds(
    lambda within, at_most, reason, cut_off: clock(
        within,
        office=Office(dt.time(9), dt.time(18)),
        cut_off=cut_off,
        extension=Extension(at_most, ("collector",), reason),
    ),
    LENGTHS,
    LENGTHS,
    st.none() | LENGTHS,
    st.none() | st.just(dt.time(17)),
)


def read(rule: Clock, *parts: list[object]) -> Reading | None:
    return read_clock(rule, History(*parts), SHANGHAI)  # type: ignore[arg-type]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CLOCKS, EVENTS, EVENTS, PAUSES, EXTENSIONS, st.integers(0, 999))
def test_the_order_of_entry_does_not_matter(
    rule: Clock,
    starts: list[Happened],
    stops: list[Happened],
    pauses: list[Pause],
    extensions: list[Granted],
    seed: int,
) -> None:
    first = read(rule, starts, stops, pauses, extensions)
    dice = random.Random(seed)
    shuffled = [dice.sample(part, len(part)) for part in (starts, stops, pauses, extensions)]
    assert read(rule, *shuffled) == first


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CLOCKS, EVENTS.filter(bool), PAUSES, EXTENSIONS)
def test_no_hold_and_no_extension_brings_the_end_forward(
    rule: Clock, starts: list[Happened], pauses: list[Pause], extensions: list[Granted]
) -> None:
    bare = read(rule, starts, [], [], [])
    with_holds = read(rule, starts, [], pauses, [])
    with_all = read(rule, starts, [], pauses, extensions)
    assert bare and with_holds and with_all
    assert bare.due_at is not None and bare.due_at >= bare.started_at
    assert with_holds.due_at is None or with_holds.due_at >= bare.due_at
    if with_holds.due_at is not None:
        assert with_all.due_at is None or with_all.due_at >= with_holds.due_at
