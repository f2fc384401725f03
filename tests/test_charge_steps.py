"""A step that posts a charge: asked for, granted by somebody else, posted once, taken back, capped.

The procedure is tests/packs/property_fees: a fee of 2400 yuan is due on 1 January 2026, and the
penalty of a month is posted on the first of the next.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Approval,
    Case,
    CaseSummary,
    Charge,
    Correction,
    Item,
    ItemSummary,
    PackBinding,
    Task,
)
from huikuan.casebook.settle import unsettled
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.payments.post import PaymentEntry, post
from huikuan.people.models import Creditor, User
from huikuan.planning import load
from huikuan.planning.activate import activate
from huikuan.planning.done import done, undo
from huikuan.planning.plan import plan
from tests import people

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parent / "packs"
DUE = dt.date(2026, 1, 1)
FIRST = dt.date(2026, 2, 1)
SECOND = dt.date(2026, 3, 1)
#: Of 2400 yuan at 0.05 % a day: 31 days, and 59 days.
AFTER_31_DAYS = 37_20
AFTER_59_DAYS = 70_80


@dataclass
class Estate:
    """One unit with its fee, and the people who may ask, grant and pay."""

    case: Case
    fee: Item
    finance: User
    manager: User

    def plan(self, on: dt.date) -> None:
        plan(on, actor=self.manager, at=people.moment(on, 7), calendar=china())

    def task(self, code: str = "penalty") -> Task:
        return Task.objects.get(case=self.case, step__code=code, status="open")

    def grant(self, task: Task, on: dt.date) -> Approval:
        asked = ask_for(task.pk, reason="按合同计收", actor=self.finance, at=people.moment(on, 9))
        assert asked.approval is not None, asked.problems
        answer = decide(
            asked.approval.pk, grant=True, reason="", actor=self.manager, at=people.moment(on, 10)
        )
        assert answer.granted, answer.problems
        return asked.approval

    def do(self, task: Task, on: dt.date) -> Any:
        return done(task.pk, text="", actor=self.finance, at=people.moment(on, 11))

    def pay(self, amount_minor: int, on: dt.date) -> None:
        entry = PaymentEntry(
            case_id=self.case.pk,
            amount_minor=amount_minor,
            currency="CNY",
            paid_on=on,
            reference=f"PAID-{on}",
        )
        assert post(entry, actor=self.finance, at=people.moment(on, 10)).posted

    @property
    def item(self) -> ItemSummary:
        return ItemSummary.objects.get(item=self.fee)


@made_once
def estate() -> Estate:
    manager = people.make_user("manager")
    in_force("property_fees", manager)
    creditor = people.make_creditor("estate", kind=Creditor.Kind.PROPERTY)
    bind(creditor, "property_fees")
    case = people.make_case(creditor=creditor, placed_on=DUE, product="fees")
    fee = people.make_item(case, DUE, 2400_00)
    facts.refresh([case.pk])
    return Estate(case, fee, people.make_user("finance"), manager)


def in_force(name: str, manager: User, folder: Path = FOLDER) -> None:
    at = people.moment(dt.date(2025, 12, 1))
    version = load.store(load.check(name, folder / name), at=at)
    version.approved_by = manager.username
    version.save(update_fields=["approved_by"])
    activate(version, actor=manager, at=at)


def bind(creditor: Creditor, pack: str) -> None:
    PackBinding.objects.create(
        creditor=creditor, product="", pack=pack, from_on=dt.date(2025, 1, 1)
    )


def codes(answer: Any) -> list[str]:
    return [one.code for one in answer.problems]


def test_a_penalty_is_posted_after_its_approval_and_asked_for_again_a_month_later(
    estate: Estate,
) -> None:
    estate.plan(FIRST)
    task = estate.task()
    assert codes(estate.do(task, FIRST)) == ["done.approval"], "nobody has agreed yet"
    assert not Correction.objects.exists()

    request = estate.grant(task, FIRST)
    assert request.amount_minor == AFTER_31_DAYS, "whoever agrees sees the amount"
    assert estate.do(task, FIRST).saved
    charge = Charge.objects.get(kind="penalty")
    assert (charge.item, charge.amount_minor, charge.valid_on) == (
        estate.fee,
        AFTER_31_DAYS,
        FIRST,
    )
    assert charge.basis == "物业服务合同 违约责任"
    correction = Correction.objects.get()
    assert (correction.kind, correction.reference) == ("step", f"STEP-{task.pk}")
    assert (estate.item.penalty_minor, estate.item.open_minor) == (AFTER_31_DAYS, 2437_20)
    assert CaseSummary.objects.get(case=estate.case).balance_minor == 2437_20
    assert facts.differences() == [] and unsettled([estate.case.pk]) == []

    assert codes(estate.do(task, FIRST)) == ["done.already"]
    estate.plan(SECOND)
    again = estate.task()
    assert again.anchor == SECOND
    assert estate.grant(again, SECOND).amount_minor == AFTER_59_DAYS - AFTER_31_DAYS
    assert estate.do(again, SECOND).saved
    assert estate.item.penalty_minor == AFTER_59_DAYS


def test_never_more_is_posted_than_was_approved(estate: Estate) -> None:
    estate.plan(FIRST)
    task = estate.task()
    estate.grant(task, FIRST)
    assert estate.do(task, FIRST + dt.timedelta(5)).saved
    assert estate.item.penalty_minor == AFTER_31_DAYS


def test_what_was_paid_in_between_bears_no_penalty(estate: Estate) -> None:
    estate.plan(FIRST)
    task = estate.task()
    estate.grant(task, FIRST)
    estate.pay(2400_00, FIRST)
    assert codes(estate.do(task, FIRST)) == ["correction.no_charge"]
    assert not Correction.objects.exists()


def test_a_charge_is_taken_back_with_its_task_and_may_be_posted_again(estate: Estate) -> None:
    estate.plan(FIRST)
    task = estate.task()
    estate.grant(task, FIRST)
    assert estate.do(task, FIRST).saved
    undone = undo(task.pk, actor=estate.finance, at=people.moment(FIRST, 11))
    assert undone.problems == ()
    assert (estate.item.penalty_minor, estate.item.open_minor) == (0, 2400_00)
    assert [one.amount_minor for one in Charge.objects.filter(kind="penalty").order_by("pk")] == [
        AFTER_31_DAYS,
        -AFTER_31_DAYS,
    ]

    assert estate.do(task, FIRST).saved
    assert estate.item.penalty_minor == AFTER_31_DAYS
    assert Correction.objects.filter(reference=f"STEP-{task.pk}/2").exists()
    assert facts.differences() == []


def test_a_fee_of_a_case_is_made_of_its_oldest_unpaid_item(estate: Estate) -> None:
    in_force("traffic_fines", estate.manager)
    office = people.make_creditor("office", kind=Creditor.Kind.OTHER)
    bind(office, "traffic_fines")
    case = people.make_case(creditor=office, placed_on=DUE, product="fine")
    paid = people.make_item(case, DUE, 0)
    newer = people.make_item(case, FIRST, 50_00)
    older = people.make_item(case, DUE, 36_00)
    facts.refresh([case.pk])
    administration = people.make_user("administration")
    fines = Estate(case, older, estate.finance, estate.manager)

    fines.plan(DUE)
    notice = fines.task("serve_notice")
    served = done(notice.pk, text="", actor=administration, at=people.moment(DUE, 9))
    assert served.saved, served.problems
    fines.plan(DUE)
    fee = fines.task("notice_fee")
    assert fines.grant(fee, DUE).amount_minor == 12_50
    assert fines.do(fee, DUE).saved
    open_by_item = dict(ItemSummary.objects.values_list("item_id", "open_minor"))
    assert open_by_item[older.pk] == 48_50
    assert (open_by_item[newer.pk], open_by_item[paid.pk]) == (50_00, 0)


GREEDY = {
    "daily_rate: 0.0005": "daily_rate: 0.01",
    "most: 0.3": "most: 2",
}
#: Of 2400 yuan at 24 % a year: 31 days, and 59 days.
YEARLY_AFTER_31_DAYS = 48_92
YEARLY_AFTER_59_DAYS = 93_11


def greedy_pack(folder: Path) -> Path:
    """The procedure with a contract that asks for 1 % a day, and up to twice the debt."""
    greedy = folder / "greedy"
    shutil.copytree(FOLDER / "property_fees", greedy)

    playbook = greedy / "playbook.yaml"
    text = playbook.read_text(encoding="utf-8")
    for old, new in GREEDY.items():
        assert old in text, old
        text = text.replace(old, new)
    playbook.write_text(text, encoding="utf-8")

    pack = greedy / "pack.yaml"
    named = pack.read_text(encoding="utf-8").replace("pack: property_fees", "pack: greedy")
    pack.write_text(named, encoding="utf-8")
    return folder


def test_a_consumer_is_charged_no_more_than_the_law_allows_whatever_the_procedure_says(
    estate: Estate, tmp_path: Path
) -> None:
    in_force("greedy", estate.manager, greedy_pack(tmp_path))
    asked = {}
    for kind in (Creditor.Kind.PROPERTY, Creditor.Kind.BANK):
        creditor = people.make_creditor(f"greedy {kind}", kind=kind)
        bind(creditor, "greedy")
        case = people.make_case(creditor=creditor, placed_on=DUE, product="loan")
        item = people.make_item(case, DUE, 2400_00)
        facts.refresh([case.pk])
        of_kind = Estate(case, item, estate.finance, estate.manager)
        of_kind.plan(FIRST)
        asked[kind] = of_kind.grant(of_kind.task(), FIRST).amount_minor
    assert asked == {
        Creditor.Kind.PROPERTY: 744_00,
        Creditor.Kind.BANK: YEARLY_AFTER_31_DAYS,
    }

    assert of_kind.do(of_kind.task(), FIRST).saved
    assert of_kind.item.penalty_minor == YEARLY_AFTER_31_DAYS
    of_kind.plan(SECOND)
    rest = YEARLY_AFTER_59_DAYS - YEARLY_AFTER_31_DAYS
    assert of_kind.grant(of_kind.task(), SECOND).amount_minor == rest
    of_kind.pay(1200_00, SECOND)
    assert codes(of_kind.do(of_kind.task(), SECOND)) == ["correction.no_charge"]


def test_the_page_of_the_case_names_the_amount(estate: Estate, client: Client) -> None:
    estate.plan(FIRST)
    client.force_login(estate.manager)
    page = client.get(reverse("case", args=[estate.case.number])).content.decode()
    assert "按月计收违约金" in page
    assert "37.20" in page
