"""Answering a request at the station where it stands; taking the own request back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from huikuan.approvals import silent
from huikuan.approvals.sentences import problem
from huikuan.approvals.stations import (
    COLUMNS,
    chain_of,
    enter,
    set_free,
    tell,
    waits_no_more,
)
from huikuan.approvals.who import (
    answerable,
    concerns,
    hindrance,
    may_answer,
    stands_in,
)
from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Approval, ApprovalAnswer
from huikuan.lib.problems import Problem
from huikuan.people.models import Organisation, User

Status = Approval.Status


@dataclass(frozen=True, slots=True)
class Decided:
    """The request as it now stands and the act of answering, or why it was not answered.

    `act` is None when nothing was written.
    """

    approval: Approval | None
    act: Act | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def granted(self) -> bool:
        """Granted by this very act: now it is to be carried out."""
        return self._is(Status.GRANTED)

    @property
    def goes_on(self) -> bool:
        """Agreed to by this very act, and another one decides."""
        return self._is(Status.WAITING)

    def _is(self, status: str) -> bool:
        return self.act is not None and self.approval is not None and self.approval.status == status


def waiting(user: User, on: dt.date) -> QuerySet[Approval]:
    """What waits for this user's answer on the local day, the oldest first."""
    theirs = waiting_in_house(user.organisation).filter(answerable(user, on))
    return theirs.filter(case__in=visible_cases(user).values("pk"))


def waiting_in_house(organisation: Organisation | None) -> QuerySet[Approval]:
    """What waits for anybody's answer, the oldest first: for the house itself, which decides
    nothing.
    """
    waits = Approval.objects.filter(status=Status.WAITING, organisation=organisation)
    return waits.order_by("asked_at", "pk")


def seen(user: User) -> QuerySet[Approval]:
    """Requests that concern the user: asked by them, answered by them, or of their roles."""
    answered = ApprovalAnswer.objects.filter(act__actor=user).values("approval")
    theirs = Q(act__actor=user) | Q(pk__in=answered) | concerns(user)
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
    """Agrees or refuses in the caller's transaction, which carries out what was granted.

    Whether it is granted by that is the chain's to say: an amount that the station does not cover
    goes on to the next one. `kinds` are those that the caller can carry out. A refusal needs a
    reason and ends the chain. A second time changes nothing.
    """
    approval = _locked(approval_id, kinds, actor)
    if approval is None:
        return Decided(None, problems=(problem("approval.unknown"),))
    if silent.is_late(approval, at):
        silent.pass_on(approval, at)

    found = _hindrance(approval, grant, reason, actor, at)
    if found is not None:
        return Decided(approval, problems=(found,))
    return Decided(approval, _answer(approval, grant, reason, actor, at))


def _hindrance(
    approval: Approval, grant: bool, reason: str, actor: User, at: dt.datetime
) -> Problem | None:
    """Why this user does not answer it now, or not like this."""
    if not Approval.objects.filter(concerns(actor), pk=approval.pk).exists():
        return problem("approval.role")
    if approval.act.actor_id == actor.pk:
        return problem("approval.own")
    if approval.status != Status.WAITING:
        return problem("approval.decided", status=approval.get_status_display())

    if approval.answers.filter(act__actor=actor).exists():
        return problem("approval.answered")
    hindered = hindrance(approval, actor, grant)
    if hindered is not None:
        return hindered
    if not may_answer(approval, actor, day_of(approval.organisation, at)):
        return problem("approval.role")
    if not grant and not reason.strip():
        return problem("approval.reason", column="reason")
    return None


def _answer(approval: Approval, grant: bool, reason: str, actor: User, at: dt.datetime) -> Act:
    """Writes the answer, and what follows from it: the end, or the next station."""
    verb = "approvals.grant" if grant else "approvals.refuse"
    act = journal.begin(actor, verb, at=at, reason=reason)
    chain = chain_of(approval)
    stood_in = stands_in(approval, actor)
    waits_no_more(approval, at)

    ends = chain.ends_at(approval.station, approval.amount_minor, approval.currency)
    if grant and not ends:
        kind = ApprovalAnswer.Kind.AGREED
        silent.write_answer(approval, act, kind, at=at, reason=reason, stood_in=stood_in)
        enter(approval, chain, approval.station + 1, at)
        approval.save(update_fields=COLUMNS)
        tell(approval, at)
        return act

    kind = ApprovalAnswer.Kind.GRANTED if grant else ApprovalAnswer.Kind.REFUSED
    silent.write_answer(approval, act, kind, at=at, reason=reason, stood_in=stood_in)
    approval.status = Status.GRANTED if grant else Status.REFUSED
    approval.decided = act
    approval.decision_reason = reason.strip()[:300]
    approval.save(update_fields=["status", "decided", "decision_reason"])
    if not grant:
        set_free(approval)
    silent.tell_asker(approval, at)
    return act


@transaction.atomic
def lapse(approval_id: int, *, at: dt.datetime) -> Decided:
    """Does what the chain says of a request whose time is over.

    `act` is None where it is not late any more: somebody answered meanwhile.
    """
    rows = Approval.objects.select_for_update(of=("self",))
    related = rows.select_related("act__actor", "case", "organisation")
    approval = related.filter(pk=approval_id).first()
    if approval is None or not silent.is_late(approval, at):
        return Decided(approval)
    return Decided(approval, silent.pass_on(approval, at))


def withdraw(approval_id: int, *, kinds: tuple[str, ...], actor: User, at: dt.datetime) -> Decided:
    """Takes the actor's own request back while it waits. A second time changes nothing."""
    approval = _locked(approval_id, kinds, actor)
    if approval is None:
        return Decided(None, problems=(problem("approval.unknown"),))
    if approval.act.actor_id != actor.pk:
        return Decided(approval, problems=(problem("approval.other"),))
    if approval.status != Status.WAITING:
        return Decided(
            approval, problems=(problem("approval.decided", status=approval.get_status_display()),)
        )

    approval.status = Status.WITHDRAWN
    approval.decided = journal.begin(actor, "approvals.withdraw", at=at)
    approval.save(update_fields=["status", "decided"])
    set_free(approval)
    waits_no_more(approval, at)
    return Decided(approval, approval.decided)


def _locked(approval_id: int, kinds: tuple[str, ...], actor: User) -> Approval | None:
    """The request of a case that the actor sees, its row locked."""
    rows = Approval.objects.select_for_update(of=("self",))
    related = rows.select_related("act__actor", "case", "organisation")
    return related.filter(
        pk=approval_id, kind__in=kinds, case__in=visible_cases(actor).values("pk")
    ).first()
