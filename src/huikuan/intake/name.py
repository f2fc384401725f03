"""Somebody is named to handle a batch: the special case of the procedure (P4.1.7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from huikuan.casebook import journal
from huikuan.casebook.access import visible_placements
from huikuan.casebook.models import Notice, Placement, PlacementHandler
from huikuan.intake.receive import local_day
from huikuan.intake.sentences import problem
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right

MOST_REASON = 300
#: A batch that is in the book, or was refused, is nobody's any more.
OPEN = (Placement.Status.ARRIVED, Placement.Status.RECEIVED, Placement.Status.CHECKED)


@dataclass(frozen=True, slots=True)
class Named:
    """Who handles the batch from now on, or why nobody was named."""

    handler: PlacementHandler | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call named somebody."""
        return self.handler is not None and not self.problems


@transaction.atomic
def name_handler(
    number: str, user: User | None, *, reason: str, actor: User, at: dt.datetime
) -> Named:
    """Names who handles a batch, and tells them. The one who was named last counts.

    Who is named must be able to take in placements. The same person named once more changes
    nothing.
    """
    seen = visible_placements(actor).select_related("creditor__organisation")
    placement = seen.select_for_update(of=("self",)).filter(number=number).first()
    if placement is None:
        return Named(None, (problem("batch.unknown"),))
    if not actor.may(Right.NAME_HANDLERS):
        return Named(None, (problem("batch.name_right"),))

    refused = _wrong(placement, user, reason)
    if refused is not None:
        return Named(None, (refused,))

    assert user is not None
    before = handler_of(placement)
    if before is not None and before.user_id == user.pk:
        return Named(before, (problem("batch.named_before"),))

    act = journal.begin(actor, "intake.name", at=at, reason=reason)
    handler = PlacementHandler.objects.create(
        organisation_id=placement.organisation_id,
        creditor_id=placement.creditor_id,
        act=act,
        valid_on=local_day(placement.creditor, at),
        recorded_at=at,
        placement=placement,
        user=user,
        reason=reason.strip(),
    )
    params = {
        "placement": placement.pk,
        "number": placement.number,
        "creditor": placement.creditor.name,
    }
    Notice.objects.create(user=user, kind=Notice.Kind.NAMED, params=params, at=at)
    return Named(handler)


def handler_of(placement: Placement) -> PlacementHandler | None:
    """Who was named last; None where it takes its usual way."""
    named = PlacementHandler.objects.filter(placement=placement).select_related(
        "user", "act__actor"
    )
    return named.order_by("-pk").first()


def may_handle(organisation_id: int) -> QuerySet[User]:
    """Those of the house who can be named: they take in placements, and work here."""
    people = User.objects.who_may(Right.IMPORT).filter(
        organisation_id=organisation_id, is_active=True
    )
    return people.exclude(username__startswith="service.").order_by("username")


def _wrong(placement: Placement, user: User | None, reason: str) -> Problem | None:
    """Why this person cannot be named for it."""
    if placement.status not in OPEN:
        return problem("batch.over", {"number": placement.number})
    if user is None or not may_handle(placement.organisation_id).filter(pk=user.pk).exists():
        return problem("batch.handler")
    if not reason.strip():
        return problem("batch.reason")
    if len(reason.strip()) > MOST_REASON:
        return problem("batch.reason_long", {"most": MOST_REASON})
    return None
