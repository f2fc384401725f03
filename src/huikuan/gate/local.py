"""The debtor's local day and minute, computed here: a database session's zone must not decide what day it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from huikuan.casebook.models import Case


@dataclass(frozen=True)
class Local:
    """minute: of the local day, None when the zone is not known; the day is then that of the moment as it was given."""

    zone: ZoneInfo | None
    at: dt.datetime
    on: dt.date
    minute: int | None


def local(case: Case, at: dt.datetime) -> Local:
    """By the zone of the person, else of the organisation. `at` is aware. A zone that does not exist is unknown."""
    if at.tzinfo is None:
        raise ValueError("the moment of an act needs a time zone")
    zone = _zone(case.person.timezone or case.organisation.timezone)
    there = at.astimezone(zone) if zone else at
    return Local(zone, there, there.date(), there.hour * 60 + there.minute if zone else None)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
