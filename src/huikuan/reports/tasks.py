"""Background work of the reports: counts that take seconds are made anew by the worker."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from procrastinate.contrib.django import app

from huikuan.reports import tally
from huikuan.reports.scope import Scope


@app.task(name=tally.RENEW)
def renew_tally(*, scope: dict[str, Any], on: str, zone: str) -> None:
    """Counts the open tasks of a scope anew and keeps the result. Safe to repeat."""
    tally.renew(Scope.named(scope), dt.date.fromisoformat(on), ZoneInfo(zone))
