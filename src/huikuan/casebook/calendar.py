"""The working days of this installation: the notices that are shipped, and those of later years that the office loaded.

A loaded file lies in HUIKUAN_HOME, beside the keys, and holds for every process at once. A year of the file takes the place of
the shipped year as a whole, because a notice says of a whole year which days are worked.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
from pathlib import Path

from django.conf import settings

from huikuan.lib.calendar import Calendar, SpecialDay, china, read_calendar, write_calendar
from huikuan.lib.problems import Problem, problem

#: A State Council notice names this many days at least; fewer are a part of one.
_DAYS_OF_A_NOTICE = 7


def loaded_file() -> Path:
    return Path(settings.HUIKUAN.home) / "calendar_cn.csv"


def calendar() -> Calendar:
    """Shipped and loaded years. Raises ValueError when the loaded file cannot be read."""
    try:
        changed = loaded_file().stat().st_mtime_ns
    except FileNotFoundError:
        return china()
    return _with_file(loaded_file(), changed)


@functools.lru_cache(maxsize=4)
def _with_file(path: Path, _changed: int) -> Calendar:
    rows, problems = read_calendar(path.read_text("utf-8"), path.name)
    if problems:
        raise ValueError("\n".join(str(found) for found in problems))
    return Calendar(_instead(china().rows, rows))


def _instead(before: tuple[SpecialDay, ...], rows: list[SpecialDay]) -> list[SpecialDay]:
    """`before` with the years of `rows` replaced."""
    years = {row.day.year for row in rows}
    return [row for row in before if row.day.year not in years] + rows


def load(text: str, name: str) -> tuple[list[int], list[Problem]]:
    """Takes the years of a calendar file into use: years, and every problem. With a problem nothing is changed."""
    rows, problems = read_calendar(text, name)
    if not rows and not problems:
        problems = [problem("calendar.empty", file=name)]
    for year in sorted({row.day.year for row in rows}):
        count = sum(row.day.year == year for row in rows)
        if count < _DAYS_OF_A_NOTICE:
            problems.append(problem("calendar.few", {"year": year, "n": count}, file=name))
    if problems:
        return [], problems
    kept = read_calendar(loaded_file().read_text("utf-8"), "")[0] if loaded_file().exists() else []
    _write(_instead(tuple(kept), rows))
    return sorted({row.day.year for row in rows}), []


def _write(rows: list[SpecialDay]) -> None:
    """Whole or not at all: another process may read at any moment."""
    draft = loaded_file().with_suffix(f".{os.getpid()}")
    draft.write_text(write_calendar(sorted(rows, key=lambda row: row.day)), encoding="utf-8")
    draft.replace(loaded_file())


def provisional_year(on: dt.date) -> int | None:
    """The year of the day when no notice for it is known: its working days are Monday to Friday until one is loaded."""
    return on.year if calendar().provisional(on) else None
