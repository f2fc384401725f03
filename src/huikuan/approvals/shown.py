"""Requests as a screen shows them: what is asked for in words, how long it waits, where it is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from huikuan.approvals.kinds import RULES, decidable
from huikuan.casebook.models import Approval, Hold
from huikuan.people.models import User
from huikuan.people.roles import READ_ONLY

RELATED = ("act__actor", "case__person", "decided__actor")


@dataclass(frozen=True, slots=True)
class Shown:
    """One request. `url`: where it is decided, empty when this user does not decide it; `days`: whole days it waits."""

    approval: Approval
    what: str
    days: int
    url: str


def shown(approvals: Iterable[Approval], user: User, at: dt.datetime) -> list[Shown]:
    """In the order given. The requests come with RELATED, so that no row asks a query."""
    return [Shown(one, what(one), (at - one.asked_at).days, _address(one, user)) for one in approvals]


def what(approval: Approval) -> str:
    """What is asked for: `Hold: dispute, item, from 2026-11-24`; of a payment its reference."""
    subject = approval.subject
    parts: list[str] = []
    if approval.kind == Approval.Kind.HOLD:
        words = {**dict(Hold.Kind.choices), **dict(Hold.Scope.choices)}
        parts = [str(words.get(subject.get(name), subject.get(name) or "")) for name in ("kind", "scope")]
        parts.append(_("from {day}").format(day=subject.get("from", "—")))
    elif subject.get("reference"):
        parts = [str(subject["reference"])]
    return " · ".join([str(approval.get_kind_display()), *(part for part in parts if part)])


def _address(approval: Approval, user: User) -> str:
    waits = approval.status == Approval.Status.WAITING and approval.act.actor_id != user.pk
    if not waits or user.role in READ_ONLY or approval.kind not in decidable(user.role):
        return ""
    try:
        return reverse(RULES[approval.kind].url_name, args=[approval.pk])
    except NoReverseMatch:  # an installation without that room: the request is shown and waits
        return ""
