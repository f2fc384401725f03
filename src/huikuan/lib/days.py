"""Days without a calendar: months, reading a date. Working days are in `calendar.py`."""

from __future__ import annotations

import calendar as months
import datetime as dt
import re
import unicodedata

from huikuan.lib.problems import Refused

FIRST_YEAR, LAST_YEAR = 1900, 2100

#: Forms that may be named in a mapping. "auto" reads every form that begins with the year, and only those.
FORMATS = (
    "auto",
    "yyyy-mm-dd",
    "yyyy.m.d",
    "yyyy/m/d",
    "yyyymmdd",
    "yyyy年m月d日",
    "m/d/yyyy",
    "d/m/yyyy",
    "m-d-yyyy",
    "d-m-yyyy",
    "m.d.yyyy",
    "d.m.yyyy",
)

_TIME = r"(?:[ T](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_CHINESE = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]" + _TIME, re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})" + _TIME, re.ASCII)


def is_in_book(day: dt.date) -> bool:
    """Whether a day, or the day of a moment, can be one of the book: from 1900 to 2100.

    Every door asks this: what lies further away is a slip, and at the ends of the calendar a zone
    or a working day more is no day any longer.
    """
    return FIRST_YEAR <= day.year <= LAST_YEAR


def written_end(end: dt.datetime) -> str:
    """The end of a deadline where people are: 2026-12-01 24:00 ends a whole day, and is not the
    beginning of the next one.
    """
    if end.time() != dt.time(0):
        return f"{end:%Y-%m-%d %H:%M}"
    return f"{end - dt.timedelta(days=1):%Y-%m-%d} 24:00"


def last_day_of_month(day: dt.date) -> dt.date:
    """The last day of the month that `day` lies in."""
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def add_months(day: dt.date, count: int) -> dt.date:
    """The corresponding day `count` calendar months later (earlier when negative); the last day of that month where
    it has no such day (Civil Code art. 202).
    """
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def parse_date(text: str, form: str = "auto") -> dt.date:
    """Read a day. A time of day behind the date is allowed and dropped.

    `form` "auto" reads 2026-03-01, 2026.3.1, 2026/3/1, 20260301 and 2026年3月1日; forms that end with the year are read
    only when named ("m/d/yyyy", "d/m/yyyy", …). Raises Refused: date.empty, date.form, date.ambiguous,
    date.impossible, date.year, date.serial.
    """
    if form not in FORMATS:
        raise ValueError(f"unknown date form {form!r}")
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise Refused("date.empty")
    year, month, day = _split(plain, form)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused("date.year", year=year)
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise Refused(
            "date.impossible", year=f"{year:04}", month=f"{month:02}", day=f"{day:02}"
        ) from None


def _split(plain: str, form: str) -> tuple[int, int, int]:
    year_last = _YEAR_LAST.fullmatch(plain)
    if form.endswith("yyyy"):
        if not year_last or year_last[2] != form[1]:
            raise Refused("date.form")
        first, second = int(year_last[1]), int(year_last[3])
        month, day = (first, second) if form[0] == "m" else (second, first)
        return int(year_last[4]), month, day
    if found := _YEAR_FIRST.fullmatch(plain):
        if form == "auto" or found[2] == form[4:5]:
            return int(found[1]), int(found[3]), int(found[4])
    elif found := _COMPACT.fullmatch(plain):
        if form in ("auto", "yyyymmdd"):
            return int(found[1]), int(found[2]), int(found[3])
    elif found := _CHINESE.fullmatch(plain):
        if form in ("auto", "yyyy年m月d日"):
            return int(found[1]), int(found[2]), int(found[3])
    elif year_last:
        raise Refused("date.ambiguous")
    elif re.fullmatch(r"[1-7]\d{4}(\.\d+)?", plain, re.ASCII):
        raise Refused("date.serial")
    raise Refused("date.form")
