"""The local day of an organisation: what "today" is to somebody who writes into the case book."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from huikuan.people.models import Organisation


def day_of(organisation: Organisation, at: dt.datetime) -> dt.date:
    """The day on which `at` (an aware moment) lies in the organisation's time zone."""
    return at.astimezone(ZoneInfo(organisation.timezone)).date()
