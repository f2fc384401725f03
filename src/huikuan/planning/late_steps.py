"""Steps that follow an undone one, and never come: each new occurrence begins the count anew.

    {undone: statement_of_the_month, after: 25}     where that comes on every 5th and 20th

Whether one ever comes is asked of the query that decides on its days in every plan, for a year of
ordinary weeks and whatever date it counts from. Holidays and make-up days are left out: what comes
in one odd week of a year was not meant either.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import replace
from typing import Any

import ibis
from django.db import connection

from huikuan.casebook.run_row import COLUMNS, run_of
from huikuan.engine import compile as compiled
from huikuan.engine import sources
from huikuan.engine.cadence import Cadence
from huikuan.engine.days import occurrence
from huikuan.engine.nodes import Node
from huikuan.engine.playbook import Playbook, Step
from huikuan.lib.calendar import Calendar
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

#: A year with months of every length that begins in the middle of a week.
FIRST = dt.date(2026, 1, 1)
LAST = dt.date(2027, 1, 1)
#: The dates to count from reach back so many days before the year.
BEFORE = 800
WEEKS_WITHOUT_HOLIDAYS = Calendar(())
_BASE = "placed_on"


def never(book: Playbook) -> list[Problem]:
    """An error for each step that follows an undone one and comes on no day."""
    return [_problem(step) for step in book.steps if step.cadence.of and not _comes(step, book)]


def _comes(step: Step, book: Playbook) -> bool:
    """Whether it comes on some day, where nothing is ever done."""
    run, parameters = _run_of_year()
    dates = (
        f"dates AS (SELECT made_on::date AS {_BASE}"
        " FROM generate_series(%(earliest)s::date, %(latest)s::date, interval '1 day') made_on)"
    )
    query = _query(_from_any_day(step.cadence), book).replace("%", "%%")

    with connection.cursor() as cursor:
        cursor.execute(f"WITH {run}, {dates} SELECT EXISTS ({query})", parameters)
        return bool(cursor.fetchone()[0])


@functools.cache
def _run_of_year() -> tuple[str, dict[str, Any]]:
    """The table `run` with a row for each day of the year, and its parameters.

    All days share the calendar of one of them, which reaches far enough on both sides.
    """
    middle = FIRST + (LAST - FIRST) // 2
    parameters = dict(run_of(middle, WEEKS_WITHOUT_HOLIDAYS, looks_back=False))
    days = [
        run_of(
            FIRST + dt.timedelta(number),
            WEEKS_WITHOUT_HOLIDAYS,
            counts_working_days=False,
            looks_back=False,
        )
        for number in range((LAST - FIRST).days + 1)
    ]
    of_day = [name for name, value in days[0].items() if value is not None]
    for name in of_day:
        parameters[name] = [day[name] for day in days]

    arrays = ", ".join(f"%({name})s::{COLUMNS[name]}[]" for name in of_day)
    shared = [name for name in COLUMNS if name not in of_day]
    selected = ", ".join(f"%({name})s::{COLUMNS[name]} AS {name}" for name in shared)
    run = f"run AS (SELECT day.*, {selected} FROM unnest({arrays}) AS day({', '.join(of_day)}))"
    parameters["earliest"] = FIRST - dt.timedelta(BEFORE)
    parameters["latest"] = LAST
    return run, parameters


def _from_any_day(cadence: Cadence) -> Cadence:
    """The same days counted from a date that is given, as if no step had been done."""
    of = _from_any_day(cadence.of) if cadence.of else None
    return replace(cadence, base=Node("fact", "date", value=_BASE), of=of, done=None)


def _query(cadence: Cadence, book: Playbook) -> str:
    """SQL of the dates from which the step comes on the day of the run."""
    dates = ibis.table({_BASE: "date"}, name="dates")
    tables = compiled.Tables(book.vocabulary, dates.cross_join(sources.run()), {})
    occurs, _anchor = occurrence(cadence, tables)
    return compiled.to_sql(tables.joined.filter(occurs).select(_BASE))


def _problem(step: Step) -> Problem:
    message = _(
        "step {step} never comes: the step that it follows comes again, and the count begins anew,"
        " before it is so late"
    )
    remedy = _("write a shorter 'after', or a step of its own with days of its own")
    params: dict[str, object] = {"step": step.id}
    problem = Problem("playbook.undone", message, remedy, params, "playbook.yaml")
    return problem.at(line=step.line)
