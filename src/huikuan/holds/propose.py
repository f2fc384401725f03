"""Whoever hears the reason proposes a hold; a team lead or manager decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.approvals.again import Wanted, against
from huikuan.approvals.ask import ask
from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import Approval, Case, ContactRecord
from huikuan.holds.entry import HoldEntry, check
from huikuan.holds.place import find_case, standing
from huikuan.holds.sentences import problem
from huikuan.lib.problems import Problem
from huikuan.people.models import User


@dataclass(frozen=True, slots=True)
class Proposed:
    """The request, or why none was made."""

    approval: Approval | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def propose(
    case_id: int, entry: HoldEntry, *, actor: User, at: dt.datetime, contact_id: int | None = None
) -> Proposed:
    """Asks for a hold. Nothing is held until it is granted. What waits already, or is held already, is not asked again."""
    case = find_case(case_id, actor)
    if case is None or not actor.may_write:
        return Proposed(None, (problem("hold.read_only" if case else "hold.case"),))
    if found := list(check(entry, case, day_of(case.organisation, at))):
        return Proposed(None, tuple(found))
    lock_debtor(case)
    if before := standing(entry, case):
        return Proposed(None, (problem("hold.again", since=before.valid_on),))
    if _waits(entry, case):
        return Proposed(None, (problem("hold.proposed"),))
    mine = ContactRecord.objects.filter(pk=contact_id or 0, case=case)
    subject = entry.subject(mine.values_list("pk", flat=True).first())
    if refused := against(Wanted(Approval.Kind.HOLD, case, subject, entry.reason)):
        return Proposed(None, refused)

    act = journal.begin(actor, "holds.propose", at=at, reason=entry.reason)
    return Proposed(
        ask(Approval.Kind.HOLD, act=act, case=case, subject=subject, reason=entry.reason, at=at)
    )


def _waits(entry: HoldEntry, case: Case) -> bool:
    same = {
        "kind": entry.kind,
        "scope": entry.scope,
        "item": entry.item_id,
        "account": entry.account_id,
    }
    waiting = Approval.objects.filter(
        case=case, kind=Approval.Kind.HOLD, status=Approval.Status.WAITING
    )
    return waiting.filter(subject__contains=same).exists()
