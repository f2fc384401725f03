"""Invented people and their cases, in few words. Everything goes straight into the tables: no rule is asked.

    case = make_case(items=[(date(2026, 9, 1), 120_00)])
    make_contact(case, date(2026, 11, 2), connected=True, answered="debtor")
    facts.refresh([case.pk])

Telephone numbers come from 138 0000 0000 to 9999, which nobody has.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from huikuan.casebook import journal, sealed
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Account,
    Act,
    Allocation,
    Assignment,
    Case,
    CaseEvent,
    Charge,
    ContactPoint,
    ContactRecord,
    GateDecision,
    Hold,
    Item,
    PackVersion,
    Payment,
    Person,
    PersonKey,
    PlanRun,
    PointStatus,
    Promise,
    Refusal,
    Reversal,
    Statement,
    Step,
    Task,
    ToPlan,
)
from huikuan.engine.pack import hash_of
from huikuan.lib.days import add_months
from huikuan.people import roles
from huikuan.people.models import Creditor, Organisation, Team, User

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLACED_ON = dt.date(2026, 11, 2)
_numbers = itertools.count(1)
#: The roles of a collections office; further ones ship for the procedures of other houses.
THIRTEEN = (
    "collector",
    "team_lead",
    "data_admin",
    "field_visitor",
    "legal",
    "quality",
    "complaints",
    "finance",
    "administration",
    "manager",
    "general_manager",
    "client",
    "system_admin",
)


def moment(
    on: dt.date, hour: int = 10, minute: int = 0, *, zone: ZoneInfo = SHANGHAI
) -> dt.datetime:
    """A moment of the local day."""
    return dt.datetime.combine(on, dt.time(hour, minute), zone)


def make_house(code: str = "house", **more: object) -> Organisation:
    """The organisation with this code, made at its first mention."""
    return Organisation.objects.get_or_create(code=code, defaults={"name": f"机构 {code}", **more})[
        0
    ]


def make_agency(code: str = "agency", principal: Organisation | None = None) -> Organisation:
    return make_house(code, kind=Organisation.Kind.AGENCY, principal=principal or make_house())


def make_creditor(
    code: str = "bank", house: Organisation | None = None, **more: object
) -> Creditor:
    """The creditor with this code, made at its first mention."""
    defaults = {"name": f"委托方 {code}", "kind": Creditor.Kind.BANK, "region": "310000", **more}
    return Creditor.objects.get_or_create(
        organisation=house or make_house(), code=code, defaults=defaults
    )[0]


def make_team(code: str = "team", house: Organisation | None = None) -> Team:
    return Team.objects.get_or_create(
        organisation=house or make_house(), code=code, defaults={"name": f"{code} 组"}
    )[0]


def make_user(
    role: str | Sequence[str] = "collector", house: Organisation | None = None, **more: object
) -> User:
    """A new user of this role, or of these; the password of everybody is "huikuan"."""
    number = next(_numbers)
    codes = [role] if isinstance(role, str) else list(role)
    user = User(
        username=f"{codes[0]}{number}",
        display_name=f"员工{number}",
        organisation=house or make_house(),
        **more,
    )
    user.set_password("huikuan")
    user.save()
    roles.give(user, codes)
    return user


def nothing_waits() -> None:
    """The list of the day has followed all that was learned: a page then only asks whether so."""
    ToPlan.objects.all().delete()


def make_act(house: Organisation | None = None, at: dt.datetime | None = None) -> Act:
    house = house or make_house()
    actor, made = User.objects.get_or_create(
        username=f"service.{house.code}", defaults={"organisation": house}
    )
    if made:
        roles.give(actor, ["system_admin"])
    return journal.begin(actor, "tests", at=at or moment(PLACED_ON))


def _row(
    case: Case, on: dt.date | None = None, recorded_at: dt.datetime | None = None
) -> dict[str, object]:
    """The columns that every row of the case book has; the two dates only where `on` is given."""
    columns: dict[str, object] = {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act_id": case.act_id,
    }
    return columns | ({"valid_on": on, "recorded_at": recorded_at or moment(on, 23)} if on else {})


def make_person(
    creditor: Creditor | None = None, *, key: str | None = None, **more: object
) -> Person:
    """A debtor. Two persons with the same `key` (an ID number) are one human being to the gate's counters."""
    creditor = creditor or make_creditor()
    number = next(_numbers)
    joined = PersonKey.objects.get_or_create(key=sealed.person_key(key))[0] if key else None
    columns = {
        "kind": Person.Kind.PERSON,
        "number": f"P{number}",
        "name": f"张{number}",
        "region": "310101",
    }
    walls = {
        "organisation": creditor.organisation,
        "creditor": creditor,
        "act": make_act(creditor.organisation),
    }
    return Person.objects.create(**walls, key=joined, **columns | more)


def make_case(
    person: Person | None = None,
    *,
    creditor: Creditor | None = None,
    placed_on: dt.date = PLACED_ON,
    items: Sequence[tuple[dt.date, int]] = (),
    collector: User | None = None,
    **more: object,
) -> Case:
    """A case with one account; `items` are (due day, principal in fen)."""
    person = person or make_person(creditor)
    number = next(_numbers)
    columns = {
        "number": f"C{number}",
        "product": "card",
        "currency": "CNY",
        "recorded_at": moment(placed_on, 9),
    }
    walls = {
        "organisation_id": person.organisation_id,
        "creditor_id": person.creditor_id,
        "act_id": person.act_id,
    }
    case = Case.objects.create(**walls, person=person, placed_on=placed_on, **columns | more)
    make_account(case)
    for due_on, amount in items:
        make_item(case, due_on, amount)
    if collector:
        make_assignment(case, placed_on, collector)
    return case


def make_account(case: Case) -> Account:
    number = f"62220000{next(_numbers):08d}"
    return Account.objects.create(
        **_row(case),
        case=case,
        product=case.product,
        currency=case.currency,
        number_sealed=sealed.seal(number),
        number_index=sealed.index("account", number),
        number_shown=number,
    )


def make_item(
    case: Case, due_on: dt.date, principal: int = 0, *, on: dt.date | None = None, **charges: int
) -> Item:
    """An item with its charges by kind: make_item(case, day, 100_00, interest=5_00, cost=1_00)."""
    account = case.accounts.order_by("pk").first()
    assert account is not None
    row = _row(case, on or case.placed_on)
    item = Item.objects.create(
        **row, case=case, account=account, number=f"I{next(_numbers)}", due_on=due_on
    )
    for kind, amount in {"principal": principal, **charges}.items():
        if amount:
            make_charge(item, kind, amount, on=on)
    return item


def make_charge(item: Item, kind: str, amount: int, *, on: dt.date | None = None) -> Charge:
    case = item.case
    row = _row(case, on or item.valid_on)
    return Charge.objects.create(
        **row,
        case=case,
        item=item,
        kind=kind,
        basis="合同",
        currency=case.currency,
        amount_minor=amount,
    )


def make_point(
    case: Case,
    whose: str = "debtor",
    kind: str = "mobile",
    *,
    value: str | None = None,
    on: dt.date | None = None,
    **more: object,
) -> ContactPoint:
    """A contact point of the case's person; its number or address is invented unless given."""
    number = next(_numbers)
    value = value or (
        f"+861380000{number % 10000:04d}" if kind in ("mobile", "phone") else f"{kind} {number}"
    )
    return ContactPoint.objects.create(
        **_row(case, on or case.placed_on) | more,
        person_id=case.person_id,
        kind=kind,
        whose=whose,
        source=ContactPoint.Source.CONTRACT,
        value_sealed=sealed.seal(value),
        value_index=sealed.index(kind, value),
        value_masked=value[:3] + "****" + value[-4:],
        tail=value[-4:],
    )


def make_status(
    point: ContactPoint, case: Case, status: str, on: dt.date, **more: object
) -> PointStatus:
    return PointStatus.objects.create(
        **_row(case, on) | more, point=point, case=case, status=status
    )


def make_refusal(point: ContactPoint, case: Case, on: dt.date) -> Refusal:
    """A third person asked not to be contacted: the refusal, and the status of the point."""
    make_status(point, case, PointStatus.Status.REFUSED, on)
    return Refusal.objects.create(**_row(case, on), case=case, point=point)


def make_contact(
    case: Case,
    on: dt.date,
    *,
    point: ContactPoint | None = None,
    hour: int = 10,
    minute: int = 0,
    connected: bool = False,
    answered: str = "nobody",
    channel: str = "call",
    **more: object,
) -> ContactRecord:
    at = moment(on, hour, minute)
    talk = connected and answered != "nobody"
    columns = {
        "style": "interactive",
        "inbound": False,
        "seconds": 60 if talk else 0,
        "exchange": talk,
        "product": case.product,
        "local_minute": hour * 60 + minute,
    }
    row = _row(case, on, at)
    columns = row | columns | {"person_key_id": case.person.key_id} | more
    return ContactRecord.objects.create(
        **columns,
        case=case,
        point=point,
        at=at,
        connected=connected,
        answered=answered,
        channel=channel,
    )


def make_promise(
    case: Case, on: dt.date, due: Sequence[tuple[dt.date, int]], **more: object
) -> list[Promise]:
    """A promise given on a day; `due` are its instalments as (day, fen)."""
    plan = uuid.uuid4()
    row = _row(case, on) | {"case": case, "plan": plan, "currency": case.currency} | more
    return [Promise.objects.create(**row, due_on=day, amount_minor=amount) for day, amount in due]


def make_payment(
    case: Case, on: dt.date, amount: int, *, to: Charge | None = None, **more: object
) -> Payment:
    """A payment; all of it set against the charge `to`, or against nothing."""
    row = _row(case, on) | more
    payment = Payment.objects.create(
        **row,
        case=case,
        currency=case.currency,
        amount_minor=amount,
        reference=f"R{next(_numbers)}",
        source="test",
    )
    if to:
        Allocation.objects.create(
            **row, payment=payment, case=case, item_id=to.item_id, charge=to, amount_minor=amount
        )
    return payment


def make_reversal(payment: Payment, on: dt.date, **more: object) -> Reversal:
    return Reversal.objects.create(
        **_row(payment.case, on) | more, payment=payment, case=payment.case, reason="退票"
    )


def make_hold(
    case: Case, on: dt.date, kind: str = "complaint", scope: str = "case", **more: object
) -> Hold:
    return Hold.objects.create(**_row(case, on) | more, case=case, kind=kind, scope=scope)


def make_event(case: Case, on: dt.date, kind: str, **more: object) -> CaseEvent:
    return CaseEvent.objects.create(**_row(case, on) | more, case=case, kind=kind)


def make_assignment(case: Case, on: dt.date, user: User | None, **more: object) -> Assignment:
    return Assignment.objects.create(
        **_row(case, on) | more, case=case, user=user, team=user.team if user else None
    )


def make_decision(
    case: Case,
    at: dt.datetime,
    point: ContactPoint | None = None,
    *,
    channel: str = "call",
    allowed: bool = True,
    actor: User | None = None,
    **more: object,
) -> GateDecision:
    """What the gate answered. A refusal names the rule `rule`, by default the six tries a day.

    `actor`: who asked, and may use it; without one the program that made the case.
    """
    act = case.act
    if actor is not None:
        act = journal.begin(actor, "gate.check", at=at, reason=channel)
    columns = {"rule": "" if allowed else "CN-FREQ-6", "purpose": "collect"} | more
    return GateDecision.objects.create(
        organisation_id=case.organisation_id,
        case=case,
        act=act,
        point_id=point.pk if point else None,
        channel=channel,
        at=at,
        day=day_of(case.organisation, at),
        allowed=allowed,
        **columns,
    )


#: The pack of made tasks, in few words: two calls of a collector.
PACK_OF_FEW_STEPS = """
pack: phone_collection
kind: playbook
version: "1"
title: {zh: 试验, en: Tests}
source: tests
effective_from: 2020-01-01
lawful_form: {zh: 试验, en: Tests}
"""
FEW_STEPS = """
guards: {always: is_open, dunning: balance > 0}
steps:
  - {id: call_debtor, title: {zh: 致电债务人, en: Call the debtor}, source: tests, when: is_open,
     action: call, addressee: debtor, role: collector, deadline: 0, priority: 10}
  - {id: send_notice, title: {zh: 致电通知, en: Tell by telephone}, source: tests, when: is_open,
     action: call, addressee: debtor, role: collector, deadline: 0, priority: 20}
"""


def make_statement(case: Case, month: dt.date, *, on: dt.date | None = None) -> Statement:
    """The statement of a month, to be made from the first of the month after."""
    born = on or add_months(month, 1)
    row = _row(case, born)
    return Statement.objects.create(**row, case=case, month=month, currency=case.currency)


def make_task(
    case: Case,
    on: dt.date,
    code: str = "call_debtor",
    *,
    pack: str = "phone_collection",
    **more: object,
) -> Task:
    """An open task of a step, in a plan run of that day."""
    files = {"pack.yaml": PACK_OF_FEW_STEPS, "playbook.yaml": FEW_STEPS}
    version, _ = PackVersion.objects.get_or_create(
        pack=pack,
        hash=hash_of(files),
        defaults={
            "kind": "playbook",
            "version": "1",
            "content": files,
            "effective_from": PLACED_ON,
            "loaded_at": moment(PLACED_ON),
        },
    )
    step, _ = Step.objects.get_or_create(pack=pack, code=code)
    run = PlanRun.objects.create(act_id=case.act_id, on=on, milliseconds=1, at=moment(on, 8))
    walls = {"organisation_id": case.organisation_id, "creditor_id": case.creditor_id}
    columns = {
        "run": run,
        "pack_version": version,
        "subject_id": case.pk,
        "anchor": on,
        "due_on": on,
        "reason": "tests",
    } | more
    return Task.objects.create(**walls, case=case, step=step, **columns)
