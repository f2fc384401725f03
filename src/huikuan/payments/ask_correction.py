"""Asking for a correction of what is owed, or for taking one back. Somebody else decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from huikuan.approvals.again import Wanted, against
from huikuan.approvals.ask import ask
from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Approval, Case, Item
from huikuan.lib.problems import Problem
from huikuan.payments import rows
from huikuan.payments.ask import Asked
from huikuan.payments.correct import CorrectionEntry, check, check_void, correct, void
from huikuan.payments.sentences import problem
from huikuan.people.models import User


@transaction.atomic
def ask_correction(entry: CorrectionEntry, *, actor: User, at: dt.datetime) -> Asked:
    """Asks that a charge be set against an item. The same one waits once."""
    if problems := check(entry, actor=actor, at=at):
        return Asked(None, problems)

    case = visible_cases(actor).get(pk=entry.case_id)
    rows.lock(case.creditor_id)
    subject: dict[str, Any] = {
        "item": entry.item_id,
        "item_number": Item.objects.get(pk=entry.item_id).number,
        "type": entry.kind,
        "kind": entry.charge_kind,
        "on": entry.on.isoformat(),
        "reference": entry.reference.strip(),
        "ground": entry.ground,
        "basis": entry.basis.strip(),
    }
    if before := _waiting(case, entry.amount_minor, **subject):
        return _again(before)
    amount = entry.amount_minor
    if refused := against(Wanted(Approval.Kind.CORRECTION, case, subject, entry.reason, amount)):
        return Asked(None, refused)

    act = journal.begin(actor, "payments.ask_correction", at=at, reason=entry.reason)
    made = ask(
        Approval.Kind.CORRECTION,
        act=act,
        case=case,
        subject=subject,
        reason=entry.reason,
        at=at,
        amount_minor=entry.amount_minor,
    )
    return Asked(made)


@transaction.atomic
def ask_void(
    correction_id: int, *, on: dt.date, reason: str, actor: User, at: dt.datetime
) -> Asked:
    """Asks that a correction be taken back from the local day `on`. One request waits for it."""
    correction, problems = check_void(correction_id, on=on, reason=reason, actor=actor, at=at)
    if correction is None or problems:
        return Asked(None, problems)

    rows.lock(correction.creditor_id)
    charge = correction.charge
    if before := _waiting(correction.case, -charge.amount_minor, takes_back=correction.pk):
        return _again(before)

    subject = {
        "takes_back": correction.pk,
        "item": charge.item_id,
        "item_number": charge.item.number,
        "type": "void",
        "kind": charge.kind,
        "on": on.isoformat(),
        "reference": correction.reference,
    }
    case = correction.case
    amount = -charge.amount_minor
    if refused := against(Wanted(Approval.Kind.CORRECTION, case, subject, reason, amount)):
        return Asked(None, refused)

    act = journal.begin(actor, "payments.ask_void", at=at, reason=reason)
    made = ask(
        Approval.Kind.CORRECTION,
        act=act,
        case=case,
        subject=subject,
        reason=reason,
        at=at,
        amount_minor=amount,
    )
    return Asked(made)


def carry_out(approval: Approval, *, actor: User, at: dt.datetime) -> tuple[Problem, ...]:
    """What was granted, in the transaction of the decision; problems where it cannot be done."""
    subject = approval.subject
    on = dt.date.fromisoformat(subject["on"])
    if takes_back := subject.get("takes_back"):
        return void(takes_back, on=on, reason=approval.reason, actor=actor, at=at).problems
    return correct(entry_of(approval), actor=actor, at=at).problems


def entry_of(approval: Approval) -> CorrectionEntry:
    """The correction that was asked for."""
    subject = approval.subject
    assert approval.case_id is not None and approval.amount_minor is not None

    return CorrectionEntry(
        case_id=approval.case_id,
        item_id=subject["item"],
        kind=subject["type"],
        charge_kind=subject["kind"],
        amount_minor=approval.amount_minor,
        on=dt.date.fromisoformat(subject["on"]),
        reason=approval.reason,
        reference=subject["reference"],
        # What was asked for before grounds were named is refused, and asked for again with one.
        ground=subject.get("ground", ""),
        basis=subject["basis"],
    )


def _waiting(case: Case, amount_minor: int, **subject: object) -> Approval | None:
    """The request of this very correction that nobody has decided yet."""
    wanted = {f"subject__{name}": value for name, value in subject.items()}
    waiting = Approval.objects.filter(
        case=case, kind=Approval.Kind.CORRECTION, status=Approval.Status.WAITING
    )
    return waiting.filter(amount_minor=amount_minor, **wanted).first()


def _again(before: Approval) -> Asked:
    said = problem("request.again", day=before.asked_at.date())
    return Asked(before, (said,), repeated=True)
