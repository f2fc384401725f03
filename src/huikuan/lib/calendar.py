"""Working days in China, from data.

The State Council's notice moves rest days every year, so a year without a notice is not known: it is answered by
Monday to Friday and called provisional. Data: `data/calendar_cn.csv` (days that differ from Monday–Friday or stand in
a notice).
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from huikuan.lib.problems import Problem, problem

COLUMNS = ["date", "kind", "name", "source", "official"]
ONE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day of the notice: `working` on a make-up day, not on a day off. `official` when it stands in a published
    notice.
    """

    day: dt.date
    working: bool
    name: str
    source: str
    official: bool


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of `Calendar.days`. `number` counts working days: two days differ by the working days between them."""

    day: dt.date
    working: bool
    provisional: bool
    name: str
    number: int


class Calendar:
    """Working days, from rows of special days; a year without any official row is provisional."""

    def __init__(self, rows: Iterable[SpecialDay]) -> None:
        self.rows = tuple(sorted(rows, key=lambda row: row.day))
        self._special = {row.day: row for row in self.rows}
        self.official_years = frozenset(row.day.year for row in self.rows if row.official)

    def is_working_day(self, day: dt.date) -> bool:
        special = self._special.get(day)
        return special.working if special else day.weekday() < 5

    def provisional(self, day: dt.date) -> bool:
        """True when no official notice covers the year of this day."""
        return day.year not in self.official_years

    def provisional_between(self, start: dt.date, end: dt.date) -> bool:
        """True when a count of working days from `start` to `end` rests on a provisional year."""
        low, high = min(start, end), max(start, end)
        return any(year not in self.official_years for year in range(low.year, high.year + 1))

    def name(self, day: dt.date) -> str:
        """The holiday's name, or the make-up day's; empty for an ordinary day."""
        special = self._special.get(day)
        return special.name if special else ""

    def next_working_day(self, day: dt.date) -> dt.date:
        """The first working day after `day`."""
        return self.add_working_days(day, 1)

    def roll(self, day: dt.date) -> dt.date:
        """`day` itself when it is a working day, else the next one (Civil Code art. 203: a period that ends on a day
        off ends on the first working day after it).
        """
        while not self.is_working_day(day):
            day += ONE
        return day

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The count-th working day after `day` (before it, when negative). The day itself is not counted; 0 gives the
        day.
        """
        step = ONE if count > 0 else -ONE
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is before `start`."""
        if end < start:
            return -self.working_days_between(end, start)
        span = (end - start).days
        return sum(self.is_working_day(start + dt.timedelta(days=n)) for n in range(1, span + 1))

    def days(self, start: dt.date, end: dt.date) -> Iterator[CalendarDay]:
        """Every day from `start` to `end`, both included: the rows of a calendar table."""
        number = 0
        for offset in range((end - start).days + 1):
            day = start + dt.timedelta(days=offset)
            working = self.is_working_day(day)
            number += working
            yield CalendarDay(day, working, self.provisional(day), self.name(day), number)


def read_calendar(text: str, name: str) -> tuple[list[SpecialDay], list[Problem]]:
    """Read a calendar file (CSV: date, kind workday|restday, name, source, official). Gives the rows and every
    problem.
    """
    rows: list[SpecialDay] = []
    problems: list[Problem] = []
    seen: set[dt.date] = set()
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if list(reader.fieldnames or []) != COLUMNS:
        return rows, [problem("calendar.columns", file=name, row=1)]
    for number, record in enumerate(reader, start=2):
        row, found = _special_day(record, name, number)
        problems.extend(found)
        if row and row.day in seen:
            problems.append(
                problem(
                    "calendar.duplicate", {"value": row.day}, file=name, row=number, column="date"
                )
            )
        elif row:
            seen.add(row.day)
            rows.append(row)
    return rows, problems


def write_calendar(rows: Iterable[SpecialDay]) -> str:
    """The rows as a calendar file that `read_calendar` reads."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for row in rows:
        kind, official = (
            "workday" if row.working else "restday",
            "true" if row.official else "false",
        )
        lines.writerow([row.day.isoformat(), kind, row.name, row.source, official])
    return text.getvalue()


def _special_day(
    record: dict[str, str], file: str, row: int
) -> tuple[SpecialDay | None, list[Problem]]:
    problems: list[Problem] = []
    value = {column: (record.get(column) or "").strip() for column in COLUMNS}
    try:
        day = dt.date.fromisoformat(value["date"])
    except ValueError:
        problems.append(
            problem("calendar.date", {"value": value["date"]}, file=file, row=row, column="date")
        )
    if value["kind"] not in ("workday", "restday"):
        problems.append(
            problem("calendar.kind", {"value": value["kind"]}, file=file, row=row, column="kind")
        )
    if value["official"] not in ("true", "false"):
        problems.append(
            problem(
                "calendar.official",
                {"value": value["official"]},
                file=file,
                row=row,
                column="official",
            )
        )
    if problems:
        return None, problems
    working, official = value["kind"] == "workday", value["official"] == "true"
    return SpecialDay(day, working, value["name"], value["source"], official), []


@functools.cache
def china() -> Calendar:
    """The calendar that is shipped: official notices 2004 to 2026."""
    name = "calendar_cn.csv"
    rows, problems = read_calendar(
        resources.files("huikuan.lib").joinpath("data", name).read_text("utf-8"), name
    )
    if problems:
        raise ValueError("\n".join(str(found) for found in problems))
    return Calendar(rows)
