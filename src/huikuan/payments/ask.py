"""What one person asks for and another confirms: a payment by hand, a waiting row's case, a reversal (maker-checker)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from huikuan.approvals.again import Wanted, against
from huikuan.approvals.ask import ask
from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.known_payments import Candidate, KnownPayment, probably_same
from huikuan.casebook.models import Approval, Case, Payment, PaymentRow, Reversal
from huikuan.casebook.payment_queue import is_of_list
from huikuan.lib.problems import Problem
from huikuan.payments import rows
from huikuan.payments.access import visible_rows
from huikuan.payments.match import CaseCard, items_named
from huikuan.payments.post import PaymentEntry, rehearse, today
from huikuan.payments.receive import entry_of
from huikuan.payments.sentences import problem
from huikuan.people.models import User
from huikuan.people.rights import Right

Kind, Status, State = Approval.Kind, Approval.Status, PaymentRow.State


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that waits now, or why there is none. `repeated`: it had been asked for before."""

    approval: Approval | None
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


@transaction.atomic
def ask_payment(
    entry: PaymentEntry,
    *,
    actor: User,
    at: dt.datetime,
    reason: str = "",
    is_another: bool = False,
) -> Asked:
    """Asks that a payment be posted by hand. The same reference is asked for once.

    What is probably a payment of the book is asked for only when somebody says that it `is_another`.
    """
    if not actor.may(Right.POST_MONEY):
        return Asked(None, (problem("payment.role"),))
    case = visible_cases(actor).filter(pk=entry.case_id).first()
    if case is None:
        return Asked(None, (problem("payment.case", column="case"),))
    rows.lock(case.creditor_id)
    if before := _waiting(case, Kind.PAYMENT, reference=entry.reference):
        return _again(before)
    if problems := rehearse([entry], actor=actor, at=at)[0].problems:
        return Asked(None, problems)
    twins = twins_of(entry)
    if twins and not is_another:
        return Asked(None, twin_problems(twins))
    subject = _subject(entry) | {"not": [twin.id for twin in twins]}
    if refused := against(Wanted(Kind.PAYMENT, case, subject, reason, entry.amount_minor)):
        return Asked(None, refused)
    act = journal.begin(actor, "payments.ask", at=at, reason=reason)
    made = ask(
        Kind.PAYMENT,
        act=act,
        case=case,
        subject=subject,
        reason=reason,
        at=at,
        amount_minor=entry.amount_minor,
    )
    return Asked(made)


@transaction.atomic
def ask_row(
    row_id: int,
    *,
    case_id: int,
    actor: User,
    at: dt.datetime,
    reason: str = "",
    items: Sequence[int] = (),
) -> Asked:
    """Asks that a row that waits be posted to this case. The row leaves the queue until somebody else has decided.

    `items`: those that the payer named, as somebody read in the row; without them those that the row names by number.
    """
    row, problems = _queued(row_id, actor)
    if row is None or problems:
        return Asked(None, problems, repeated=row is not None and row.state == State.ASKED)
    case = visible_cases(actor).filter(pk=case_id, creditor_id=row.file.creditor_id).first()
    if case is None:
        return Asked(None, (problem("row.case", column="case"),))
    line = rows.line_of(row)
    card = CaseCard(case.pk, case.number, "", case.currency, True)
    named = tuple(items) or items_named(line, case)
    entry = replace(entry_of(line, card, named), of_list=is_of_list(row.file))
    if problems := rehearse([entry], actor=actor, at=at)[0].problems:
        return Asked(None, problems)
    twins = twins_of(entry)
    if twins and not _knows(row, twins):
        # Said once: who names the case again after that says that it is another payment.
        problems = twin_problems(twins)
        _keep(row, why=[*row.why, *rows.kept(problems)])
        return Asked(None, problems)
    subject = _subject(entry) | {
        "row": row.pk,
        "from": row.state,
        "not": [twin.id for twin in twins],
    }
    if refused := against(Wanted(Kind.PAYMENT, case, subject, reason, row.amount_minor)):
        return Asked(None, refused)
    act = journal.begin(actor, "payments.assign", at=at, reason=reason)
    made = ask(
        Kind.PAYMENT,
        act=act,
        case=case,
        subject=subject,
        reason=reason,
        at=at,
        amount_minor=row.amount_minor,
    )
    _keep(row, state=State.ASKED, case=case, currency=entry.currency, reason="")
    return Asked(made)


def _subject(entry: PaymentEntry) -> dict[str, Any]:
    """What the one who decides posts."""
    return {
        "reference": entry.reference,
        "paid_on": entry.paid_on.isoformat(),
        "source": entry.source,
        "of_list": entry.of_list,
        "chosen": list(entry.chosen),
    }


def twins_of(entry: PaymentEntry) -> list[KnownPayment]:
    """Payments of the book that are probably this one under another reference."""
    candidate = Candidate(
        entry.case_id, entry.paid_on, entry.amount_minor, entry.reference, entry.chosen
    )
    return probably_same([candidate])[0]


def twin_problems(twins: list[KnownPayment]) -> tuple[Problem, ...]:
    """One sentence for each payment that this one may be."""
    return tuple(problem("payment.twin", column="reference", **twin.params) for twin in twins)


def _knows(row: PaymentRow, twins: list[KnownPayment]) -> bool:
    """Whether the row already says that it may be one of these payments."""
    codes = ("match.twin", "payment.twin")
    said = [why["params"]["reference"] for why in row.why if why["code"] in codes]
    return all(any(twin.reference in text.split(", ") for text in said) for twin in twins)


@transaction.atomic
def set_aside(row_id: int, *, reason: str, actor: User, at: dt.datetime) -> tuple[Problem, ...]:
    """The row is no payment to be posted here: it leaves the queue, with the reason. Nothing when it was done."""
    row, problems = _queued(row_id, actor)
    if row is None or problems:
        return problems
    if not reason.strip():
        return (problem("row.reason", column="reason"),)
    journal.begin(actor, "payments.set_aside", at=at, reason=reason)
    _keep(row, state=State.DROPPED, reason=reason.strip()[:200])
    return ()


@transaction.atomic
def ask_reversal(
    payment_id: int, *, on: dt.date, reason: str, actor: User, at: dt.datetime
) -> Asked:
    """Asks that a payment be taken back from the local day `on`. One request waits for a payment at a time."""
    if not actor.may(Right.POST_MONEY):
        return Asked(None, (problem("payment.role"),))
    mine = visible_cases(actor).values("pk")
    payment = (
        Payment.objects.filter(pk=payment_id, case__in=mine)
        .select_related("case__organisation")
        .first()
    )
    if payment is None:
        return Asked(None, (problem("reversal.unknown", column="payment"),))
    rows.lock(payment.creditor_id)
    if before := _waiting(payment.case, Kind.REVERSAL, payment=payment.pk):
        return _again(before)
    if problems := tuple(_against(payment, on, reason, at)):
        return Asked(None, problems)
    subject = {"payment": payment.pk, "reference": payment.reference, "on": on.isoformat()}
    amount = payment.amount_minor
    if refused := against(Wanted(Kind.REVERSAL, payment.case, subject, reason, amount)):
        return Asked(None, refused)
    act = journal.begin(actor, "payments.ask_reversal", at=at, reason=reason)
    made = ask(
        Kind.REVERSAL,
        act=act,
        case=payment.case,
        subject=subject,
        reason=reason,
        at=at,
        amount_minor=amount,
    )
    return Asked(made)


def _against(payment: Payment, on: dt.date, reason: str, at: dt.datetime) -> list[Problem]:
    if before := Reversal.objects.filter(payment=payment).first():
        return [problem("reversal.again", day=before.valid_on)]
    found = []
    if not payment.valid_on <= on <= today(at, payment.case):
        found.append(problem("reversal.day", column="on", paid=payment.valid_on, day=on))
    if not reason.strip():
        found.append(problem("reversal.reason", column="reason"))
    return found


def _queued(row_id: int, actor: User) -> tuple[PaymentRow | None, tuple[Problem, ...]]:
    """The row under the lock of its creditor, or why nothing may be done with it."""
    row = visible_rows(actor).select_related("file__creditor").filter(pk=row_id).first()
    if row is None or not actor.may(Right.POST_MONEY):
        return None, (problem("payment.role" if row else "row.unknown"),)
    rows.lock(row.file.creditor_id)
    row.refresh_from_db(fields=["state", "case", "why", "line_sealed"])
    if row.state == State.ASKED:
        return row, (problem("row.asked"),)
    if row.state not in rows.QUEUED:
        return row, (problem("row.done", state=row.get_state_display()),)
    return row, ()


def _keep(row: PaymentRow, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    rows.recount([row.file_id])


def _waiting(case: Case, kind: str, **subject: object) -> Approval | None:
    """The creditor's request of this kind and subject that nobody has decided yet."""
    wanted = {f"subject__{name}": value for name, value in subject.items()}
    found = Approval.objects.filter(
        organisation_id=case.organisation_id, creditor_id=case.creditor_id, **wanted
    )
    return found.filter(kind=kind, status=Status.WAITING).first()


def _again(before: Approval) -> Asked:
    return Asked(before, (problem("request.again", day=before.asked_at.date()),), repeated=True)
