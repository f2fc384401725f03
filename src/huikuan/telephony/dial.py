"""Dialling: one call for one permission of the gate, put onto the line by the adapter of the installation."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from huikuan.approvals.step import Outside
from huikuan.casebook import journal, spent
from huikuan.casebook.access import visible_cases
from huikuan.casebook.calls import NOT_STARTED
from huikuan.casebook.models import ContactPoint, GateDecision, PhoneCall, Spent
from huikuan.casebook.open_steps import open_steps
from huikuan.engine.acts import POINT_KINDS
from huikuan.gate import reserve
from huikuan.gate.local import local
from huikuan.gate.purpose import at_point, target_of, usual
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.telephony.adapters import NotTaken, Started, start
from huikuan.telephony.sentences import problem


@dataclass(frozen=True, slots=True)
class Dialled:
    """The call and how it was started, or why there is none. A call that the system did not take is kept as failed."""

    call: PhoneCall | None
    started: Started | None = None
    problems: tuple[Problem, ...] = ()


def dial(decision_id: int, *, actor: User, at: dt.datetime, override_reason: str = "") -> Dialled:
    """Starts a call. `override_reason`: it is made although the gate refused; the act keeps the reason.

    The call is in the book before the line is asked, so that what the line reports at once finds it. The adapter runs
    outside the transaction: a slow telephone system holds no lock.
    """
    with transaction.atomic():
        call, problems, is_new = _begin(decision_id, actor, at, override_reason.strip())
    if call is None or not is_new:
        return Dialled(call, problems=tuple(problems))
    try:
        return Dialled(call, start(call, actor, at))
    except NotTaken as error:
        # the line may have reported meanwhile that it rings after all: then the report counts
        PhoneCall.objects.filter(pk=call.pk, answered_at=None, ended_at=None).update(
            ended_at=at, cause=NOT_STARTED
        )
        call.refresh_from_db()
        return Dialled(call, problems=(problem("dial.failed", why=error.why),))


def _begin(
    decision_id: int, actor: User, at: dt.datetime, override_reason: str
) -> tuple[PhoneCall | None, list[Problem], bool]:
    """The call, what stands in its way, and whether it was begun by this very act."""
    decisions = GateDecision.objects.select_related("act", "case__person", "case__organisation")
    decision = decisions.filter(pk=decision_id, case__in=visible_cases(actor).values("pk")).first()
    if decision is None or not actor.may(Right.RECORD_CONTACTS):
        return None, [problem("dial.decision")], False
    reserve.lock(decision.case)  # two clicks, one after the other
    if under_way := _under_way(decision, actor):
        return under_way, [], False
    point = ContactPoint.objects.filter(
        pk=decision.point_id or 0, person_id=decision.case.person_id
    ).first()
    if problems := list(_check(decision, point, actor, at, override_reason)):
        return None, problems, False
    assert point is not None
    act = journal.begin(actor, "telephony.dial", at=at, reason=override_reason)
    call = PhoneCall.objects.create(
        organisation_id=decision.case.organisation_id,
        creditor_id=decision.case.creditor_id,
        act=act,
        call_id=uuid.uuid4(),
        case=decision.case,
        point=point,
        decision=decision,
        adapter=settings.HUIKUAN.telephony,
        started_at=at,
    )
    spent.spend(decision, Spent.Kind.DIAL, call.pk, actor=actor, at=at)
    return call, [], True


def _under_way(decision: GateDecision, actor: User) -> PhoneCall | None:
    """The call that this permission began and that is not recorded yet: a page that was loaded anew shows it again."""
    calls = PhoneCall.objects.filter(
        case_id=decision.case_id, decision=decision, contact=None, act__actor=actor
    )
    return calls.exclude(cause=NOT_STARTED).select_related("point", "act").first()


def _check(
    decision: GateDecision,
    point: ContactPoint | None,
    actor: User,
    at: dt.datetime,
    override_reason: str,
) -> Iterator[Problem]:
    if decision.channel != "call" or point is None or point.kind not in POINT_KINDS["call"]:
        yield problem("dial.number")
    if not spent.is_theirs(decision, actor):
        yield problem("dial.not_yours")
    given, on = local(decision.case, decision.at).on, local(decision.case, at).on
    if given != on:
        yield problem("dial.old", given=given, on=on)
    elif not reserve.fresh(decision, at):
        yield problem("dial.stale")
    if not decision.allowed and not override_reason:
        yield problem("dial.refused", column="override_reason", rule=decision.rule)
    # No reason takes the place of an approval: dialling can wait for it.
    steps = open_steps(decision.case, "call", on)
    outside = Outside(decision.case, "call", target_of(point, "call"), on, steps)
    if (lacking := outside.hindrance(actor)) is not None:
        yield lacking
    purposes = {usual(point, "call"), at_point(steps.values(), point, "call")}
    if decision.purpose not in purposes:
        yield problem("dial.purpose")
    if not spent.may_be_dialled(decision):
        yield problem("dial.used")
