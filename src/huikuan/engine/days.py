"""Days of a step as Ibis expressions: when an occurrence is in force, and from which day it counts.

Working days come from two arrays of the run: `worked` has for each day from `calendar_from` on how
many working days there were up to it, `working_days` has the working days themselves. So the n-th
working day after any day is one look into each, and one text serves every day and every calendar.
A day outside the calendar of the run (years ago) is taken as it stands, in calendar days.
"""

from __future__ import annotations

from typing import Any

import ibis

from huikuan.engine import compile as compiled
from huikuan.engine.cadence import Cadence, Delay, Segment
from huikuan.engine.compile import Tables


def occurrence(cadence: Cadence, tables: Tables) -> tuple[Any, Any]:
    """Whether an occurrence is in force on the day, and the day from which it counts."""
    base = compiled.value(cadence.base, tables)
    segments = sorted(cadence.segments, key=lambda segment: segment.day)
    pairs = zip(segments, [*segments[1:], None], strict=True)
    found = [
        _of_segment(base, segment, _last_day(segment, after), tables) for segment, after in pairs
    ]
    if len(found) == 1:
        return found[0]

    occurs = found[0][0]
    for window, _anchor in found[1:]:
        occurs = occurs | window
    return occurs, ibis.cases(*found, else_=found[-1][1])


def _last_day(segment: Segment, following: Segment | None) -> int | None:
    """A segment ends where it says, or where the next one begins."""
    if segment.until is None and following is not None:
        return following.day - 1
    return segment.until


def _of_segment(base: Any, segment: Segment, until: int | None, tables: Tables) -> tuple[Any, Any]:
    """Window and anchor. A window is a range of the base, so that an index on it serves."""
    on = tables.joined.on_day
    if segment.monthly:
        anchor = _day_of_month(segment, tables.joined)
        return _range(base, anchor, segment.day, until), anchor

    if segment.roll:
        anchor = _rolled(_later(base, segment.day), segment.roll, tables.joined)
        in_force = anchor <= on
        if until is not None:
            in_force = in_force & (base >= _later(on, -until))
        return in_force, anchor

    return _range(base, on, segment.day, until), _anchor(base, on, segment, tables.joined)


def _range(base: Any, day: Any, first: int, last: int | None) -> Any:
    starts = base <= _later(day, -first)
    return starts if last is None else starts & (base >= compiled.add_days(day, -last))


def _anchor(base: Any, on: Any, segment: Segment, run: Any) -> Any:
    if segment.working_days:
        return run.last_working_day
    if segment.every == 0:
        return _later(base, segment.day)
    if segment.every == 1:
        return on
    age = compiled.days_between(on, base) - segment.day
    return compiled.add_days(on, -(age % segment.every))


def _later(day: Any, days: int) -> Any:
    return compiled.add_days(day, days) if days else day


def _day_of_month(segment: Segment, run: Any) -> Any:
    """The latest occurrence that is not after the day: of this month, of one before, or of the next
    where a day off rolls back into this one."""
    months = {
        "": (run.month_first, run.statement_due_month),
        "next": (run.month_first, run.statement_due_month, run.month_before),
        "previous": (run.month_next, run.month_first, run.statement_due_month),
    }
    ends = {
        "": (run.month_next, run.month_first),
        "next": (run.month_next, run.month_first, run.statement_due_month),
        "previous": (run.month_after, run.month_next, run.month_first),
    }
    days = []
    for first, following in zip(months[segment.roll], ends[segment.roll], strict=True):
        last = compiled.add_days(following, -1)
        day = ibis.least(_later(first, segment.monthly - 1), last)
        if segment.roll:
            day = _rolled(day, segment.roll, run)
        days.append(day)

    *newer, oldest = days
    return ibis.cases(*((day <= run.on_day, day) for day in newer), else_=oldest)


def delayed(day: Any, delay: Delay, run: Any) -> Any:
    """So many days, or working days, after the day; before it where the number is negative."""
    if not delay.working:
        return _later(day, delay.days)
    if delay.days == 0:
        return _rolled(day, "next", run)
    if delay.days > 0:
        found = _working_day(_worked(day, run) + (delay.days - 1), run)
    else:
        found = _working_day(_worked(compiled.add_days(day, -1), run) + delay.days, run)
    return ibis.coalesce(found, _later(day, delay.days))


def _rolled(day: Any, roll: str, run: Any) -> Any:
    """The day, or the next or previous working day where it is a day off."""
    if roll == "next":
        found = _working_day(_worked(compiled.add_days(day, -1), run), run)
    else:
        found = _working_day(_worked(day, run) - 1, run)
    return ibis.coalesce(found, day)


def _worked(day: Any, run: Any) -> Any:
    """How many working days the calendar of the run has up to the day; null outside of it."""
    place = compiled.days_between(day, run.calendar_from)
    return array_entry(run.worked, place)


def _working_day(number: Any, run: Any) -> Any:
    """A working day by its number, counted from 0; null outside the calendar of the run."""
    return array_entry(run.working_days, number)


def array_entry(array: Any, place: Any) -> Any:
    """An entry counted from 0, null where there is none: Ibis counts negative ones from the end."""
    return ibis.ifelse(place >= 0, array[place], ibis.null(array.type().value_type))
