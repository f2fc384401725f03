"""The one place of the desk that reads the clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone


def now() -> dt.datetime:
    return timezone.now()


def local(request: HttpRequest) -> dt.datetime:
    """The moment by the clock of the user's organisation."""
    return timezone.localtime(now(), _zone(request))


def today(request: HttpRequest) -> dt.date:
    """The local day of the user's organisation."""
    return local(request).date()


def end_of_day(request: HttpRequest) -> dt.datetime:
    """The midnight that ends the local day."""
    return dt.datetime.combine(today(request) + dt.timedelta(1), dt.time(), _zone(request))


def _zone(request: HttpRequest) -> dt.tzinfo:
    organisation = request.user.organisation  # type: ignore[union-attr]
    return ZoneInfo(organisation.timezone) if organisation else timezone.get_default_timezone()
