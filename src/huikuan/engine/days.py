"""Days of a step as Ibis expressions: when an occurrence is in force, and from which day it counts.

Working days come from two arrays of the run: `worked` has for each day from `calendar_from` on how
many working days there were up to it, `working_days` has the working days themselves. So the n-th
working day after any day is one look into each, and one text serves every day and every calendar.
A day outside the calendar of the run (years ago) is taken as it stands, in calendar days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import ibis

from huikuan.engine import compile as compiled
from huikuan.engine.cadence import Cadence, Delay, Segment
from huikuan.engine.compile import Tables


def occurrence(cadence: Cadence, tables: Tables) -> tuple[Any, Any]:
    """Whether an occurrence is in force on the day, and the day from which it counts."""
    if cadence.of is None:
        occurs, anchor = _of_segments(cadence, tables)
    else:
        occurs, anchor = occurrence(cadence.of, tables)

    if cadence.done is not None:
        done = compiled.value(cadence.done, tables)
        occurs = occurs & (done.isnull() | (done < anchor))
    if cadence.after is not None:
        anchor = delayed(anchor, cadence.after, tables.joined)
        occurs = occurs & (anchor <= tables.joined.on_day)
    return occurs, anchor


def _of_segments(cadence: Cadence, tables: Tables) -> tuple[Any, Any]:
    """The same, of its own days alone."""
    base = compiled.value(cadence.base, tables)
    segments = sorted(cadence.segments, key=lambda segment: segment.place)
    spans = [_Span(segment, _following(segment, segments)) for segment in segments]
    found = [_of_span(base, span, tables) for span in spans]
    if len(found) == 1:
        return found[0]

    occurs = found[0][0]
    for window, _anchor in found[1:]:
        occurs = occurs | window
    if not any(span.joins(other) for span, other in pairwise(spans)):
        return occurs, ibis.cases(*found, else_=found[-1][1])

    # Several may be in force at once, such as the 1st and the 15th of a month: the latest counts.
    anchors = [ibis.ifelse(window, anchor, ibis.null("date")) for window, anchor in found]
    return occurs, ibis.greatest(*anchors)


@dataclass(frozen=True)
class _Span:
    """A segment, and the one at whose beginning it ends where it does not say its own end."""

    segment: Segment
    following: Segment | None

    @property
    def in_days(self) -> bool:
        """Both beginnings are so many days after the base."""
        return not self.segment.months and not (self.following and self.following.months)

    @property
    def last(self) -> int | None:
        """Its last day, where that is a number of days after the base."""
        if self.segment.until is None and self.following and self.in_days:
            return self.following.day - 1
        return self.segment.until

    @property
    def ends_with(self) -> Segment | None:
        """The segment whose beginning ends it, where the end is no number of days."""
        if self.segment.until is None and not self.in_days:
            return self.following
        return None

    def joins(self, other: _Span) -> bool:
        """Whether both may be in force on one day; the other one stands after it."""
        if self.segment.place == other.segment.place:
            return True
        # A day of a month stays in force until the next one, past the last day of the segment.
        if self.segment.monthly or other.segment.monthly:
            return True
        if self.ends_with:
            return False
        if self.last is None or self.segment.months or other.segment.months:
            return True
        return self.last >= other.segment.day


def _following(segment: Segment, ordered: Sequence[Segment]) -> Segment | None:
    """The next one that begins later."""
    return next((other for other in ordered if other.place > segment.place), None)


def _of_span(base: Any, span: _Span, tables: Tables) -> tuple[Any, Any]:
    """Window and anchor. A window is a range of the base, so that an index on it serves."""
    segment = span.segment
    run = tables.joined
    window, anchor = _of_segment(base, segment, span.last, run)
    if span.ends_with:
        # The last day of a month stays in force until its successor comes.
        day = anchor if segment.monthly else run.on_day
        window = window & (day < _start(base, span.ends_with))
    return window, anchor


def _of_segment(base: Any, segment: Segment, last: int | None, run: Any) -> tuple[Any, Any]:
    """The same without the segment that follows."""
    on = run.on_day
    if segment.monthly:
        anchor = _day_of_month(segment, run)
        return _range(base, anchor, segment, last), anchor

    if segment.roll:
        anchor = _rolled(_start(base, segment), segment.roll, run)
        in_force = anchor <= on
        if last is not None:
            in_force = in_force & (base >= _later(on, -last))
        return in_force, anchor

    return _range(base, on, segment, last), _anchor(base, on, segment, run)


def _start(base: Any, segment: Segment) -> Any:
    """The day on which a segment begins."""
    moved = compiled.add_months(base, segment.months) if segment.months else base
    return _later(moved, segment.day)


def _range(base: Any, day: Any, segment: Segment, last: int | None) -> Any:
    """The segment has begun on the day, and its last day is not over."""
    if segment.months:
        starts = _start(base, segment) <= day
    else:
        starts = base <= _later(day, -segment.day)
    return starts if last is None else starts & (base >= compiled.add_days(day, -last))


def _anchor(base: Any, on: Any, segment: Segment, run: Any) -> Any:
    if segment.working_days:
        return run.last_working_day
    if segment.every_months:
        return _corresponding_day(base, on, segment)
    if segment.every == 0:
        return _start(base, segment)
    if segment.every == 1:
        return on
    age = compiled.days_between(on, _start(base, segment))
    return compiled.add_days(on, -(age % segment.every))


def _later(day: Any, days: int) -> Any:
    return compiled.add_days(day, days) if days else day


def _corresponding_day(base: Any, on: Any, segment: Segment) -> Any:
    """The latest of the days every so many months after the base that is not after the day.

    Of the month of the day, or of the step before: there the corresponding day is still to come.
    """
    months = compiled.months_between(on, base) - segment.months
    steps = months - months % segment.every_months
    newest = compiled.add_months(base, steps + segment.months)
    before = compiled.add_months(base, steps + (segment.months - segment.every_months))
    return ibis.ifelse(newest <= on, newest, before)


def _day_of_month(segment: Segment, run: Any) -> Any:
    """The latest occurrence that is not after the day: of this month, of one before, or of the next
    where a day off rolls back into this one."""
    if segment.in_months:
        return _day_of_months(segment, run)

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


def _day_of_months(segment: Segment, run: Any) -> Any:
    """The same where only some months of a year have it: of this year, or of the one before. A day
    off in January may roll back into this year, one in December on into it."""
    years = (1, 0, -1) if segment.roll == "previous" else (0, -1)
    days = []
    for year in years:
        for month in segment.in_months:
            day = compiled.day_of_year(run.on_day, year, month, segment.monthly)
            if segment.roll:
                day = _rolled(day, segment.roll, run)
            days.append(ibis.ifelse(day <= run.on_day, day, ibis.null("date")))
    return days[0] if len(days) == 1 else ibis.greatest(*days)


def delayed(day: Any, delay: Delay, run: Any) -> Any:
    """So many days, or working days, after the day; before it where the number is negative."""
    if delay.roll:
        return _rolled(_later(day, delay.days), delay.roll, run)
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
