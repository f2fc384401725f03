"""Taking a payment back 冲正, whole: what it had paid is owed again from that day, and promises stand without it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Payment, Reversal
from huikuan.casebook.settle import settle
from huikuan.lib.problems import Problem
from huikuan.payments.post import today
from huikuan.payments.sentences import problem
from huikuan.people.models import User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Reversed:
    """The reversal, or why there is none."""

    reversal: Reversal | None
    problems: tuple[Problem, ...] = ()
    repeated: bool = False


@transaction.atomic
def reverse(payment_id: int, *, on: dt.date, reason: str, actor: User, at: dt.datetime) -> Reversed:
    """Takes the payment back from the local day `on`. Again: nothing changes and it says so.

    Money of other payments that had found nothing to pay is set against what becomes open, from that day.
    """
    if not actor.may(Right.POST_MONEY):
        return Reversed(None, (problem("payment.role"),))
    mine = visible_cases(actor).values("pk")
    payment = (
        Payment.objects.filter(pk=payment_id, case__in=mine)
        .select_related("case__organisation")
        .first()
    )
    if payment is None:
        return Reversed(None, (problem("reversal.unknown", column="payment"),))
    lock_cases([payment.case_id])
    if before := Reversal.objects.filter(payment=payment).first():
        return Reversed(before, (problem("reversal.again", day=before.valid_on),), repeated=True)
    problems = []
    if not payment.valid_on <= on <= today(at, payment.case):
        problems.append(problem("reversal.day", column="on", paid=payment.valid_on, day=on))
    if not reason.strip():
        problems.append(problem("reversal.reason", column="reason"))
    if problems:
        return Reversed(None, tuple(problems))
    act = journal.begin(actor, "payments.reverse", at=at, reason=reason)
    reversal = Reversal.objects.create(
        **journal.columns(payment.case, act, on=on, at=at),
        payment=payment,
        case_id=payment.case_id,
        reason=reason.strip()[:200],
    )
    settle([payment.case_id], act=act, at=at)
    facts.refresh([payment.case_id])
    return Reversed(reversal)
