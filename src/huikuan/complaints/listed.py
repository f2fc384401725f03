"""Which complaints a list shows: by state, way, cause, client, collector, days, number or name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet

from huikuan.casebook import sealed
from huikuan.casebook.models import Complaint
from huikuan.complaints.shown import STATES

#: In the place of a state: open and closed ones.
ALL = "all"
#: Kind of the blind index of a complainant's name.
NAME = "complainant"
_OPEN = Q(summary__complaint_closed_on=None)
_BEFORE_REPLY = _OPEN & Q(summary__complaint_replied_on=None)
_BEFORE_AGREEMENT = _BEFORE_REPLY & Q(summary__complaint_agreed_on=None)
_TALKING = _BEFORE_AGREEMENT & Q(summary__complaint_accepted_on__isnull=False)
_TOLD = Q(summary__complaint_proposals__gt=F("summary__complaint_refusals"))
#: As `state_of` says it of one.
_STATE = {
    "closed": Q(summary__complaint_closed_on__isnull=False),
    "replied": _OPEN & Q(summary__complaint_replied_on__isnull=False),
    "agreed": _BEFORE_REPLY & Q(summary__complaint_agreed_on__isnull=False),
    "received": _BEFORE_AGREEMENT & Q(summary__complaint_accepted_on=None),
    "proposed": _TALKING & _TOLD,
    "refused": _TALKING & ~_TOLD & Q(summary__complaint_refusals__gt=0),
    "accepted": _TALKING & ~_TOLD & Q(summary__complaint_refusals=0),
}


def name_index(name: str) -> bytes:
    """By which a complainant's whole name is found again; nothing for nobody."""
    text = "".join(name.split())
    return sealed.index(NAME, text) if text else b""


def named(text: str) -> Q:
    """Complaints that somebody names by this: number, case, the regulator's number, or the whole
    name of the complainant. Names are encrypted, so that no part of one is found.
    """
    numbers = Q(number__icontains=text) | Q(case__number__icontains=text)
    return numbers | Q(reference__icontains=text) | Q(name_index=name_index(text))


def filtered(complaints: QuerySet[Complaint], chosen: dict[str, Any]) -> QuerySet[Complaint]:
    """Those that fit every filter. Without a state those that are open, unless one is named."""
    text = str(chosen.get("q", "")).strip()
    if text:
        complaints = complaints.filter(named(text))
    if "channel" in chosen:
        complaints = complaints.filter(channel=chosen["channel"])
    if "cause" in chosen:
        complaints = complaints.filter(points__cause=chosen["cause"]).distinct()
    if "client" in chosen:
        complaints = complaints.filter(creditor__code=chosen["client"])
    if "about" in chosen:
        complaints = complaints.filter(about_user__username=chosen["about"])
    complaints = _received(complaints, chosen.get("first"), chosen.get("last"))

    state = chosen.get("state", "")
    if state in STATES:
        return complaints.filter(_STATE[state])
    return complaints if text or state == ALL else complaints.filter(_OPEN)


def _received(
    complaints: QuerySet[Complaint], first: dt.date | None, last: dt.date | None
) -> QuerySet[Complaint]:
    """Those that reached the house on these days, both included."""
    if first is not None:
        complaints = complaints.filter(valid_on__gte=first)
    if last is not None:
        complaints = complaints.filter(valid_on__lte=last)
    return complaints
