import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.days import add_months, last_day_of_month, parse_date
from huikuan.lib.problems import Refused

DAYS = st.dates(dt.date(1902, 1, 1), dt.date(2098, 12, 31))
D = dt.date


@pytest.mark.parametrize(
    "day, count, result",
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2024, 1, 31), 1, D(2024, 2, 29)),
        (D(2026, 3, 31), -1, D(2026, 2, 28)),
        (D(2026, 11, 30), 3, D(2027, 2, 28)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2026, 5, 15), 0, D(2026, 5, 15)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(day, count, result):
    assert add_months(day, count) == result


def test_last_day_of_month():
    assert last_day_of_month(D(2024, 2, 3)) == D(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026-3-1",
        "2026.3.1",
        "2026.03.01",
        "2026/3/1",
        "20260301",
        "2026年3月1日",
        "2026年03月01号",
        " 2026-03-01 ",
        "2026-03-01 00:00:00",
        "2026/3/1 9:05",
        "2026-03-01T23:59:59.123",
        "２０２６－０３－０１",
        "２０２６年３月１日",
    ],
)
def test_days_that_begin_with_the_year_are_read(text):
    assert parse_date(text) == D(2026, 3, 1)


@pytest.mark.parametrize(
    "text, form",
    [
        ("3/1/2026", "m/d/yyyy"),
        ("1/3/2026", "d/m/yyyy"),
        ("01-03-2026", "d-m-yyyy"),
        ("3.1.2026", "m.d.yyyy"),
        ("20260301", "yyyymmdd"),
        ("2026-03-01", "yyyy-mm-dd"),
        ("2026年3月1日", "yyyy年m月d日"),
        ("3/1/2026 10:00", "m/d/yyyy"),
    ],
)
def test_a_named_form_is_read(text, form):
    assert parse_date(text, form) == D(2026, 3, 1)


@pytest.mark.parametrize(
    "text, form, code",
    [
        ("", "auto", "date.empty"),
        ("  ", "auto", "date.empty"),
        ("3/1/2026", "auto", "date.ambiguous"),
        ("25/12/2026", "auto", "date.ambiguous"),
        ("25/12/2026", "m/d/yyyy", "date.impossible"),
        ("2026-02-30", "auto", "date.impossible"),
        ("20261301", "auto", "date.impossible"),
        ("2026-03-00", "auto", "date.impossible"),
        ("1899-12-31", "auto", "date.year"),
        ("2101-01-01", "auto", "date.year"),
        ("0001-01-01", "auto", "date.year"),
        ("46082", "auto", "date.serial"),
        ("46082.5", "auto", "date.serial"),
        ("26-03-01", "auto", "date.form"),
        ("2026-03.01", "auto", "date.form"),
        ("2026-03-01 25:00", "auto", "date.form"),
        ("yesterday", "auto", "date.form"),
        ("2026-03-01", "m/d/yyyy", "date.form"),
        ("2026/3/1", "yyyy-mm-dd", "date.form"),
        ("2026-03-01Z", "auto", "date.form"),
    ],
)
def test_what_is_not_certainly_a_day_is_refused(text, form, code):
    with pytest.raises(Refused) as refused:
        parse_date(text, form)
    assert refused.value.code == code
    assert refused.value.problem(file="a.csv", row=2).text()


def test_an_unknown_form_is_our_mistake_not_a_problem_of_the_file():
    with pytest.raises(ValueError, match="unknown date form"):
        parse_date("2026-03-01", "mm/yy")


@given(DAYS)
def test_every_written_form_gives_the_day_back(day):
    for form, text in {
        "auto": day.isoformat(),
        "yyyy.m.d": f"{day.year}.{day.month}.{day.day}",
        "yyyymmdd": day.strftime("%Y%m%d"),
        "yyyy年m月d日": f"{day.year}年{day.month}月{day.day}日",
        "d/m/yyyy": f"{day.day}/{day.month}/{day.year}",
    }.items():
        assert parse_date(text, form) == day
