"""The list of holds that a user sees, for the page and the command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Hold
from huikuan.people.models import User


def listed(user: User, chosen: Mapping[str, Any], on: dt.date) -> QuerySet[Hold]:
    """Holds of the cases that the user sees.

    `chosen`: `kind`, `scope`, `state` ("ended": those that are over on the day; else those that
    are not), `q` (the beginning of a case number). What is missing or empty does not narrow.
    """
    holds = Hold.objects.filter(case__in=visible_cases(user).values("pk"))
    over = Q(ended_on__isnull=False, ended_on__lte=on)
    if chosen.get("state") == "ended":
        holds = holds.filter(over)
    else:
        holds = holds.exclude(over)

    for name in ("kind", "scope"):
        if chosen.get(name):
            holds = holds.filter(**{name: chosen[name]})
    number = chosen.get("q", "").strip()
    if number:
        holds = holds.filter(case__number__istartswith=number)
    return holds
