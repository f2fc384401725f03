"""The day plans itself: from a set local hour on, the worker plans today, once."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from huikuan.casebook.models import Case, PlanRun
from huikuan.people.models import Organisation

logger = logging.getLogger("huikuan.morning")


def due_day(house: Organisation, at: dt.datetime, hour: dt.time) -> dt.date | None:
    """The house's day that is to be planned now: its hour has come, and no plan was made since.

    A plan of the evening before does not count: what came in overnight is not in it.
    """
    local = at.astimezone(ZoneInfo(house.timezone))
    begins = dt.datetime.combine(local.date(), hour, local.tzinfo)
    if local < begins:
        return None
    if PlanRun.objects.filter(on=local.date(), at__gte=begins).exists():
        return None
    return local.date()


def unplanned(at: dt.datetime, hour: dt.time) -> list[dt.date]:
    """Days of houses with cases that should be planned by now and are not."""
    days = set()
    for house in Organisation.objects.order_by("pk"):
        day = due_day(house, at, hour)
        if day is not None and Case.objects.filter(organisation=house).exists():
            days.add(day)
    return sorted(days)


def plan_due(at: dt.datetime, hour: dt.time | None) -> list[dt.date]:
    """Plans every day that is due, and gives the days. A second call changes nothing.

    A day that cannot be planned is a line of the log and is tried again by the next call.
    """
    from huikuan.casebook.calendar import calendar
    from huikuan.daily import day
    from huikuan.ops.service import service_user
    from huikuan.planning.plan import NotPlanned

    if hour is None:
        return []

    planned = []
    for on in unplanned(at, hour):
        house = Organisation.objects.order_by("pk").first()
        assert house is not None  # else nothing would be due
        try:
            done = day(on, actor=service_user(house.code), at=at, calendar=calendar())
        except NotPlanned as error:
            logger.warning("%s was not planned: %s", on, type(error).__name__)
            continue
        logger.info("%s was planned: %s new tasks", on, done.planned.counts.get("new", 0))
        planned.append(on)
    return planned
