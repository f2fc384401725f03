import datetime as dt

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.calendar import Calendar, china, read_calendar

D = dt.date
DAYS = st.dates(dt.date(2003, 1, 1), dt.date(2030, 12, 31))


def span(start, end):
    return [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]


#: The State Council's notices, typed from the notices and not from the data file.
NOTICE = {
    2025: (
        [
            (D(2025, 1, 1), D(2025, 1, 1)),
            (D(2025, 1, 28), D(2025, 2, 4)),
            (D(2025, 4, 4), D(2025, 4, 6)),
            (D(2025, 5, 1), D(2025, 5, 5)),
            (D(2025, 5, 31), D(2025, 6, 2)),
            (D(2025, 10, 1), D(2025, 10, 8)),
        ],
        [D(2025, 1, 26), D(2025, 2, 8), D(2025, 4, 27), D(2025, 9, 28), D(2025, 10, 11)],
    ),
    2026: (
        [
            (D(2026, 1, 1), D(2026, 1, 3)),
            (D(2026, 2, 15), D(2026, 2, 23)),
            (D(2026, 4, 4), D(2026, 4, 6)),
            (D(2026, 5, 1), D(2026, 5, 5)),
            (D(2026, 6, 19), D(2026, 6, 21)),
            (D(2026, 9, 25), D(2026, 9, 27)),
            (D(2026, 10, 1), D(2026, 10, 7)),
        ],
        [
            D(2026, 1, 4),
            D(2026, 2, 14),
            D(2026, 2, 28),
            D(2026, 5, 9),
            D(2026, 9, 20),
            D(2026, 10, 10),
        ],
    ),
}


@pytest.mark.parametrize("year", NOTICE)
def test_the_days_of_the_notice_and_no_others_differ_from_the_ordinary_week(year):
    closures, make_up = NOTICE[year]
    off = {day for start, end in closures for day in span(start, end)}
    for day in span(D(year, 1, 1), D(year, 12, 31)):
        expected = day in make_up or (day not in off and day.weekday() < 5)
        assert china().is_working_day(day) is expected, day
        assert not china().provisional(day)
    assert {row.day for row in china().rows if row.day.year == year} == off | set(make_up)


def test_the_shipped_years_agree_with_an_independent_calendar():
    theirs = holidays.CN(years=range(2004, 2027))
    for day in span(D(2004, 1, 1), D(2026, 12, 31)):
        assert china().is_working_day(day) is theirs.is_working_day(day), day


def test_a_year_without_a_notice_is_monday_to_friday_and_says_so():
    assert china().official_years == frozenset(range(2004, 2027))
    # A Friday and a statutory holiday: unknown until the notice.
    assert china().is_working_day(D(2027, 10, 1))
    assert china().provisional(D(2027, 10, 1))
    assert not china().is_working_day(D(2027, 10, 2))
    assert china().provisional_between(D(2026, 12, 30), D(2027, 1, 4))
    assert not china().provisional_between(D(2026, 1, 1), D(2026, 12, 31))


def test_counting_around_the_spring_festival():
    cn = china()
    assert cn.next_working_day(D(2026, 2, 13)) == D(2026, 2, 14)  # a Saturday that is worked
    assert cn.next_working_day(D(2026, 2, 14)) == D(2026, 2, 24)
    assert cn.add_working_days(D(2026, 2, 13), 3) == D(2026, 2, 25)
    assert cn.add_working_days(D(2026, 2, 25), -3) == D(2026, 2, 13)
    assert cn.roll(D(2026, 2, 16)) == D(2026, 2, 24)
    assert cn.roll(D(2026, 2, 14)) == D(2026, 2, 14)
    assert cn.working_days_between(D(2026, 2, 13), D(2026, 2, 25)) == 3
    assert cn.name(D(2026, 2, 17)) == "春节"


@given(DAYS, st.integers(1, 60))
def test_going_forward_and_counting_agree(day, count):
    later = china().add_working_days(day, count)
    assert china().is_working_day(later)
    assert china().working_days_between(day, later) == count
    assert china().working_days_between(later, day) == -count


def test_the_rows_of_a_calendar_table_count_working_days():
    rows = {row.day: row for row in china().days(D(2026, 9, 28), D(2026, 10, 12))}
    assert rows[D(2026, 10, 8)].number - rows[D(2026, 9, 30)].number == 1
    assert [row.working for row in rows.values()] == [True] * 3 + [False] * 7 + [
        True,
        True,
        True,
        False,
        True,
    ]


def test_a_broken_calendar_file_gives_every_problem():
    rest = "2026-01-02,restday,,x,true\n"
    text = f"date,kind,name,source,official\n2026-13-01,restday,,x,true\n2026-01-01,holiday,,x,yes\n{rest}{rest}"
    rows, problems = read_calendar(text, "c.csv")
    assert [row.day for row in rows] == [D(2026, 1, 2)]
    assert [found.place for found in problems] == [
        "c.csv:2:date",
        "c.csv:3:kind",
        "c.csv:3:official",
        "c.csv:5:date",
    ]
    assert read_calendar("day\n", "c.csv")[1][0].code == "calendar.columns"


def test_rows_that_are_not_official_do_not_make_a_year_official():
    rows, _ = read_calendar(
        "date,kind,name,source,official\n2027-10-01,restday,国庆节,own estimate,false\n", "c.csv"
    )
    calendar = Calendar(rows)
    assert not calendar.is_working_day(D(2027, 10, 1)) and calendar.provisional(D(2027, 10, 1))
