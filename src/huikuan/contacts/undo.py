"""Taking a contact back that was saved a moment ago (docs/decisions/undo-and-sources.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from huikuan.casebook import done as memory
from huikuan.casebook import facts, journal, spent
from huikuan.casebook.access import visible_cases
from huikuan.casebook.locks import lock_debtor
from huikuan.casebook.models import (
    Act,
    Agreement,
    Approval,
    Assignment,
    Case,
    CaseEvent,
    CaseNote,
    ContactKey,
    ContactPoint,
    ContactRecord,
    Hold,
    Notice,
    Payment,
    PaymentClaim,
    PointStatus,
    Promise,
    Refusal,
    Spent,
    Task,
    UndoneContact,
)
from huikuan.contacts.sentences import problem
from huikuan.gate import reserve
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.web.undo import Written, in_the_way

#: What limits count of a contact, and what else it said.
_COUNTED = (
    "point_id",
    "decision_id",
    "channel",
    "inbound",
    "style",
    "connected",
    "answered",
    "seconds",
    "exchange",
    "at",
)
_SAID = (
    "identified",
    "outcome",
    "reason_code",
    "willingness",
    "next_contact_minute",
    "note",
    "analysis",
    "recording",
    "override_reason",
    "unapproved",
)


@dataclass(frozen=True, slots=True)
class Undone:
    """The case whose contact was taken back, or why it stays."""

    case: Case | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def undo(contact_id: int, *, actor: User, at: dt.datetime) -> Undone:
    """Puts the record among those taken back, removes what its act wrote, reopens the tasks it did.

    It stands for nothing any more, and the limits of the contact rules still count it.

    Only where `web.undo` lets anything be taken back, and while nothing later was recorded on the
    case. The gate's decision stays and can serve the corrected record.
    """
    found = ContactRecord.objects.filter(pk=contact_id, case__in=visible_cases(actor).values("pk"))
    contact = found.select_related("case__person", "case__organisation", "act").first()
    if contact is None:
        return Undone(None, (problem("undo.gone"),))
    reserve.lock(contact.case)
    lock_debtor(contact.case)
    if not ContactRecord.objects.filter(pk=contact_id).exists():
        return Undone(None, (problem("undo.gone"),))
    problems = tuple(_problems(contact, actor, at))
    if problems:
        return Undone(None, problems)
    _take_back(contact, actor, at)
    return Undone(contact.case)


def _problems(contact: ContactRecord, actor: User, at: dt.datetime) -> Iterator[Problem]:
    written = Written(contact.act, contact.case_id, contact.recorded_at)
    yield from in_the_way(written, actor=actor, at=at)
    if any(rows.exists() for rows in _later(contact)):
        yield problem("undo.later")
    # What a third person said holds from then on: whoever heard it does not take it back.
    if Refusal.objects.filter(act_id=contact.act_id, case_id=contact.case_id).exists():
        yield problem("undo.refusal")


def _later(contact: ContactRecord) -> Iterator[QuerySet]:
    """What somebody recorded on the case since, or built on what this contact gave."""
    since = {"case_id": contact.case_id, "recorded_at__gt": contact.recorded_at}
    yield ContactRecord.objects.filter(case_id=contact.case_id, pk__gt=contact.pk)
    for table in (Promise, Payment, Hold, CaseEvent, CaseNote, Assignment, Agreement):
        yield table.objects.filter(**since).exclude(act_id=contact.act_id)
    asked = Approval.objects.filter(act_id=contact.act_id, case_id=contact.case_id)
    yield asked.exclude(status=Approval.Status.WAITING)
    yield asked.filter(answers__isnull=False)
    learned = ContactPoint.objects.filter(act_id=contact.act_id, person_id=contact.case.person_id)
    yield ContactRecord.objects.filter(point__in=learned)
    yield UndoneContact.objects.filter(point__in=learned)
    yield PointStatus.objects.filter(point__in=learned).exclude(act_id=contact.act_id)


def _take_back(contact: ContactRecord, actor: User, at: dt.datetime) -> None:
    case, act_id = contact.case, contact.act_id
    mine = {"act_id": act_id, "case_id": case.pk}
    approvals = list(Approval.objects.filter(**mine).values_list("pk", flat=True))
    Notice.objects.filter(
        kind=Notice.Kind.APPROVAL, params__approval__in=approvals, at=contact.recorded_at
    ).delete()
    Notice.objects.filter(
        kind=Notice.Kind.UNAPPROVED, params__contact=contact.pk, at=contact.recorded_at
    ).delete()
    told = {
        "approvals": Approval.objects.filter(**mine).delete()[0],
        "promises": Promise.objects.filter(contact=contact, case_id=contact.case_id).delete()[0],
        "claims": PaymentClaim.objects.filter(**mine).delete()[0],
        "refusals": Refusal.objects.filter(**mine).delete()[0],
        "statuses": PointStatus.objects.filter(**mine).delete()[0],
        "agreements": Agreement.objects.filter(**mine).delete()[0],
        "points": ContactPoint.objects.filter(act_id=act_id, person_id=case.person_id).delete()[0],
        "tasks": _reopen(contact),
    }
    number = contact.pk
    taken = ", ".join(f"{name} {count}" for name, count in told.items() if count)
    undone = journal.begin(
        actor,
        "contacts.undo",
        at=at,
        reason=f"contact {number} of act {act_id}: {taken}".rstrip(": "),
    )
    _keep(contact, undone, at)
    spent.give_back(Spent.Kind.CONTACT, number)
    ContactKey.objects.filter(pk=contact.request_key).delete()
    contact.delete()
    facts.refresh(Case.objects.filter(person_id=case.person_id).values_list("pk", flat=True))


def _keep(contact: ContactRecord, undone: Act, at: dt.datetime) -> None:
    """The record goes on as one that was taken back: the limits of the contact rules count it."""
    same = {name: getattr(contact, name) for name in _COUNTED}
    said = {name: getattr(contact, name) for name in _SAID}
    day = contact.next_contact_on
    said["next_contact_on"] = day.isoformat() if day else None
    row = journal.columns(contact.case, contact.act, on=contact.valid_on, at=contact.recorded_at)
    UndoneContact.objects.create(
        **row,
        **same,
        contact_id=contact.pk,
        case=contact.case,
        undone=undone,
        undone_at=at,
        said=said,
    )


def _reopen(contact: ContactRecord) -> int:
    """The tasks that this contact did; one that an earlier contact had done stays done."""
    covered = contact.tasks.filter(status=Task.Status.DONE, status_reason="contact")
    done = covered.exclude(contacts__pk__lt=contact.pk).values_list("pk", flat=True)
    open_again = {"status": Task.Status.OPEN, "status_reason": "", "status_on": None}
    reopened = list(done)
    memory.forget(reopened)
    return Task.objects.filter(pk__in=reopened).update(**open_again)
