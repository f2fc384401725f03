"""A house in which every step of every procedure wants a manager's approval.

A bank's debtor, a customer with statements, a customer whose deliveries are locked, and a unit with
a fee. One person has every role that steps name, so that nothing but the approval can be lacking.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.db.models import Model
from django.test import Client

from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import facts, packs, partitions
from huikuan.casebook.models import (
    Agreement,
    Approval,
    Case,
    CaseEvent,
    Charge,
    ContactRecord,
    Correction,
    DeliveryLock,
    ItemConfirmation,
    OutboxMessage,
    PackBinding,
    PackVersion,
    PhoneCall,
    PlanRun,
    Promise,
    Reveal,
    StatementEvent,
    StatementLine,
    Step,
    StepDone,
    Task,
)
from huikuan.engine.pack import hash_of
from huikuan.mails.send import MailEntry, send
from huikuan.outbox import state
from huikuan.people.models import Creditor, User
from huikuan.planning import load
from huikuan.planning.activate import activate
from huikuan.planning.pack_files import texts_of
from huikuan.receivables.lock import LockEntry, enter
from tests import people

#: A Wednesday morning, on which every channel is open.
TODAY = dt.date(2026, 12, 2)
NOW = people.moment(TODAY, 10, 30)
PLACED = dt.date(2026, 8, 1)
#: More than three months late.
DUE = dt.date(2026, 8, 20)
FEE_DUE = dt.date(2026, 1, 1)
OCTOBER = dt.date(2026, 10, 1)
NOVEMBER = dt.date(2026, 11, 1)
FEES = Path(__file__).parents[1] / "packs" / "property_fees"
PACKS = {
    "phone_collection": load.SHIPPED / "phone_collection",
    "b2b_receivables": load.SHIPPED / "b2b_receivables",
    "property_fees": FEES,
}
#: Every role that a step names.
ROLES = (
    "collector",
    "team_lead",
    "data_admin",
    "field_visitor",
    "legal",
    "finance",
    "administration",
    "manager",
    "general_manager",
)
#: What an act leaves in the book: contacts, calls, events, messages, money, numbers shown.
ACTS: tuple[type[Model], ...] = (
    CaseEvent,
    Charge,
    ContactRecord,
    Correction,
    DeliveryLock,
    ItemConfirmation,
    OutboxMessage,
    PhoneCall,
    Promise,
    Reveal,
    StatementEvent,
    StatementLine,
    StepDone,
)


def with_approvals(text: str) -> str:
    """The playbook, with a manager's approval of every step."""
    free = re.sub(r"^    approval: \w+\n", "", text, flags=re.MULTILINE)
    assert "approval:" not in free
    return re.sub(r"^(  - id: \w+\n)", r"\1    approval: manager\n", free, flags=re.MULTILINE)


def put_in_force() -> None:
    """The shipped contact rules, and each procedure with its approvals."""
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    at = people.moment(people.PLACED_ON)

    for name, folder in PACKS.items():
        files = texts_of(folder)
        files["playbook.yaml"] = with_approvals(files["playbook.yaml"])
        strict = PackVersion.objects.create(
            pack=name,
            hash=hash_of(files),
            kind="playbook",
            version="tests",
            content=files,
            effective_from=people.PLACED_ON,
            approved_by="tests",
            loaded_at=at,
        )
        activate(strict, actor=None, at=at)


@dataclass
class Office:
    """The house, and every task of it by its step."""

    doer: User
    manager: User
    card: Case
    customer: Case
    locked: Case
    unit: Case
    tasks: dict[str, Task] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def ask(self) -> None:
        """Every open task is asked for, and nobody has answered."""
        for task in Task.objects.filter(status="open").order_by("pk"):
            ask_for(task.pk, reason="按流程", actor=self.doer, at=NOW)

    def grant(self) -> None:
        """The manager grants every task that is open."""
        self._decide(grant=True)

    def refuse(self) -> None:
        """The manager refuses every one of them."""
        self._decide(grant=False)

    def _decide(self, *, grant: bool) -> None:
        self.ask()
        for request in Approval.objects.filter(status="waiting").order_by("pk"):
            answer = decide(request.pk, grant=grant, reason="按流程", actor=self.manager, at=NOW)
            assert answer.act is not None, answer.problems

    def point(self, case: Case, *kinds: str) -> int:
        """A number or address of the debtor."""
        return case.person.points.filter(kind__in=kinds).order_by("pk").first().pk

    def left(self) -> Mapping[str, int]:
        """How much of each kind of act is in the book, and how many tasks are done."""
        found = {table.__name__: table._default_manager.count() for table in ACTS}
        return {**found, "done": Task.objects.exclude(status="open").count()}


def make_office() -> Office:
    """The house with its four cases and the tasks of their steps."""
    with connection.cursor() as cursor:
        partitions.cover(cursor, TODAY)
    people.make_house(callback_phone="021-5555 0100", complaint_phone="021-5555 0101")
    doer = people.make_user(ROLES)
    manager = people.make_user("manager")

    office = Office(doer, manager, _card(doer), _customer(doer, "A"), _customer(doer, "B"), _unit())
    _lock(office)
    _fail_a_mail(office)
    _check_october(office)
    _add_tasks(office)
    office.client.force_login(doer)
    return office


def _card(doer: User) -> Case:
    bank = people.make_creditor("bank", pay_to="招商银行 1234")
    _bind(bank, "card", "phone_collection")
    case = people.make_case(
        people.make_person(bank, name="欧阳甲", sex="m", born_on=dt.date(1985, 5, 1)),
        product="card",
        placed_on=PLACED,
        items=[(DUE, 1000_00)],
        collector=doer,
        told_on=PLACED,
    )

    people.make_point(case)
    people.make_point(case, kind="address")
    _agree_round_the_clock(case)
    facts.refresh([case.pk])
    return case


def _customer(doer: User, name: str) -> Case:
    supplier = people.make_creditor("supplier", kind="supplier", pay_to="招商银行 1234")
    _bind(supplier, "b2b", "b2b_receivables")
    case = people.make_case(
        people.make_person(supplier, kind="company", name=f"海川商贸{name}", key=f"id-{name}"),
        product="b2b",
        placed_on=PLACED,
        items=[(DUE, 10_000)],
        statement_cycle=True,
        collector=doer,
        told_on=PLACED,
    )

    people.make_point(case, kind="phone", place="work", holder="李会计")
    people.make_point(case, kind="email", value=f"{name}@haichuan.example.com", holder="李会计")
    _agree_round_the_clock(case)
    for month in (OCTOBER, NOVEMBER):
        people.make_statement(case, month)
    facts.refresh([case.pk])
    return case


def _unit() -> Case:
    estate = people.make_creditor("estate", kind=Creditor.Kind.PROPERTY)
    _bind(estate, "fees", "property_fees")
    case = people.make_case(creditor=estate, placed_on=FEE_DUE, product="fees")
    people.make_item(case, FEE_DUE, 2400_00)
    facts.refresh([case.pk])
    return case


def _bind(creditor: Creditor, product: str, pack: str) -> None:
    PackBinding.objects.get_or_create(
        creditor=creditor, product=product, pack=pack, from_on=dt.date(2020, 1, 1)
    )


def _agree_round_the_clock(case: Case) -> None:
    Agreement.objects.create(
        organisation_id=case.organisation_id,
        creditor_id=case.creditor_id,
        act_id=case.act_id,
        valid_on=PLACED,
        recorded_at=people.moment(PLACED),
        case=case,
        from_minute=0,
        to_minute=1440,
        evidence="tests",
    )


def _add_tasks(office: Office) -> None:
    """A task of each kind of act, about its case, item or statement."""
    for step in (
        "first_call",
        "promise_remind",
        "notice_letter",
        "visit_local",
        "review_sheet",
        "outsourcing_notice",
        "hand_back",
    ):
        office.tasks[step] = _task(office.card, step)

    item = office.customer.items.get()
    for step in ("chase_email", "chase_call", "lock_deliveries", "agree_legal", "dispute_review"):
        office.tasks[step] = _task(office.customer, step, item.pk)
    for step, month in (("month_submit", NOVEMBER), ("month_send", OCTOBER)):
        statement = office.customer.statements.get(month=month)
        office.tasks[step] = _task(office.customer, step, statement.pk)

    office.tasks["unlock_deliveries"] = _task(office.locked, "unlock_deliveries")
    office.tasks["penalty"] = _task(office.unit, "penalty", office.unit.items.get().pk)


def _task(case: Case, code: str, subject_id: int | None = None) -> Task:
    """An open task of a step, as a plan of the day would have made it."""
    version = packs.of_case(case, TODAY)[0]
    subject = packs.playbook_of(version).step(code).per
    step, _made = Step.objects.get_or_create(
        pack=version.pack, code=code, defaults={"subject": subject}
    )

    run = PlanRun.objects.create(act_id=case.act_id, on=TODAY, milliseconds=1, at=NOW)
    return Task.objects.create(
        organisation_id=case.organisation_id,
        creditor_id=case.creditor_id,
        run=run,
        pack_version=version,
        case=case,
        subject_id=subject_id or case.pk,
        step=step,
        anchor=TODAY,
        due_on=TODAY,
        deadline_on=TODAY,
        reason="tests",
    )


def _lock(office: Office) -> None:
    """The deliveries to the second customer are locked, by a granted task."""
    task = _task(office.locked, "lock_deliveries", office.locked.items.get().pk)
    office.grant()
    entry = LockEntry(
        kind="lock", because="overdue", orders="new", reason="屡催不付", by_mail=False
    )
    answer = enter(office.locked.pk, entry, actor=office.doer, at=NOW)
    assert answer.problems == ()
    task.refresh_from_db()
    assert task.status == "done"


def _fail_a_mail(office: Office) -> None:
    """A granted mail to the second customer left and was refused: its task is open again."""
    task = _task(office.locked, "chase_email", office.locked.items.get().pk)
    office.grant()
    mail = MailEntry(
        point_id=office.point(office.locked, "email"),
        subject="对账",
        text="请于本周内付款。",
        task_ids=(task.pk,),
    )
    message = send(office.locked, mail, actor=office.doer, at=NOW).message
    assert message is not None

    claimed = state.claim(message.pk, NOW)
    assert claimed is not None
    state.finish(claimed, state.Outcome("refused", "550"), NOW)
    task.refresh_from_db()
    assert task.status == "open"


def _check_october(office: Office) -> None:
    """The statement of October waits to be sent."""
    statement = office.customer.statements.get(month=OCTOBER)

    for kind in ("submitted", "checked"):
        StatementEvent.objects.create(
            organisation_id=statement.organisation_id,
            creditor_id=statement.creditor_id,
            act=people.make_act(),
            valid_on=TODAY - dt.timedelta(9),
            recorded_at=NOW - dt.timedelta(9),
            case=office.customer,
            statement=statement,
            kind=kind,
        )
    facts.refresh([office.customer.pk])
