"""Asking for something that another person has to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from huikuan.approvals.kinds import may_decide
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, Approval, Case, Notice, Task
from huikuan.people import roles
from huikuan.people.models import User


def ask(
    kind: str,
    *,
    act: Act,
    case: Case,
    subject: Mapping[str, Any],
    reason: str,
    at: dt.datetime,
    amount_minor: int | None = None,
    task: Task | None = None,
    role: str = "",
) -> Approval:
    """Writes the request and tells those who may decide it. The caller has checked that the asker may ask.

    `subject` is what the room that carries it out needs, in plain JSON without personal data.
    `task` and `role`: for a step, what waits for the grant, and who decides.
    """
    approval = Approval.objects.create(
        organisation_id=case.organisation_id,
        creditor_id=case.creditor_id,
        act=act,
        case=case,
        kind=kind,
        task=task,
        role=role,
        standing=task.standing if task is not None else 0,
        subject=dict(subject),
        reason=reason.strip()[:300],
        currency=case.currency if amount_minor is not None else "",
        amount_minor=amount_minor,
        asked_at=at,
    )
    params = {"approval": approval.pk, "kind": kind, "case": case.number}
    told = [
        Notice(user=user, kind=Notice.Kind.APPROVAL, params=params, at=at)
        for user in deciders(approval)
    ]
    Notice.objects.bulk_create(told)
    return approval


def deciders(approval: Approval) -> list[User]:
    """Everybody who may decide it: right or role, organisation, sight of the case, and not the asker."""
    ranks = roles.ranks(approval.organisation_id)
    colleagues = (
        User.objects.with_roles()
        .filter(organisation_id=approval.organisation_id, is_active=True)
        .exclude(pk=approval.act.actor_id)
        .order_by("pk")
    )
    return [
        user
        for user in colleagues
        if may_decide(approval, user, ranks)
        and visible_cases(user).filter(approvals=approval).exists()
    ]
