"""The one place of the desk that reads the clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone


def now() -> dt.datetime:
    return timezone.now()


def today(request: HttpRequest) -> dt.date:
    """The local day of the user's organisation."""
    organisation = request.user.organisation  # type: ignore[union-attr]
    zone = ZoneInfo(organisation.timezone) if organisation else timezone.get_default_timezone()
    return timezone.localtime(now(), zone).date()
