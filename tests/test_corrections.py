"""What is owed is corrected: asked for by one, decided by another, taken back by a counter-row."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts, journal
from huikuan.casebook.models import (
    Approval,
    Case,
    CaseSummary,
    Charge,
    Correction,
    Item,
    ItemSummary,
    Payment,
    Reversal,
)
from huikuan.casebook.settle import unsettled
from huikuan.desk.timeline import timeline
from huikuan.engine import charge_law
from huikuan.ops.commands import charge as charge_command
from huikuan.ops.commands import void as void_command
from huikuan.ops.made_once import made_once
from huikuan.payments import ask_correction, decide
from huikuan.payments.correct import CorrectionEntry, charge_item
from huikuan.payments.lawful import Claim, Ground
from huikuan.payments.post import PaymentEntry, post
from huikuan.people.models import User
from huikuan.reports.day import report
from tests import people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localtime(NOW, ZoneInfo("Asia/Shanghai")).date()
PLACED = TODAY - 30 * DAY
#: More is owed: as the contract says, or as a court judged.
AGREED = {"kind": "correction", "ground": "contract", "basis": "合同第9条"}
JUDGED = {
    "kind": "correction",
    "ground": "court",
    "basis": "判决书第2项",
    "reference": "（2026）沪01民初1号",
}


@dataclass
class Desk:
    """A case with two items, its collector, and the two who keep the books."""

    case: Case
    first: Item
    second: Item
    collector: User
    finance: User
    manager: User

    def entry(self, amount: int, **more: Any) -> CorrectionEntry:
        values: dict[str, Any] = {
            "case_id": self.case.pk,
            "item_id": self.first.pk,
            "kind": "credit_note",
            "charge_kind": "principal",
            "amount_minor": amount,
            "on": TODAY,
            "reason": "退货红字",
        }
        return CorrectionEntry(**values | more)

    def ask(self, amount: int, actor: User | None = None, **more: Any) -> Any:
        entry = self.entry(amount, **more)
        return ask_correction.ask_correction(entry, actor=actor or self.collector, at=NOW)

    def grant(self, asked: Any, actor: User | None = None) -> Any:
        key = asked.approval.pk
        return decide.decide(key, grant=True, reason="", actor=actor or self.manager, at=NOW)

    def pay(self, amount: int, reference: str = "R1") -> None:
        entry = PaymentEntry(
            case_id=self.case.pk,
            amount_minor=amount,
            currency="CNY",
            paid_on=TODAY - 5 * DAY,
            reference=reference,
        )
        assert post(entry, actor=self.finance, at=NOW).posted

    @property
    def open(self) -> list[int]:
        rows = ItemSummary.objects.filter(case=self.case).order_by("due_on")
        return list(rows.values_list("open_minor", flat=True))


@made_once
def desk() -> Desk:
    collector = people.make_user("collector")
    case = people.make_case(placed_on=PLACED, collector=collector)
    first = people.make_item(case, PLACED, 100_00, penalty=20_00)
    second = people.make_item(case, PLACED + DAY, 200_00)
    facts.refresh([case.pk])
    finance = people.make_user("finance")
    return Desk(case, first, second, collector, finance, people.make_user("manager"))


def codes(answer: Any) -> list[str]:
    return [one.code for one in answer.problems]


def test_a_waiver_is_asked_for_by_the_collector_and_decided_by_the_manager(desk: Desk) -> None:
    asked = desk.ask(-20_00, kind="waiver", charge_kind="penalty", reason="一次性结清减免")
    assert desk.open == [120_00, 200_00], "nothing changes before it is decided"
    assert codes(desk.ask(-20_00, kind="waiver", charge_kind="penalty", reason="再次")) == [
        "request.again"
    ]
    own = decide.decide(asked.approval.pk, grant=True, reason="", actor=desk.collector, at=NOW)
    assert codes(own) == ["approval.role"]

    done = desk.grant(asked)
    assert done.decided and desk.open == [100_00, 200_00]
    correction = Correction.objects.get()
    assert (correction.kind, correction.reason) == ("waiver", "一次性结清减免")
    assert correction.charge.amount_minor == -20_00
    assert CaseSummary.objects.get(case=desk.case).balance_minor == 300_00
    assert facts.differences() == []

    titles = [event.title for event in timeline(desk.case, desk.manager).events]
    assert any("¥20.00" in title and desk.first.number in title for title in titles)
    told = report(desk.manager, TODAY, seen=TODAY)
    assert told.total.numbers["corrections"] == 1
    assert told.total.minor["corrected", "CNY"] == -20_00
    (line,) = [one for one in told.users if one.code == desk.collector.username]
    assert line.figures.numbers["corrections"] == 1, "by who held the case"


def test_who_asked_does_not_decide(desk: Desk) -> None:
    asked = desk.ask(-1_00, actor=desk.manager)
    own = decide.decide(asked.approval.pk, grant=True, reason="", actor=desk.manager, at=NOW)
    assert codes(own) == ["approval.own"]
    assert desk.grant(asked, desk.finance).decided


def test_what_a_credit_note_leaves_paid_too_much_pays_the_next_item(desk: Desk) -> None:
    desk.pay(120_00)
    assert desk.open == [0, 200_00]
    assert desk.grant(desk.ask(-60_00)).decided
    assert desk.open == [0, 140_00]
    assert unsettled([desk.case.pk]) == []
    assert facts.differences() == []

    with facts.as_of(TODAY - DAY, only=[desk.case.pk]):
        assert desk.open == [0, 200_00], "the note counts from its day"


def test_a_fully_paid_item_can_be_credited_and_the_money_is_in_hand(desk: Desk) -> None:
    desk.pay(320_00)
    assert desk.open == [0, 0]
    assert desk.grant(desk.ask(-100_00)).decided
    assert desk.open == [0, 0]
    page = signed_in(desk.finance).get(reverse("payments:of_case", args=[desk.case.number]))
    assert "¥100.00" in page.content.decode(), "more than is owed"


def test_more_that_is_owed_by_hand_is_paid_by_money_in_hand(desk: Desk) -> None:
    desk.pay(500_00)
    more = desk.ask(80_00, charge_kind="cost", **JUDGED)
    assert desk.grant(more).decided
    assert desk.open == [0, 0]
    assert unsettled([desk.case.pk]) == []


def test_an_item_cannot_be_made_of_less_than_nothing(desk: Desk) -> None:
    refused = desk.ask(-100_01)
    assert codes(refused) == ["correction.kind_below_zero"]
    assert "¥100.00" in refused.problems[0].text()
    both = [desk.ask(-80_00), desk.ask(-30_00)]
    assert desk.grant(both[0]).decided
    late = desk.grant(both[1])
    assert codes(late) == ["correction.kind_below_zero"]
    both[1].approval.refresh_from_db()
    assert both[1].approval.status == "waiting", "a grant that cannot be carried out is none"


def test_what_cannot_be_asked_for_is_said(desk: Desk) -> None:
    assert codes(desk.ask(0)) == ["correction.nothing"]
    assert codes(desk.ask(5_00, basis="合同第3条")) == ["correction.sign"]
    assert codes(desk.ask(5_00, kind="correction")) == ["correction.ground", "correction.basis"]
    assert codes(desk.ask(5_00, **JUDGED | {"reference": " "})) == ["correction.paper"]
    assert codes(desk.ask(-5_00, reason=" ")) == ["correction.reason"]
    assert codes(desk.ask(-5_00, on=TODAY + DAY)) == ["correction.day"]
    assert codes(desk.ask(-5_00, on=PLACED - DAY)) == ["correction.day"]
    assert codes(desk.ask(-5_00, kind="void")) == ["correction.kind"]

    assert codes(desk.ask(-5_00, actor=people.make_user("quality"))) == ["correction.role"]
    elsewhere = people.make_user("finance", people.make_house("other"))
    assert codes(desk.ask(-5_00, actor=elsewhere)) == ["payment.case"]
    foreign = people.make_item(people.make_case(), PLACED, 1_00)
    assert codes(desk.ask(-5_00, item_id=foreign.pk)) == ["payment.item"]
    assert not Approval.objects.exists()


def test_a_correction_is_taken_back_by_a_counter_row(desk: Desk) -> None:
    desk.pay(120_00)
    desk.grant(desk.ask(-60_00, reference="红字26001"))
    correction = Correction.objects.get()
    asked = ask_correction.ask_void(
        correction.pk, on=TODAY, reason="开错", actor=desk.finance, at=NOW
    )
    assert desk.grant(asked).decided
    assert desk.open == [0, 200_00]

    counter = Correction.objects.get(kind="void")
    assert (counter.takes_back, counter.charge.amount_minor) == (correction, 60_00)
    assert counter.reference == "VOID-红字26001"
    assert Charge.objects.count() == 5, "both stay in the book"
    again = ask_correction.ask_void(
        correction.pk, on=TODAY, reason="再次", actor=desk.finance, at=NOW
    )
    assert codes(again) == ["correction.again"]
    of_void = ask_correction.ask_void(
        counter.pk, on=TODAY, reason="再次", actor=desk.finance, at=NOW
    )
    assert codes(of_void) == ["correction.void_of_void"]
    assert codes(desk.ask(-1_00, reference="红字26001")) == ["correction.reference"]


# the pages


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_asks_and_the_decision_page_carries_out(desk: Desk) -> None:
    form = reverse("payments:correct", args=[desk.case.number])
    client = signed_in(desk.collector)
    assert client.get(form).status_code == 200
    values = {
        "item": desk.first.pk,
        "kind": "credit_note",
        "charge_kind": "principal",
        "amount": "500",
        "on": str(TODAY),
        "reference": "红字26002",
        "reason": "退货",
    }
    wrong = client.post(form, values)
    assert wrong.status_code == 422 and "¥120.00" in wrong.content.decode()
    assert client.post(form, values | {"amount": "40"}).status_code == 302
    approval = Approval.objects.get()
    assert approval.amount_minor == -40_00

    address = reverse("payments:decide", args=[approval.pk])
    page = signed_in(desk.manager).get(address).content.decode()
    assert "红字26002" in page and desk.first.number in page
    signed_in(desk.manager).post(address, {"grant": "yes"})
    assert desk.open == [80_00, 200_00]

    correction = Correction.objects.get()
    part = signed_in(desk.collector).get(reverse("payments:of_case", args=[desk.case.number]))
    assert "红字26002" in part.content.decode()
    void = reverse("payments:void", args=[correction.pk])
    assert void in part.content.decode()
    asked = signed_in(desk.finance).post(void, {"on": str(TODAY), "reason": "开错"})
    assert asked.status_code == 302
    assert Approval.objects.filter(status="waiting").count() == 1
    assert signed_in(people.make_user("quality")).get(form).status_code == 403


# the commands


def run(command: ModuleType, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return int(command.run(parser.parse_args(list(words))))


def test_by_command_one_asks_and_another_decides(desk: Desk, capsys: Any) -> None:
    words = ["ask", desk.case.number, desk.first.number, "40", "--reason", "退货", "--json"]
    assert run(charge_command, *words, "--reference", "红字26003") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["amount_minor"], said["problems"]) == ("waiting", -40_00, [])

    request = str(said["request"])
    assert run(charge_command, "decide", request, "--grant", "--json") == 1, "its own request"
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "approval.role"
    assert (
        run(charge_command, "decide", request, "--grant", "--as", desk.manager.username, "--json")
        == 0
    )
    assert json.loads(capsys.readouterr().out)["status"] == "granted"
    assert desk.open == [80_00, 200_00]

    creditor = desk.case.creditor.code
    words = ["ask", "红字26003", "--creditor", creditor, "--reason", "开错", "--json"]
    assert run(void_command, *words) == 0
    request = str(json.loads(capsys.readouterr().out)["request"])
    assert run(void_command, "decide", request, "--grant", "--as", desk.manager.username) == 0
    assert desk.open == [120_00, 200_00]


def test_by_command_a_payment_is_taken_back_with_the_checks_of_the_page(
    desk: Desk, capsys: Any
) -> None:
    desk.pay(50_00, "R7")
    creditor = desk.case.creditor.code
    words = ["ask", "R7", "--creditor", creditor, "--reason", "退票", "--json"]
    early = ["--on", str(TODAY - 20 * DAY)]
    assert run(void_command, *words, *early) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "reversal.day"

    assert run(void_command, *words) == 0
    request = str(json.loads(capsys.readouterr().out)["request"])
    assert not Reversal.objects.exists()
    assert run(void_command, "decide", request, "--grant", "--as", desk.manager.username) == 0
    assert Reversal.objects.get().payment == Payment.objects.get(reference="R7")
    assert desk.open == [120_00, 200_00]


def test_no_fee_and_no_more_than_the_year_allows_is_charged_on_a_consumers_debt(
    desk: Desk,
) -> None:
    """The item of 100 yuan is 30 days late and bears 20 yuan of penalty: 24 % a year is less."""
    assert codes(desk.ask(50_00, charge_kind="fee", **AGREED)) == ["charge.consumer"]
    assert codes(desk.ask(1, charge_kind="penalty", **AGREED)) == ["charge.most"]
    assert codes(desk.ask(1, charge_kind="interest", **AGREED)) == ["charge.most"]
    assert desk.ask(50_00, charge_kind="cost", **JUDGED).approval

    act = journal.begin(desk.finance, "payments.correct", at=NOW, reason="")
    claim = Claim(desk.first.pk, "fee", "contract", 50_00, TODAY)
    with pytest.raises(PermissionError, match="on a consumer's debt"):
        charge_item(desk.case, act, claim, "合同第9条", NOW)
    assert not Charge.objects.filter(kind="fee").exists()


@pytest.mark.parametrize(
    ("charge_kind", "ground"),
    [
        ("principal", "contract"),  # a fee of the collection under another name
        ("principal", "statute"),
        ("cost", "contract"),
        ("cost", "creditor"),
        ("penalty", "statute"),
        ("interest", "creditor"),
    ],
)
def test_a_consumer_owes_more_only_by_what_the_law_names_for_it(
    desk: Desk, charge_kind: str, ground: str
) -> None:
    more = {"kind": "correction", "basis": "催收服务费", "reference": "X1", "ground": ground}
    assert codes(desk.ask(50_00, charge_kind=charge_kind, **more)) == ["charge.ground"]


def test_what_the_creditor_placed_wrongly_is_corrected_by_its_paper(desk: Desk) -> None:
    more = {"kind": "correction", "ground": "creditor", "basis": "更正函：本金漏列"}
    assert codes(desk.ask(50_00, **more)) == ["correction.paper"]
    assert desk.grant(desk.ask(50_00, reference="更正函-2026-17", **more)).problems == ()
    assert desk.open == [170_00, 200_00]


def test_every_kind_of_charge_stands_in_the_law() -> None:
    """One that is missing there would be asked of nobody."""
    assert set(Charge.Kind.values) == set(charge_law.shipped())
    assert set(Ground.values) == set(charge_law.BASES)


def test_a_waiver_and_what_was_charged_in_its_place_are_never_owed_both(desk: Desk) -> None:
    """Waived, charged anew up to the bound of the year, and the waiver taken back."""
    desk.grant(desk.ask(-20_00, kind="waiver", charge_kind="penalty"))
    waiver = Correction.objects.get()
    desk.grant(desk.ask(1_00, charge_kind="penalty", **AGREED))
    assert desk.open == [101_00, 200_00]

    back = ask_correction.ask_void(waiver.pk, on=TODAY, reason="未按约", actor=desk.finance, at=NOW)
    assert codes(back) == ["charge.most"]
    assert desk.open == [101_00, 200_00]


def test_the_ledger_itself_asks_when_a_waiver_is_taken_back(desk: Desk) -> None:
    """Asked for before the other charge was posted, and granted after it."""
    desk.grant(desk.ask(-20_00, kind="waiver", charge_kind="penalty"))
    waiver = Correction.objects.get()
    back = ask_correction.ask_void(waiver.pk, on=TODAY, reason="未按约", actor=desk.finance, at=NOW)
    desk.grant(desk.ask(1_00, charge_kind="penalty", **AGREED))
    assert codes(desk.grant(back)) == ["charge.most"]
    assert desk.open == [101_00, 200_00]


def test_what_was_asked_for_before_grounds_were_named_is_asked_for_again(desk: Desk) -> None:
    asked = desk.ask(50_00, charge_kind="cost", **JUDGED)
    del asked.approval.subject["ground"]
    asked.approval.save(update_fields=["subject"])
    assert codes(desk.grant(asked)) == ["correction.ground"]


def test_a_waived_fee_of_the_contract_is_owed_again_when_the_waiver_is_taken_back(
    desk: Desk,
) -> None:
    """It came with the debt, so nothing new is charged."""
    asked = desk.ask(-20_00, kind="waiver", charge_kind="penalty")
    desk.grant(asked)
    waiver = Correction.objects.get()
    back = ask_correction.ask_void(
        waiver.pk, on=TODAY, reason="未按约还款", actor=desk.finance, at=NOW
    )
    assert desk.grant(back).problems == ()
    assert desk.open == [120_00, 200_00]


def test_a_business_may_be_charged_what_its_contract_says() -> None:
    supplier = people.make_creditor("supplier", kind="supplier")
    case = people.make_case(creditor=supplier, placed_on=PLACED)
    item = people.make_item(case, PLACED, 100_00)
    facts.refresh([case.pk])

    entry = CorrectionEntry(
        case_id=case.pk,
        item_id=item.pk,
        kind="correction",
        charge_kind="fee",
        amount_minor=50_00,
        on=TODAY,
        reason="合同约定",
        ground="contract",
        basis="合同第9条",
    )
    asked = ask_correction.ask_correction(entry, actor=people.make_user("finance"), at=NOW)
    assert asked.approval is not None, asked.problems


@made_once
def late() -> Desk:
    """One item of a consumer, 300 days late; the year leaves 197.26 yuan of 1000."""
    collector = people.make_user("collector")
    placed = TODAY - 300 * DAY
    case = people.make_case(placed_on=placed, collector=collector)
    item = people.make_item(case, placed, 1000_00)
    facts.refresh([case.pk])
    finance = people.make_user("finance")
    return Desk(case, item, item, collector, finance, people.make_user("manager"))


#: A paper by which the creditor says that it placed too little.
PAPER = {
    "kind": "correction",
    "ground": "creditor",
    "basis": "更正函：本金漏列",
    "reference": "更正函-1",
}


def take_back(desk: Desk, correction: Correction) -> Any:
    return ask_correction.ask_void(
        correction.pk, on=TODAY, reason="更正函有误", actor=desk.finance, at=NOW
    )


def test_a_principal_by_a_paper_is_not_taken_back_while_its_penalty_stands(late: Desk) -> None:
    late.grant(late.ask(10_000_00, **PAPER))
    paper = Correction.objects.get()
    late.grant(late.ask(1_000_00, charge_kind="penalty", **AGREED))
    penalty = Correction.objects.exclude(pk=paper.pk).get()

    refused = take_back(late, paper)
    assert codes(refused) == ["charge.outgrown"]
    assert "¥802.74" in refused.problems[0].text(), "what the year leaves is no hindrance"

    late.grant(take_back(late, penalty))
    assert late.grant(take_back(late, paper)).problems == ()
    assert late.open == [1000_00]


def test_the_ledger_itself_asks_when_the_paper_is_taken_back(late: Desk) -> None:
    """Asked for before the penalty was posted, and granted after it."""
    late.grant(late.ask(10_000_00, **PAPER))
    back = take_back(late, Correction.objects.get())
    late.grant(late.ask(1_000_00, charge_kind="penalty", **AGREED))
    assert codes(late.grant(back)) == ["charge.outgrown"]


def test_a_credit_note_does_not_leave_a_penalty_of_a_larger_principal(late: Desk) -> None:
    late.grant(late.ask(197_00, charge_kind="penalty", **AGREED))
    assert codes(late.ask(-900_00)) == ["charge.outgrown"]
    assert late.grant(late.ask(-177_27, kind="waiver", charge_kind="penalty")).problems == ()
    assert late.grant(late.ask(-900_00)).problems == ()


def test_what_was_paid_of_the_principal_keeps_no_credit_note_away(late: Desk) -> None:
    """The penalty was lawful while the principal was owed; paying it makes it no less so."""
    late.grant(late.ask(100_00, charge_kind="penalty", **AGREED))
    late.pay(1050_00)
    assert late.grant(late.ask(-10_00)).problems == ()


def test_what_came_with_the_debt_keeps_no_credit_note_away(desk: Desk) -> None:
    """The placement brought more penalty than the year; that is the creditor's own matter."""
    assert desk.grant(desk.ask(-10_00)).problems == ()


def test_no_kind_of_charge_goes_below_its_own_nothing(late: Desk) -> None:
    """Interest that was never charged is lowered by nobody, and makes no room for a penalty."""
    assert codes(late.ask(-1_00, charge_kind="interest")) == ["correction.kind_below_zero"]
    assert codes(late.ask(-1_00, kind="waiver", charge_kind="fee")) == [
        "correction.kind_below_zero"
    ]
    late.grant(late.ask(50_00, charge_kind="interest", **AGREED))
    assert codes(late.ask(-50_01, kind="waiver", charge_kind="interest")) == [
        "correction.kind_below_zero"
    ]


def test_a_kind_below_nothing_of_an_old_book_makes_no_room_for_another(late: Desk) -> None:
    act = journal.begin(late.finance, "payments.correct", at=NOW, reason="")
    Charge.objects.create(
        **journal.columns(late.case, act, on=TODAY, at=NOW),
        case=late.case,
        item=late.first,
        kind="interest",
        basis="旧账",
        currency="CNY",
        amount_minor=-500_00,
    )
    facts.refresh([late.case.pk])

    assert codes(late.ask(197_27, charge_kind="penalty", **AGREED)) == ["charge.most"]
    assert late.ask(197_26, charge_kind="penalty", **AGREED).problems == ()


def test_a_charge_is_not_taken_back_below_what_was_waived_of_it(late: Desk) -> None:
    late.grant(late.ask(50_00, charge_kind="interest", **AGREED))
    charged = Correction.objects.get()
    late.grant(late.ask(-50_00, kind="waiver", charge_kind="interest"))
    assert codes(take_back(late, charged)) == ["correction.kind_below_zero"]
