"""Deciding what was asked for: what is granted is carried out in the same transaction, once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.approvals.decide import Decided
from huikuan.approvals.decide import decide as decide_approval
from huikuan.approvals.decide import withdraw as withdraw_approval
from huikuan.casebook.models import Approval, PaymentRow
from huikuan.lib.problems import Problem
from huikuan.payments import ask_correction, rows
from huikuan.payments.ask import twin_problems, twins_of
from huikuan.payments.post import PaymentEntry, post
from huikuan.payments.reverse import reverse
from huikuan.payments.sentences import problem
from huikuan.people.models import User

KINDS = (Approval.Kind.PAYMENT, Approval.Kind.REVERSAL, Approval.Kind.CORRECTION)


@dataclass(frozen=True, slots=True)
class Done:
    """The request as it stands now; `decided` only when this call did it. A grant that cannot be carried out is none."""

    approval: Approval | None
    decided: bool = False
    problems: tuple[Problem, ...] = ()


def decide(approval_id: int, *, grant: bool, reason: str, actor: User, at: dt.datetime) -> Done:
    """Grants or refuses a payment or a reversal, in one transaction. Two at once: one decides, the other is told so."""
    with transaction.atomic():
        done = _decide(approval_id, grant, reason, actor, at)
        if done.problems:
            transaction.set_rollback(True)
    if done.problems and done.approval:
        done.approval.refresh_from_db()
    return done


@transaction.atomic
def withdraw(approval_id: int, *, actor: User, at: dt.datetime) -> Decided:
    """Who asked takes it back while it waits."""
    return withdraw_approval(approval_id, kinds=KINDS, actor=actor, at=at)


def _decide(approval_id: int, grant: bool, reason: str, actor: User, at: dt.datetime) -> Done:
    answer = decide_approval(
        approval_id, kinds=KINDS, grant=grant, reason=reason, actor=actor, at=at
    )
    approval = answer.approval
    if approval is None or answer.act is None:
        return Done(approval, problems=answer.problems)
    problems: tuple[Problem, ...] = ()
    if answer.granted:
        rows.lock(approval.creditor_id)
        problems = _carry_out(approval, actor, at)
    return Done(approval, decided=not problems, problems=problems)


def _carry_out(approval: Approval, actor: User, at: dt.datetime) -> tuple[Problem, ...]:
    subject = approval.subject
    if approval.kind == Approval.Kind.CORRECTION:
        return ask_correction.carry_out(approval, actor=actor, at=at)
    if approval.kind == Approval.Kind.REVERSAL:
        on = dt.date.fromisoformat(subject["on"])
        return reverse(
            subject["payment"], on=on, reason=approval.reason, actor=actor, at=at
        ).problems
    entry = entry_of(approval)
    new_twins = [twin for twin in twins_of(entry) if twin.id not in subject.get("not", ())]
    if new_twins:
        # It came by another way since it was asked for; who asked has not compared the two.
        return twin_problems(new_twins)
    answer = post(entry, actor=actor, at=at)
    if not answer.posted:
        return (problem("request.moot"),) if answer.repeated else answer.problems
    assert answer.payment_id is not None
    if row := _row(approval):
        row.state, row.payment_id, row.why = PaymentRow.State.POSTED, answer.payment_id, []
        row.save(update_fields=["state", "payment", "why"])
    touched = rows.close_known(approval.creditor_id, {subject["reference"]: answer.payment_id})
    rows.recount({*touched, *([row.file_id] if row else [])})
    return ()


def entry_of(approval: Approval) -> PaymentEntry:
    """The payment that was asked for."""
    subject = approval.subject
    assert approval.case_id is not None and approval.amount_minor is not None
    return PaymentEntry(
        case_id=approval.case_id,
        amount_minor=approval.amount_minor,
        currency=approval.currency,
        paid_on=dt.date.fromisoformat(subject["paid_on"]),
        reference=subject["reference"],
        source=subject["source"],
        chosen=tuple(subject.get("chosen", ())),
        # A row that was asked for before this was said came from a list where its reference is ours.
        of_list=subject.get("of_list", "row" in subject),
    )


def set_free(approval: Approval) -> None:
    """A row whose assignment was refused or withdrawn waits again in the queue, with the reason."""
    rows.lock(approval.creditor_id)
    row = _row(approval)
    if row is None:
        return

    row.state = PaymentRow.State(approval.subject["from"])
    row.case_id = None
    row.reason = approval.decision_reason[:200]
    row.save(update_fields=["state", "case", "reason"])
    rows.recount([row.file_id])


def _row(approval: Approval) -> PaymentRow | None:
    key = approval.subject.get("row")
    return (
        PaymentRow.objects.filter(pk=key, file__creditor_id=approval.creditor_id).first()
        if key
        else None
    )
