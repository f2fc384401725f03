"""Deciding a request: granted or refused, once, by somebody else than who asked; or withdrawn by who asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from huikuan.approvals.kinds import decidable, may_decide
from huikuan.approvals.sentences import problem
from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, Approval, Notice
from huikuan.lib.problems import Problem
from huikuan.people.models import User


@dataclass(frozen=True, slots=True)
class Decided:
    """The request as it now stands and the act of deciding, or why it was not decided. `act` is None when nothing was written."""

    approval: Approval | None
    act: Act | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def granted(self) -> bool:
        """Granted by this very act: now it is to be carried out."""
        return (
            self.act is not None
            and self.approval is not None
            and self.approval.status == Approval.Status.GRANTED
        )


def waiting(user: User) -> QuerySet[Approval]:
    """What waits for this user's decision, the oldest first. What they asked for themselves is not among it."""
    mine = Approval.objects.filter(status=Approval.Status.WAITING, organisation=user.organisation)
    mine = mine.filter(decidable(user), case__in=visible_cases(user).values("pk"))
    return mine.exclude(act__actor=user).order_by("asked_at", "pk")


def seen(user: User) -> QuerySet[Approval]:
    """Requests that concern the user: asked by them, or theirs to decide, decided ones included."""
    theirs = Q(act__actor=user) | decidable(user)
    return Approval.objects.filter(theirs, case__in=visible_cases(user).values("pk"))


def decide(
    approval_id: int,
    *,
    kinds: tuple[str, ...],
    grant: bool,
    reason: str,
    actor: User,
    at: dt.datetime,
) -> Decided:
    """Grants or refuses in the caller's transaction, which carries out what was granted. A second time changes nothing.

    `kinds` are those that the caller can carry out. A refusal needs a reason.
    """
    approval = _locked(approval_id, kinds, actor)
    if approval is None:
        return Decided(None, problems=(problem("approval.unknown"),))
    if not may_decide(approval, actor):
        return Decided(approval, problems=(problem("approval.role"),))
    if approval.act.actor_id == actor.pk:
        return Decided(approval, problems=(problem("approval.own"),))
    if approval.status != Approval.Status.WAITING:
        return Decided(
            approval, problems=(problem("approval.decided", status=approval.get_status_display()),)
        )
    if not grant and not reason.strip():
        return Decided(approval, problems=(problem("approval.reason", column="reason"),))
    return Decided(approval, _write(approval, grant, reason, actor, at))


def withdraw(approval_id: int, *, kinds: tuple[str, ...], actor: User, at: dt.datetime) -> Decided:
    """Takes the actor's own request back while it waits, in the caller's transaction. A second time changes nothing."""
    approval = _locked(approval_id, kinds, actor)
    if approval is None:
        return Decided(None, problems=(problem("approval.unknown"),))
    if approval.act.actor_id != actor.pk:
        return Decided(approval, problems=(problem("approval.other"),))
    if approval.status != Approval.Status.WAITING:
        return Decided(
            approval, problems=(problem("approval.decided", status=approval.get_status_display()),)
        )
    approval.status = Approval.Status.WITHDRAWN
    approval.decided = journal.begin(actor, "approvals.withdraw", at=at)
    approval.save(update_fields=["status", "decided"])
    _waits_no_more(approval, at)
    return Decided(approval, approval.decided)


def _locked(approval_id: int, kinds: tuple[str, ...], actor: User) -> Approval | None:
    found = Approval.objects.select_for_update(of=("self",)).select_related("act__actor", "case")
    return found.filter(
        pk=approval_id, kind__in=kinds, case__in=visible_cases(actor).values("pk")
    ).first()


def _write(approval: Approval, grant: bool, reason: str, actor: User, at: dt.datetime) -> Act:
    act = journal.begin(
        actor, "approvals.grant" if grant else "approvals.refuse", at=at, reason=reason
    )
    approval.status = Approval.Status.GRANTED if grant else Approval.Status.REFUSED
    approval.decided, approval.decision_reason = act, reason.strip()[:300]
    approval.save(update_fields=["status", "decided", "decision_reason"])
    _waits_no_more(approval, at)
    params = {
        "approval": approval.pk,
        "kind": approval.kind,
        "status": approval.status,
        "case": approval.case.number,  # type: ignore[union-attr]
    }
    Notice.objects.create(user=approval.act.actor, kind=Notice.Kind.DECIDED, params=params, at=at)
    return act


def _waits_no_more(approval: Approval, at: dt.datetime) -> None:
    """Nobody is told any longer to decide it."""
    told = Notice.objects.filter(
        user__organisation_id=approval.organisation_id, kind=Notice.Kind.APPROVAL
    )
    told.filter(read_at__isnull=True, params__approval=approval.pk).update(read_at=at)
