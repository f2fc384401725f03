"""The debtor's local time. Counters count by their day, hours by their minute; the database never works either out."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from huikuan.casebook.models import Person
from huikuan.people.models import Organisation


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone of this name. zoneinfo.ZoneInfoNotFoundError for a name that is none."""
    return ZoneInfo(name)


def local_time(at: dt.datetime, person: Person, organisation: Organisation) -> dt.datetime:
    """The moment where the debtor is: in their own time zone when it is known, else in the organisation's."""
    return at.astimezone(zone(person.timezone or organisation.timezone))


def day_and_minute(local: dt.datetime) -> tuple[dt.date, int]:
    """The local day and the minute of it, 0 to 1439."""
    return local.date(), local.hour * 60 + local.minute
