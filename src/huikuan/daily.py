"""The working day in order; no logic of its own. Each step is a verb of a room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.approvals import silent
from huikuan.approvals.decide import lapse
from huikuan.clocks.refresh import catch_up
from huikuan.clocks.watch import record_breaches
from huikuan.lib.calendar import Calendar
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.plan import Planned, plan
from huikuan.receivables.open_months import open_months


@dataclass(frozen=True)
class Day:
    """What a morning did: problems of packs, breaches found, statements that came to be made, the plan."""

    problems: list[Problem]
    breaches: int
    statements: int
    planned: Planned


def day(on: dt.date, *, actor: User, at: dt.datetime, calendar: Calendar) -> Day:
    """Loads the packs, watches the clocks, opens the statements of a month that is over, plans the day.

    May run again at any time: a second run changes nothing.

    Raises planning.plan.NotPlanned.
    """
    problems = load.load_all(at=at)
    catch_up(at=at)
    breaches = record_breaches(at)
    pass_on_silent(at)
    statements = open_months(on, actor=actor, at=at)
    planned = plan(on, actor=actor, at=at, calendar=calendar, only_learned=True)
    return Day(problems, breaches, statements, planned)


def pass_on_silent(at: dt.datetime) -> int:
    """Requests that nobody answered in time go on as their chains say; gives how many did.

    Each in a transaction of its own. Safe to repeat, and safe beside an answer that comes
    meanwhile.
    """
    answers = [lapse(key, at=at) for key in silent.late(at).values_list("pk", flat=True)]
    return sum(answer.act is not None for answer in answers)
