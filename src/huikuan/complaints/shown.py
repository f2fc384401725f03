"""A complaint as pages, lists and the command show it: state, clocks, timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huikuan.casebook import sealed
from huikuan.casebook.models import Complaint, ComplaintEvent, ComplaintSummary
from huikuan.clocks import shown as clocks
from huikuan.lib import names
from huikuan.people import roles
from huikuan.people.models import User

#: In the order in which a complaint passes them.
STATES = {
    "received": (pgettext_lazy("complaint", "to be accepted"), "bad"),
    "accepted": (pgettext_lazy("complaint", "in hand"), "info"),
    "proposed": (gettext_lazy("proposal made"), "info"),
    "refused": (gettext_lazy("proposal refused"), "warn"),
    "agreed": (pgettext_lazy("complaint", "agreed"), "good"),
    "replied": (pgettext_lazy("complaint", "answered"), "good"),
    "closed": (pgettext_lazy("complaint", "closed"), "neutral"),
}
WAYS = {
    "call": gettext_lazy("by telephone"),
    "mail": gettext_lazy("by e-mail"),
    "letter": gettext_lazy("by letter"),
    "visit": gettext_lazy("in person"),
    "otherwise": gettext_lazy("in another way"),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    complaint: Complaint
    state: str
    tone: str
    owner: str
    name: str
    clock: clocks.Shown | None


def state_of(summary: ComplaintSummary) -> str:
    """A word of STATES."""
    if summary.complaint_closed_on is not None:
        return "closed"
    if summary.complaint_replied_on is not None:
        return "replied"
    if summary.complaint_agreed_on is not None:
        return "agreed"
    if summary.complaint_accepted_on is None:
        return "received"

    if summary.complaint_proposals > summary.complaint_refusals:
        return "proposed"
    return "refused" if summary.complaint_refusals else "accepted"


def rows(
    complaints: Iterable[Complaint], now: dt.datetime, *, for_client: bool = False
) -> list[Row]:
    """The lines of a list, each with the deadline that ends first of those that run.

    `for_client`: without who of the house owns it.
    """
    listed = list(complaints)
    owners: set[int] = set()
    if not for_client:
        owners = {complaint.summary.owner_id for complaint in listed} - {None}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=owners)}
    running = clocks.of_subjects("complaint", [complaint.pk for complaint in listed], now)

    found = []
    for complaint in listed:
        state, tone = STATES[state_of(complaint.summary)]
        mine = [each for each in running.get(complaint.pk, []) if each.clock.met_at is None]
        owner = people.get(complaint.summary.owner_id, "")
        clock = mine[0] if mine else None
        found.append(Row(complaint, str(state), tone, owner, masked(complaint), clock))
    return found


def masked(complaint: Complaint) -> str:
    """The complainant as lists show one."""
    name = _unsealed(complaint.name_sealed)
    return names.mask_name(name) if name else _("anonymous")


def complainant(complaint: Complaint) -> dict[str, str]:
    """Name and way to reach the complainant, for whoever gave a reason to see them."""
    return {
        "name": _unsealed(complaint.name_sealed) or _("anonymous"),
        "reach": _unsealed(complaint.reach_sealed) or "—",
    }


def _unsealed(text: bytes | memoryview) -> str:
    """The text; empty where nothing was written down."""
    return sealed.unseal(text) if len(text) else ""


def points(complaint: Complaint) -> list[dict[str, Any]]:
    """The points, each with its decision where there is one."""
    decided = {
        event.point_id: event for event in complaint.events.filter(kind=ComplaintEvent.Kind.DECIDED)
    }
    listed = complaint.points.select_related("hold__item", "hold__account").order_by("number")
    return [{"point": point, "decided": decided.get(point.pk)} for point in listed]


def proposals(complaint: Complaint) -> list[dict[str, Any]]:
    """The proposals, each with what became of it: told, and what the complainant said."""
    Kind = ComplaintEvent.Kind
    told = complaint.events.filter(kind__in=(Kind.PROPOSED, Kind.AGREED, Kind.REFUSED))
    last = {event.proposal_id: event for event in told.order_by("happened_at", "pk")}
    listed = complaint.proposals.select_related("approval").order_by("number")
    return [{"proposal": each, "event": last.get(each.pk)} for each in listed]


def for_client(complaint: Complaint, now: dt.datetime) -> dict[str, Any]:
    """All that a client reads of a complaint; what is not named here is the house's own.

    No collector and no owner; no word of the complainant, nor of the house to itself; of the
    proposals those that were told to the complainant.
    """
    state, tone = STATES[state_of(complaint.summary)]
    running = clocks.of_subjects("complaint", [complaint.pk], now)
    told = [row for row in proposals(complaint) if row["event"] is not None]
    case = complaint.case.number if complaint.case is not None else ""

    return {
        "number": complaint.number,
        "channel": complaint.get_channel_display(),
        "who": complaint.get_who_display(),
        "received_at": complaint.received_at,
        "case": case,
        "state": state,
        "tone": tone,
        "points": [_point_for_client(row) for row in points(complaint)],
        "proposals": [_proposal_for_client(row) for row in told],
        "clocks": running.get(complaint.pk, []),
    }


def _point_for_client(row: dict[str, Any]) -> dict[str, Any]:
    """A point as the report to the client names it, and how it was decided."""
    point = row["point"]
    decided = row["decided"]
    result = ""
    if decided is not None:
        result = decided.get_result_display()

    return {
        "number": point.number,
        "cause": point.get_cause_display(),
        "aim": point.aim,
        "result": result,
    }


def _proposal_for_client(row: dict[str, Any]) -> dict[str, Any]:
    """A proposal that was told, and what the complainant said of it."""
    proposal = row["proposal"]
    return {
        "number": proposal.number,
        "sort": proposal.get_sort_display(),
        "amount_minor": proposal.amount_minor,
        "currency": proposal.currency,
        "stands": row["event"].get_kind_display(),
    }


def timeline(complaint: Complaint) -> list[dict[str, Any]]:
    """What happened, the newest first, each with its words and who recorded it."""
    titles = roles.titles(complaint.organisation_id)
    related = ("act__actor", "user", "point", "proposal", "message")
    events = complaint.events.select_related(*related).order_by("-happened_at", "-pk")
    told = [_told(event, titles) for event in events]

    first = {
        "at": complaint.received_at,
        "title": _("Complaint received"),
        "text": complaint.said,
        "who": complaint.act.actor,
        "message": None,
    }
    return [*told, first]


def _told(event: ComplaintEvent, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "at": event.happened_at,
        "title": event.get_kind_display(),
        "text": " · ".join(part for part in _parts(event, titles) if part),
        "who": event.act.actor,
        "message": event.message,
    }


def _parts(event: ComplaintEvent, titles: dict[str, str]) -> list[str]:
    """What an event says, part by part; empty parts are left out."""
    point = ""
    if event.point is not None:
        point = _("point {number}").format(number=event.point.number)
    level = ""
    if event.level is not None:
        level = _("level {number}").format(number=event.level)
    until = ""
    if event.until_on is not None:
        until = _("until {day}").format(day=event.until_on)
    result = ""
    if event.result:
        result = str(event.get_result_display())

    return [
        point,
        level,
        titles.get(event.role, event.role),
        str(event.user or ""),
        until,
        result,
        str(WAYS.get(event.way, event.way)),
        event.text,
        event.lesson,
    ]
