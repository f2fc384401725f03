"""Saving a talk whole: the record, the contact data it gave, the hours agreed on, the hold that is proposed. All or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from huikuan.approvals.ask import ask
from huikuan.casebook import facts, journal, packs
from huikuan.casebook.models import (
    Act,
    Agreement,
    Approval,
    Case,
    ContactRecord,
    GateDecision,
    Item,
    PaymentClaim,
    Task,
)
from huikuan.contacts import line, points
from huikuan.contacts.entry import ContactEntry, ContactLimits, Recorded
from huikuan.contacts.record import ORDINARY, record
from huikuan.contacts.sentences import problem
from huikuan.lib.problems import Problem
from huikuan.people.models import User


@dataclass(frozen=True, slots=True)
class AgreedHours:
    """Hours in which the debtor wants to be contacted; minutes of the local day, `until_on` included."""

    from_minute: int
    to_minute: int
    until_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class HoldWish:
    """A hold that the outcome proposes. `item_id` where it rests one item or the item's account."""

    kind: str
    scope: str
    item_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEntry:
    """A contact and what else came of it. `checked`: id of a contact point and what the debtor says of it; `call_id`: the
    line's call; `paid_items`: ids of the items that the debtor says are paid."""

    contact: ContactEntry
    told: tuple[points.NewPoint, ...] = ()
    checked: tuple[tuple[int, str], ...] = ()
    hours: AgreedHours | None = None
    hold: HoldWish | None = None
    paid_items: tuple[int, ...] = ()
    call_id: uuid.UUID | None = None


@transaction.atomic
def save(
    entry: TalkEntry,
    *,
    actor: User,
    at: dt.datetime,
    decision: GateDecision | None = None,
    limits: ContactLimits = ORDINARY,
    found: Sequence[Problem] = (),
    case: Case | None = None,
) -> Recorded:
    """`record`, and in the same transaction what else the talk gave, all under its act.

    `found` are problems of the form: with an error among them nothing is saved, and the record's own are added to them.
    """
    found = [*found, *_no_contacts(entry.contact)]
    saved = record(
        entry.contact,
        actor=actor,
        at=at,
        decision=decision,
        limits=limits,
        case=case,
        said=entry,
    )
    if any(one.severity == "error" for one in found):
        transaction.set_rollback(True)
        return Recorded(None, (*found, *(one for one in saved.problems if one.severity == "error")))
    if saved.contact is not None and not saved.repeated:
        _write_more(entry, saved.contact, actor)
    return replace(saved, problems=(*found, *saved.problems))


def _no_contacts(entry: ContactEntry) -> Iterator[Problem]:
    """A review or what somebody must approve is not done by a contact."""
    if not entry.task_ids:
        return
    tasks = (
        Task.objects.select_related("step")
        .filter(case_id=entry.case_id, pk__in=entry.task_ids)
        .order_by("pk")
    )
    for task in tasks:
        if not packs.step_of(task.pack_version_id, task.step.code).contacts:
            yield problem("contact.task_kind", column="task_ids", step=task.step.code)


def _write_more(entry: TalkEntry, contact: ContactRecord, actor: User) -> None:
    case, act = contact.case, contact.act
    written: dict[str, Any] = {
        "case": case,
        "act": act,
        "on": contact.valid_on,
        "at": contact.recorded_at,
    }
    if entry.call_id:
        line.attach(entry.call_id, contact, actor)
    if entry.told:
        points.learn(entry.told, **written)
    if entry.checked:
        points.confirm(entry.checked, **written)
    if entry.hours:
        _agree(entry.hours, contact, act)
    if entry.hold:
        _propose(entry.hold, contact, case, act)
    if entry.paid_items:
        _claim(entry.paid_items, contact, case, act)
    if entry.told or entry.checked:
        of_the_debtor = Case.objects.filter(person_id=case.person_id)
        facts.refresh(
            of_the_debtor.values_list("pk", flat=True),
            wrote={"casebook_contactpoint", "casebook_pointstatus"},
        )


def _agree(hours: AgreedHours, contact: ContactRecord, act: Act) -> None:
    Agreement.objects.create(
        **journal.columns(contact.case, act, on=contact.valid_on, at=contact.recorded_at),
        case_id=contact.case_id,
        from_minute=hours.from_minute,
        to_minute=hours.to_minute,
        until_on=hours.until_on,
        evidence=f"contact {contact.pk}",
    )


def _claim(items: Sequence[int], contact: ContactRecord, case: Case, act: Act) -> None:
    """What the debtor says is paid. Only items of this case: the ids come from a form."""
    for item in case.items.filter(pk__in=items):
        row = journal.columns(case, act, on=contact.valid_on, at=contact.recorded_at)
        PaymentClaim.objects.create(**row, case=case, item=item, contact=contact)
    facts.refresh([case.pk], wrote={"casebook_paymentclaim"})


def _propose(wish: HoldWish, contact: ContactRecord, case: Case, act: Act) -> Approval:
    item = Item.objects.filter(case=case, pk=wish.item_id).first() if wish.item_id else None
    subject = {
        "kind": wish.kind,
        "scope": wish.scope,
        "item": item.pk if item and wish.scope == "item" else None,
        "account": item.account_id if item and wish.scope == "account" else None,
        "from": contact.valid_on.isoformat(),
        "contact": contact.pk,
    }
    return ask(
        Approval.Kind.HOLD,
        act=act,
        case=case,
        subject=subject,
        reason=contact.note,
        at=contact.recorded_at,
    )
