"""Deliveries to a customer are locked 锁货 and unlocked: told to the order system and the customer.

The event leaves by a signed webhook and goes out again until the order system has acknowledged it;
the customer hears of it in the same act. A lock rests on a granted task of the procedure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import translation

from huikuan.approvals.recorded import end_tasks
from huikuan.approvals.step import hindrances, unplanned
from huikuan.casebook import facts, journal, packs
from huikuan.casebook.about import About
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.fact_value import total_on
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import (
    Act,
    Case,
    DeliveryLock,
    ItemSummary,
    OutboxMessage,
    PackVersion,
    Task,
)
from huikuan.contacts.address import addresses_of
from huikuan.contacts.file import Covered, File
from huikuan.contacts.script_shown import ShownScript, Words, beside_mail
from huikuan.contacts.script_values import matter_of, values_of
from huikuan.documents.store import NewDocument, store
from huikuan.engine.playbook import Step
from huikuan.gate import reserve
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.outbox.post import post_webhook
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_do
from huikuan.receivables import mail
from huikuan.receivables.sentences import problem
from huikuan.web import rooms

Kind = DeliveryLock.Kind
Orders = DeliveryLock.Orders
Because = DeliveryLock.Because
#: Type of the event that the order system hears of.
EVENTS = {Kind.LOCK: "erp.lock", Kind.UNLOCK: "erp.unlock"}
#: Kind of the document that shows why a signed contract is not performed.
EVIDENCE = "lock_evidence"
PURPOSE = "lock"
#: The fact by which a lock has done its work: what is still open of the items that it was for.
LOCKED_FOR = "locked_for"
OVERDUE = "overdue"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LockEntry:
    """A lock or its end. `evidence`: name and bytes of a file, for signed contracts.

    `by_mail`: the customer is told by the procedure's mail; False: otherwise, as the reason
    says.
    """

    kind: str
    because: str
    reason: str
    orders: str = ""
    ground: str = ""
    evidence: tuple[str, bytes] | None = None
    by_mail: bool = True


@dataclass(frozen=True)
class Locked:
    """The row that was written, or why none was."""

    lock: DeliveryLock | None
    problems: tuple[Problem, ...] = ()


def state_of(case: Case) -> DeliveryLock | None:
    """The lock in force; None where deliveries go."""
    newest = case.locks.order_by("-valid_on", "-pk").first()
    if newest is None or newest.kind != Kind.LOCK:
        return None
    return newest


def ends_because(case: Case, on: dt.date) -> str:
    """Why the lock in force may end, as far as the book says it; "" where it says nothing.

    Paid is asked of the ledger of the items that were locked for. What a dispute or a hold leaves
    out of what is demanded is not paid: whoever places one would end the lock by it.
    """
    standing = state_of(case)
    if standing is None:
        return ""
    if unpaid_of(standing, on) == 0:
        return Because.PAID.value
    is_rested = total_on(LOCKED_FOR, "case", case.pk, on) == 0
    return Because.DISPUTED.value if is_rested else ""


def unpaid_of(standing: DeliveryLock, on: dt.date) -> int:
    """What is open of the items that deliveries were locked for, held or not, in minor units.

    A lock of an older book names no items: then what is overdue of the case.
    """
    if not standing.item_ids:
        return total_on(OVERDUE, "case", standing.case_id, on)
    items = ItemSummary.objects.filter(item_id__in=standing.item_ids)
    unpaid: int | None = items.aggregate(unpaid=Sum("open_minor"))["unpaid"]
    return unpaid or 0


@transaction.atomic
def enter(case_id: int, entry: LockEntry, *, actor: User, at: dt.datetime) -> Locked:
    """Locks or unlocks: the row, the event, the mail, the facts and the tasks in one act."""
    related = ("organisation", "person", "creditor", "summary")
    case = visible_cases(actor).select_related(*related).filter(pk=case_id).first()
    if case is None:
        return Locked(None, (problem("lock.unknown"),))
    reserve.lock(case)
    lock_cases([case.pk])
    on = day_of(case.organisation, at)
    asking = _asking(case, entry.kind, on)
    covered = _allowed(asking, actor, on)
    notice = _notice(case, entry, covered, actor, on)
    if problems := tuple(check(case, entry, asking, notice, actor, on)):
        return Locked(None, problems)

    act = journal.begin(actor, "receivables.lock", at=at, reason=entry.reason)
    try:
        lock = _write(case, entry, covered, notice, act, at)
    except Refusal as refusal:
        transaction.set_rollback(True)
        return Locked(None, (refusal.problem,))
    facts.refresh([case.pk], wrote={"casebook_deliverylock"})
    _record_events(covered, act, on, at)
    end_tasks([task.pk for task in covered], on, at, entered_on=on)
    return Locked(lock)


def check(
    case: Case,
    entry: LockEntry,
    asking: list[Covered],
    notice: mail.Ready | None,
    actor: User,
    on: dt.date,
) -> Iterator[Problem]:
    """Everything that stands in the way of the entry and of the notice that goes with it."""
    if not actor.may_write:
        yield problem("statement.read_only")
        return
    if entry.kind not in Kind.values or entry.because not in Because.values:
        yield problem("lock.kind", column="because")
        return

    yield from _who(case, entry, asking, actor, on)
    yield from _state(case, entry, on)
    if not entry.reason.strip():
        yield problem("lock.reason", column="reason")
    if len(entry.reason.strip()) > LONGEST_REASON:
        yield problem("statement.note_long", column="reason", most=LONGEST_REASON)
    if entry.kind == Kind.LOCK:
        yield from _signed(entry)
    if notice is not None:
        yield from notice.problems


def preview(
    case: Case, entry: LockEntry, actor: User, on: dt.date
) -> tuple[mail.Ready | None, list[ShownScript]]:
    """The notice as it would leave, and what its script says beside it.

    Nothing where no task asks for a lock: the notice would name items that are not so late.
    """
    asking = _asking(case, entry.kind, on)
    found = step_for(case, entry.kind, on)
    if found is None or (entry.kind == Kind.LOCK and not asking):
        return None, []

    version, step = found
    script = packs.words_of(version).scripts.get(step.script)
    if script is None:
        return None, []
    covered = _allowed(asking, actor, on) or asking
    values = values_of(File(case, on), addresses_of(case).first(), actor, matter_of(covered))
    return _notice(case, entry, covered, actor, on), [beside_mail(Words(script, values))]


def may_enter(case: Case, kind: str, actor: User, on: dt.date) -> tuple[Problem, ...]:
    """Why this user may not lock or unlock; nothing where they may."""
    if not actor.may_write:
        return (problem("statement.read_only"),)
    because = Because.OVERDUE.value
    if kind == Kind.UNLOCK:
        because = ends_because(case, on) or because
    entry = LockEntry(kind=kind, because=because, reason="-")
    return tuple(_who(case, entry, _asking(case, kind, on), actor, on))


def _asking(case: Case, kind: str, on: dt.date) -> list[Covered]:
    """The open tasks of the case and its items that ask for this."""
    return [task for task in File(case, on).tasks if task.step.action == kind]


def _allowed(asking: list[Covered], actor: User, on: dt.date) -> list[Covered]:
    """Those that this user may do now. What was not granted is neither locked for nor named."""
    lacking = hindrances([task.pk for task in asking], actor, on)
    return [task for task in asking if task.pk not in lacking]


def _who(
    case: Case, entry: LockEntry, asking: list[Covered], actor: User, on: dt.date
) -> Iterator[Problem]:
    """Either rests on a task that was granted where its step wants an approval. What ends before
    it is paid, because it was secured, is disputed or was a mistake, is for whoever may lock.
    """
    if asking:
        yield from _who_ends_unpaid(case, entry, actor, on)
        lacking = hindrances([task.pk for task in asking], actor, on)
        if len(lacking) == len(asking):
            yield next(iter(lacking.values()))
        return
    if entry.kind == Kind.LOCK:
        yield problem("lock.no_task")
        return

    yield from _who_ends_untasked(case, entry, actor, on)


def _who_ends_untasked(case: Case, entry: LockEntry, actor: User, on: dt.date) -> Iterator[Problem]:
    """An end of a lock for which no task asks."""
    found = step_for(case, entry.kind, on)
    if found is None:
        yield problem("lock.no_step")
        return

    ending = found[1]
    if ending.chain is not None:
        # Where the procedure ends none without an approval, neither because no task is planned.
        ungranted = unplanned(case, on, lambda step: step.action == Kind.UNLOCK, actor)
        if ungranted is not None:
            yield ungranted
        return

    if entry.because == Because.PAID:
        if not may_do(ending.role, actor):
            yield problem("statement.role", role=_title(ending.role, actor))
        return
    yield from _who_ends_unpaid(case, entry, actor, on)


def _who_ends_unpaid(case: Case, entry: LockEntry, actor: User, on: dt.date) -> Iterator[Problem]:
    """An end for another reason than payment is for whoever may lock, whatever task asks for it.

    Where the procedure lets nobody end one without an approval, that approval decides.
    """
    found = step_for(case, Kind.UNLOCK, on)
    is_early = entry.kind == Kind.UNLOCK and entry.because not in (Because.PAID, "")
    if not is_early or found is None or found[1].chain is not None:
        return

    role = _ends_early(case, found[1], on)
    if not may_do(role, actor):
        yield problem("lock.end_early", role=_title(role, actor))


def who_may_tell(told: DeliveryLock, user: User, on: dt.date) -> Iterator[Problem]:
    """Why the user may not send the notice of this lock, or of its end, to the customer."""
    found = step_for(told.case, told.kind, on)
    if found is None:
        return
    role = found[1].role
    if told.kind == Kind.UNLOCK and told.because != Because.PAID:
        role = _ends_early(told.case, found[1], on)
    if not may_do(role, user):
        yield problem("statement.role", role=_title(role, user))


def _title(role: str, actor: User) -> str:
    return roles.titles(actor.organisation_id)[role]


def _ends_early(case: Case, ending: Step, on: dt.date) -> str:
    """The role that ends a lock before what it was set for is paid: whoever may lock."""
    locking = step_for(case, Kind.LOCK, on)
    return locking[1].role if locking else ending.role


def _state(case: Case, entry: LockEntry, on: dt.date) -> Iterator[Problem]:
    standing = state_of(case)
    if entry.kind == Kind.LOCK and standing is not None:
        yield problem("lock.again", day=standing.valid_on)
    if entry.kind == Kind.UNLOCK and standing is None:
        yield problem("lock.none")
    found = ends_because(case, on)
    if entry.because == Because.PAID and found != Because.PAID:
        yield problem("lock.still_overdue", column="because")
    if entry.because == Because.DISPUTED and found != Because.DISPUTED:
        yield problem("lock.not_disputed", column="because")


def _signed(entry: LockEntry) -> Iterator[Problem]:
    """Civil Code arts 525 to 528: what is owed by contract is held back on a ground, with proof."""
    if entry.orders not in Orders.values:
        yield problem("lock.orders", column="orders")
    if entry.orders != Orders.SIGNED:
        return
    if entry.ground not in DeliveryLock.Ground.values:
        yield problem("lock.ground", column="ground")
    if entry.evidence is None:
        yield problem("lock.evidence", column="evidence")


def step_for(case: Case, kind: str, on: dt.date) -> tuple[PackVersion, Step] | None:
    """The step of the case's procedures that locks or unlocks, with its version."""
    for version in packs.of_case(case, on):
        for step in packs.playbook_of(version).steps:
            if step.action == kind:
                return version, step
    return None


def _notice(
    case: Case, entry: LockEntry, asking: list[Covered], actor: User, on: dt.date
) -> mail.Ready | None:
    """The notice to the customer, about the items for which the procedure asks for it: checked and
    sent as one and the same. None where the customer is told otherwise.
    """
    if not entry.by_mail or entry.because not in Because.values or not actor.may_write:
        return None
    found = step_for(case, entry.kind, on)
    if found is None:
        return mail.Ready(problems=(problem("lock.no_step"),))
    version, step = found
    speaks = mail.Speaks(matter_of(asking), {"remark": _remark_of(entry)}, _remark_column(entry))
    return mail.ready(case, step, version, speaks, actor=actor, on=on)


def _remark_of(entry: LockEntry) -> str:
    """In the language of the house, whoever enters it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _remark(entry)


def _remark(entry: LockEntry) -> str:
    """What is held back and on which ground, or why it ends; never the internal reason."""
    if entry.kind == Kind.UNLOCK:
        return str(Because(entry.because).label)
    words = []
    if entry.orders in Orders.values:
        words.append(str(Orders(entry.orders).label))
    if entry.ground in DeliveryLock.Ground.values:
        words.append(str(DeliveryLock.Ground(entry.ground).label))
    return "，".join(words)


def _remark_column(entry: LockEntry) -> str:
    """The field of the form that gives the remark."""
    return "because" if entry.kind == Kind.UNLOCK else "orders"


def _write(
    case: Case,
    entry: LockEntry,
    covered: list[Covered],
    notice: mail.Ready | None,
    act: Act,
    at: dt.datetime,
) -> DeliveryLock:
    """The row with its two messages. Raises Refusal where the mail may not leave."""
    on = day_of(case.organisation, at)
    about = About.of_case(case)
    if entry.evidence is not None:
        name, content = entry.evidence
        store(NewDocument(EVIDENCE, name, content), subject=about, act=act, on=on, at=at)

    data = _event(case, entry, on)
    event = post_webhook(
        EVENTS[Kind(entry.kind)],
        data,
        subject=about,
        act=act,
        at=at,
        replaces=EVENTS.values(),
    )
    return DeliveryLock.objects.create(
        **journal.columns(case, act, on=on, at=at),
        case=case,
        kind=entry.kind,
        orders=entry.orders,
        ground=entry.ground,
        because=entry.because,
        reason=entry.reason.strip(),
        item_ids=sorted(task.subject_id for task in covered if task.step.per == "item"),
        message=event,
        notice=_tell(case, entry, notice, act, at),
    )


def _event(case: Case, entry: LockEntry, on: dt.date) -> dict[str, Any]:
    """What the order system needs: whose deliveries, which orders, from when, on what ground."""
    data: dict[str, Any] = {
        "creditor": case.creditor.code,
        "customer": case.person.number,
        "case": case.number,
        "on": on.isoformat(),
        "because": entry.because,
    }
    if entry.kind == Kind.LOCK:
        data |= {"orders": entry.orders, "ground": entry.ground}
    return data


def _tell(
    case: Case, entry: LockEntry, notice: mail.Ready | None, act: Act, at: dt.datetime
) -> OutboxMessage | None:
    """The notice to the customer, in the same act."""
    if notice is None:
        return None
    on = day_of(case.organisation, at)
    found = step_for(case, entry.kind, on)
    assert found is not None  # `check` has seen it
    # Who paid or gave security hears of it, though nothing may be asked of them any more.
    is_answer = entry.kind == Kind.UNLOCK
    sending = mail.Sending(PURPOSE, About.of_case(case), answers=is_answer)
    return mail.send(notice, sending, case=case, step=found[1], actor=act.actor, act=act, at=at)


def _record_events(asking: list[Covered], act: Act, on: dt.date, at: dt.datetime) -> None:
    """What the steps record of the case when they are done, such as the owner's consent."""
    tasks = Task.objects.filter(pk__in=[covered.pk for covered in asking])
    rows = {task.pk: task for task in tasks.select_related("step", "case__organisation")}
    for covered in asking:
        recorder = rooms.recorder_of(covered.step)
        if recorder is not None:
            recorder.write(rows[covered.pk], covered.step, act.reason, act, on, at)
