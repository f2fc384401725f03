"""Quick choices of the form: usual times for the next contact, days for a promise, a promise in parts as it would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from huikuan.calls.forms import MOST_PARTS
from huikuan.casebook.models import Case
from huikuan.engine.expression import fact_sql
from huikuan.gate.earliest import Hours
from huikuan.lib.money import EXPONENTS, parse_minor
from huikuan.lib.problems import Refused
from huikuan.promises.make import instalments

_SUMS = f"""
SELECT {fact_sql("overdue", row="f", day="%(on)s::date")} AS overdue,
    {fact_sql("demandable", row="f", day="%(on)s::date")} AS demandable
FROM casebook_casesummary f WHERE f.case_id = %(case)s
"""


def times(local: dt.datetime, hours: Hours, last: dt.date | None) -> list[tuple[str, dt.date, str]]:
    """(label, day, time) for the next contact, seen from the debtor's local moment.

    hours: those in which the gate lets such a call be made; nothing is suggested outside them. last:
    the latest day that the procedure allows, None for no limit.
    """
    today, day = local.date(), dt.timedelta(days=1)
    later = local + dt.timedelta(hours=2)
    same = f"{local:%H:%M}"
    found = [
        (_("Tomorrow, same time"), today + day, same),
        (_("Tomorrow 14:00"), today + day, "14:00"),
        (_("Tomorrow 19:00"), today + day, "19:00"),
        (_("In two days, 10:00"), today + 2 * day, "10:00"),
        (_("In three days, 10:00"), today + 3 * day, "10:00"),
    ]
    if later.date() == today:
        found.insert(0, (_("Today, in 2 hours"), today, f"{later:%H:%M}"))
    return [
        (label, on, time)
        for label, on, time in found
        if hours.hold(_minute(time)) and (last is None or on <= last)
    ]


def amounts(case: Case, today: dt.date) -> list[tuple[str, int]]:
    """(label, minor units) for a promise beside the whole balance: what is overdue, and of it what
    may be demanded. Only where they are other sums.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"case": case.pk, "on": today})
        overdue, demandable = cursor.fetchone()

    found: dict[int, str] = {}
    for label, minor in ((_("Overdue"), overdue), (_("Demanded"), demandable)):
        if 0 < minor != case.summary.balance_minor:
            found[minor] = found.get(minor, label)
    return [(label, minor) for minor, label in found.items()]


def _minute(time: str) -> int:
    """14:30 as a minute of the day."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def days(today: dt.date) -> list[tuple[str, dt.date]]:
    """(label, day) for a promise."""
    day = dt.timedelta(days=1)
    return [
        (_("Today"), today),
        (_("Tomorrow"), today + day),
        (_("In three days"), today + 3 * day),
        (_("In a week"), today + 7 * day),
    ]


def preview(given: Mapping[str, str]) -> dict[str, Any]:
    """The instalments of what was entered; empty for one part and for what cannot be read."""
    currency = given.get("currency", "CNY")
    first = _day(given.get("promise_on", ""))
    count = _count(given.get("promise_count", ""))
    if first is None or count < 2 or currency not in EXPONENTS:
        return {"due": ()}
    every = given.get("promise_every", "")
    try:
        minor = parse_minor(given.get("promise_amount", ""), currency)
        due = instalments(
            minor, first, count, every_days=int(every) if every in ("7", "14") else None
        )
    except (Refused, ValueError, OverflowError):
        return {"due": ()}
    return {"due": due, "currency": currency}


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST_PARTS else 0
