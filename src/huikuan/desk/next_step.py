"""The next step of a case and its day: an open case shows them also where nothing is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from huikuan.casebook import packs
from huikuan.casebook.models import Case, Step
from huikuan.engine.playbook import Step as PlaybookStep
from huikuan.engine.times import Moment
from huikuan.planning.agreed import agreed_minutes
from huikuan.planning.one_case import Ahead, first_ahead
from huikuan.planning.plan import last_planned

#: A case of which nothing is to be done shows what comes first in so many days.
FAR_DAYS = 31


@dataclass(frozen=True)
class Later:
    """A step of a day to come."""

    on: dt.date
    detail: PlaybookStep


def next_step(case: Case, today: dt.date, tasks: Sequence[object]) -> list[Later]:
    """What comes next for an open case of which nothing is to be done today, and when.

    Empty where something is to be done, and where the procedure asks for nothing soon. Before the
    day is planned nobody knows whether something is to be done.
    """
    if tasks or not case.summary.is_open or last_planned() != today:
        return []
    return later(first_ahead(case, today, FAR_DAYS))


def agreed_next(case: Case, today: dt.date) -> Moment | None:
    """The day and minute for which the next contact is agreed; None where it lies behind."""
    on = case.summary.next_contact_on
    if on is None or on < today:
        return None
    minute = agreed_minutes([case.pk], on).get(case.pk)
    return None if minute is None else Moment(on, minute)


def later(found: list[Ahead]) -> list[Later]:
    """Each step once a day, whatever number of items it is about."""
    if not found:
        return []

    codes = dict(
        Step.objects.filter(pk__in=[each.step_id for each in found]).values_list("pk", "code")
    )
    once = dict.fromkeys((each.on, each.pack_version_id, codes[each.step_id]) for each in found)
    return [Later(on, packs.step_of(version, code)) for on, version, code in once]
