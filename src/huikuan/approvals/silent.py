"""Requests that nobody answered in time: they go on to another role, or are refused.

It happens when its moment comes (the worker looks every minute), and whoever comes to answer after
it finds it done: that a worker was switched off changes nothing but the moment of recording.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from huikuan.approvals.stations import (
    COLUMNS,
    chain_of,
    enter,
    notice_of,
    set_free,
    tell,
    waits_no_more,
)
from huikuan.casebook import journal
from huikuan.casebook.models import Act, Approval, ApprovalAnswer, Notice
from huikuan.engine.chain import REFUSED
from huikuan.people.service import service_user_of


def late(at: dt.datetime) -> QuerySet[Approval]:
    """Requests whose time to be answered is over, the longest waiting first."""
    waiting = Approval.objects.filter(status=Approval.Status.WAITING, answer_by__lte=at)
    return waiting.order_by("answer_by", "pk")


def is_late(approval: Approval, at: dt.datetime) -> bool:
    """Whether the time of the station is over. The last moment itself is too late."""
    if approval.status != Approval.Status.WAITING or approval.answer_by is None:
        return False
    return approval.answer_by <= at


def pass_on(approval: Approval, at: dt.datetime) -> Act:
    """Writes the silence and does what the chain says of it. The request's row is locked.

    A request that was granted before by an earlier station and not yet by this one is not granted.
    """
    chain = chain_of(approval)
    act = journal.begin(
        service_user_of(approval.organisation),
        "approvals.silent",
        at=at,
        reason=f"request {approval.pk}",
    )
    answer = write_answer(approval, act, ApprovalAnswer.Kind.SILENT, at=approval.answer_by or at)
    waits_no_more(approval, at)

    if chain.otherwise == REFUSED:
        approval.status = Approval.Status.REFUSED
        approval.decided = act
        approval.decision_reason = str(answer.get_kind_display())
        approval.save(update_fields=["status", "decided", "decision_reason"])
        set_free(approval)
        tell_asker(approval, at)
        return act

    chain, place = chain.passed_on(approval.station)
    enter(approval, chain, place, at)
    approval.save(update_fields=COLUMNS)
    tell(approval, at)
    return act


def write_answer(
    approval: Approval,
    act: Act,
    kind: str,
    *,
    at: dt.datetime,
    reason: str = "",
    stood_in: bool = False,
) -> ApprovalAnswer:
    """What the station at which the request stands said."""
    return ApprovalAnswer.objects.create(
        organisation_id=approval.organisation_id,
        creditor_id=approval.creditor_id,
        act=act,
        approval=approval,
        station=approval.station,
        kind=kind,
        role=approval.role,
        right=approval.right,
        stood_in=stood_in,
        reason=reason.strip()[:300],
        at=at,
    )


def tell_asker(approval: Approval, at: dt.datetime) -> None:
    """A notice to whoever asked of how the request now stands."""
    params = notice_of(approval) | {"status": approval.status}
    Notice.objects.create(user=approval.act.actor, kind=Notice.Kind.DECIDED, params=params, at=at)
