"""What the demo's people do without calling anybody: tasks done with a note, decisions, hand-overs, targets."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

from django.db import transaction

from huikuan.allocation.targets import set_targets
from huikuan.approvals.decide import decide, waiting
from huikuan.casebook import done as memory
from huikuan.casebook import facts, journal, packs
from huikuan.casebook.models import (
    Approval,
    Case,
    CaseNote,
    CaseSummary,
    Hold,
    Item,
    Person,
    Statement,
    StatementEvent,
    Target,
    Task,
)
from huikuan.casebook.statement_items import items_of
from huikuan.clocks.refresh import refresh
from huikuan.engine.playbook import Step
from huikuan.ops.demo.cast import Cast
from huikuan.ops.demo.history import moment
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.receivables.act import Entry, Line, record

#: What is written of a task that needs no contact, by the step's action: of a person, and of a
#: company where that is something else.
_NOTES = {
    "review": (
        CaseNote.Kind.REVIEW,
        "已查阅资料：逾期时间、职业、住址、联系人，写明欠款原因的初步判断。",
    ),
    "information_request": (CaseNote.Kind.REQUEST, "已向委托方提交资料申请，等待回复。"),
    "notify": (CaseNote.Kind.DONE, "已告知并留存记录。"),
    "statement": (CaseNote.Kind.DONE, "对账单已核对。"),
}
_OF_COMPANY = {
    "review": "已查阅账龄、对账单和催收记录，写明未付原因和处理意见。",
    "information_request": "已向业务部门索取客户联系方式，等待回复。",
}
_HANDOVER = "交接：本人态度配合，下午三点后方便接听；先核对到账，再谈剩余部分。"
_HANDOVER_OF_COMPANY = "交接：对接人配合，上午方便接听；先核对到账，再谈其余单据的付款日。"
#: The share of such tasks that are done on their day.
_DONE = 0.96
#: Of the statements that wait, the share that is confirmed on a day (of these some with an item that differs), and
#: the share that is answered otherwise.
_CONFIRMING, _DIFFERING, _ANSWERING = 0.12, 0.04, 0.08
#: Team → kind → amount a day. A customer's invoice is more than a card's arrears.
_DAILY = {
    "phone": {Target.Kind.CALLS: 8, Target.Kind.TALKS: 4, Target.Kind.RECOVERED: 500_000},
    "receivables": {Target.Kind.CALLS: 8, Target.Kind.TALKS: 4, Target.Kind.RECOVERED: 8_000_000},
}


@transaction.atomic
def do_tasks(cast: Cast, on: dt.date, chance: random.Random, *, half: bool = False) -> None:
    """Reviews, requests and notices of the day, each by who has to do it: a note, and the task if it is still open."""
    by_user: dict[User, list[tuple[Task, Step]]] = defaultdict(list)
    found = Task.objects.filter(
        status=Task.Status.OPEN, due_on__lte=on, verdict="allowed", case__isnull=False
    ).select_related("step")
    found = found.filter(step__code__in=_paper_steps(on))
    holders = dict(CaseSummary.objects.values_list("case_id", "assignee_id"))
    people = {user.pk: user for user in cast.users.values()}
    # Not by id: the plan writes the tasks of a case in no order, and chance is asked once a task.
    for task in found.order_by("case_id", "step__code", "subject_id", "anchor"):
        step = packs.step_of(task.pack_version_id, task.step.code)
        user = _doer(cast, step.role, people.get(holders.get(task.case_id or 0) or 0))
        if step.action in _NOTES and user and chance.random() < (_DONE / 2 if half else _DONE):
            by_user[user].append((task, step))
    for number, (user, tasks) in enumerate(by_user.items()):
        done(user, tasks, on, moment(on, 8, 40 + number))


def _paper_steps(on: dt.date) -> set[str]:
    """Steps in force that need neither a contact nor an approval."""
    books = [
        packs.playbook_of(version) for version in packs.in_force(on) if version.kind == "playbook"
    ]
    return {
        step.id
        for book in books
        for step in book.steps
        if step.action in _NOTES and not step.approval
    }


def done(user: User, tasks: list[tuple[Task, Step]], on: dt.date, at: dt.datetime) -> None:
    """One act of one person: the notes, the tasks that are still open, what a statement step records."""
    act = journal.begin(user, "planning.done", at=at)
    open_now = Task.objects.filter(
        pk__in=[task.pk for task, _step in tasks], status=Task.Status.OPEN
    )
    ids = list(open_now.values_list("pk", flat=True))
    open_now.update(status=Task.Status.DONE, status_reason="note", status_on=on)
    memory.remember(ids, at=at)
    notes, events = [], []
    companies = _companies([task.case_id for task, _step in tasks])
    for task, step in tasks:
        row = {
            "organisation_id": task.organisation_id, "creditor_id": task.creditor_id, "act": act, "valid_on": on,
            "recorded_at": at, "case_id": task.case_id,
        }  # fmt: skip
        kind, text = _NOTES[step.action]
        if task.case_id in companies:
            text = _OF_COMPANY.get(step.action, text)
        notes.append(CaseNote(**row, kind=kind, text=text, task=task))
        if step.records and step.per == "statement":
            statement = task.subject_id
            events.append(StatementEvent(**row, statement_id=statement, kind=step.records))
    CaseNote.objects.bulk_create(notes)
    StatementEvent.objects.bulk_create(events)
    facts.refresh([event.case_id for event in events])
    refresh({"statement": {event.statement_id for event in events}}, by=act, at=at)


def _companies(cases: list[int | None]) -> set[int]:
    """Those of the cases whose debtor is a company."""
    known = [case for case in cases if case is not None]
    companies = Case.objects.filter(pk__in=known, person__kind=Person.Kind.COMPANY)
    return set(companies.values_list("pk", flat=True))


def answers(cast: Cast, on: dt.date, chance: random.Random) -> None:
    """Customers answer statements that they have: some confirm, some with an item that differs."""
    waiting = StatementEvent.objects.filter(kind="sent", valid_on__lt=on)
    decided = StatementEvent.objects.filter(kind="confirmed").values("statement_id")
    found = Statement.objects.filter(pk__in=waiting.values("statement_id")).exclude(pk__in=decided)
    holders = dict(CaseSummary.objects.values_list("case_id", "assignee_id"))
    people = {user.pk: user for user in cast.users.values()}

    # Not by id: the statements of a month are made in no order, and chance is asked once for each.
    for number, statement in enumerate(found.order_by("case__number", "month")):
        user = people.get(holders.get(statement.case_id) or 0)
        lot = chance.random()
        if user is None or lot > _CONFIRMING + _ANSWERING:
            continue
        entry = Entry("progress", on, "财务说正在核对，本周内回复。")
        if lot < _CONFIRMING:
            items = list(items_of(statement)) if lot < _DIFFERING else []
            entry = Entry("confirmed", on, "签章件以邮件发回。", _difference(items))
        record(statement.pk, entry, actor=user, at=moment(on, 16, number % 60))


def _difference(items: list[Item]) -> tuple[Line, ...]:
    """The first of the items differs."""
    return tuple(Line(item.pk, True, "客户账上数量少一箱，待核送货单。") for item in items[:1])


def _doer(cast: Cast, role: str, holder: User | None) -> User | None:
    if role == "collector":
        return holder
    if role == "team_lead":
        second = holder is not None and holder.team_id == cast.teams["receivables"].pk
        return cast.users["wuj" if second else "zhouh"]
    return next((user for user in cast.users.values() if role in user.role_codes), None)


def decide_holds(cast: Cast, on: dt.date) -> None:
    """The leads grant the holds that were proposed before the day."""
    for number, lead in enumerate((cast.users["zhouh"], cast.users["wuj"])):
        for approval in waiting(lead, on).filter(
            kind=Approval.Kind.HOLD, asked_at__lt=moment(on, 0)
        ):
            _grant(approval, lead, on, moment(on, 17, 30 + number))


@transaction.atomic
def _grant(approval: Approval, lead: User, on: dt.date, at: dt.datetime) -> None:
    decided = decide(
        approval.pk, kinds=(Approval.Kind.HOLD,), grant=True, reason="", actor=lead, at=at
    )
    if decided.act is None or approval.case_id is None:
        return
    told = approval.subject
    Hold.objects.create(
        organisation_id=approval.organisation_id,
        creditor_id=approval.creditor_id,
        act=decided.act,
        valid_on=dt.date.fromisoformat(told["from"]),
        recorded_at=at,
        case_id=approval.case_id,
        scope=told["scope"],
        kind=told["kind"],
        item_id=told["item"],
        reason=approval.reason,
    )
    facts.refresh([approval.case_id])
    refresh({"case": [approval.case_id]}, by=decided.act, at=at)


def hand_over(cast: Cast, on: dt.date) -> None:
    """Each collector leaves a word on two cases for whoever works them next."""
    for number, user in enumerate(
        user for user in cast.users.values() if user.may(Right.HOLD_CASES)
    ):
        worked = Case.objects.filter(
            summary__assignee_id=user.pk, summary__promise_made_on__isnull=False
        )
        at = moment(on, 17, 40 + number)
        cases = list(worked.order_by("pk")[:2])
        if not cases:
            continue
        act = journal.begin(user, "planning.note", at=at)
        companies = _companies([case.pk for case in cases])
        CaseNote.objects.bulk_create(
            CaseNote(
                organisation_id=case.organisation_id,
                creditor_id=case.creditor_id,
                act=act,
                valid_on=on,
                recorded_at=at,
                case=case,
                kind=CaseNote.Kind.HANDOVER,
                text=_HANDOVER_OF_COMPANY if case.pk in companies else _HANDOVER,
            )
            for case in cases
        )


def targets(cast: Cast, on: dt.date) -> None:
    """The leads set the targets of each working day from this day on."""
    for lead in (cast.users["zhouh"], cast.users["wuj"]):
        team = [
            user
            for user in cast.users.values()
            if user.may(Right.HOLD_CASES) and user.team_id == lead.team_id
        ]
        receivables = lead.team_id == cast.teams["receivables"].pk
        daily = _DAILY["receivables" if receivables else "phone"]
        wanted = {(user, str(kind)): amount for user in team for kind, amount in daily.items()}
        set_targets(wanted, on, lead, moment(on, 8))
