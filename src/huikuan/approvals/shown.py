"""Requests as a screen shows them: what is asked for in words, how long it waits, where it is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse

from huikuan.approvals.kinds import may_decide
from huikuan.approvals.nobody import undecidable
from huikuan.casebook.models import Approval
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.web import rooms

RELATED = ("act__actor", "case__person", "decided__actor")


@dataclass(frozen=True, slots=True)
class Shown:
    """One request. `url`: where it is decided, empty when this user does not decide it; `withdraw`: where this user takes
    it back, empty when they cannot; `days`: whole days it waits; `nobody`: nobody else in the house could decide it.
    """

    approval: Approval
    what: str
    days: int
    url: str
    withdraw: str
    nobody: bool = False


def shown(approvals: Iterable[Approval], user: User, at: dt.datetime) -> list[Shown]:
    """In the order given. The requests come with RELATED, so that no row asks a query."""
    approvals = list(approvals)
    of_roles = any(one.role for one in approvals)
    ranks = roles.ranks(user.organisation_id) if of_roles else {}
    stuck = undecidable(one for one in approvals if one.act.actor_id == user.pk)
    return [
        Shown(
            one,
            what(one),
            (at - one.asked_at).days,
            _decided_at(one, user, ranks),
            _withdrawn_at(one, user),
            one.pk in stuck,
        )
        for one in approvals
    ]


def what(approval: Approval) -> str:
    """What is asked for: `Hold: dispute, item, from 2026-11-24`; of a payment its reference;
    of a correction its type, item and reference; of a step its title and its day."""
    kind = rooms.requests().get(approval.kind)
    parts = kind.words(approval.subject) if kind else ()
    return " · ".join([str(approval.get_kind_display()), *(part for part in parts if part)])


def _decided_at(approval: Approval, user: User, ranks: Mapping[str, int]) -> str:
    if approval.act.actor_id == user.pk or not may_decide(approval, user, ranks):
        return ""
    return _address(approval, user, "decide")


def _withdrawn_at(approval: Approval, user: User) -> str:
    if approval.act.actor_id != user.pk:
        return ""
    return _address(approval, user, "withdraw")


def _address(approval: Approval, user: User, act: Literal["decide", "withdraw"]) -> str:
    """Where the room of the request decides it or takes it back; "" when there is no such place."""
    kind = rooms.requests().get(approval.kind)
    if kind is None or approval.status != Approval.Status.WAITING or not user.may_write:
        return ""
    return reverse(getattr(kind, act), args=[approval.pk])
