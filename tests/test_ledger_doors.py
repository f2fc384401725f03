"""Money has one definition: the same facts by any door, in any order, make the same ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q, Sum
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Allocation,
    Case,
    CaseSummary,
    Charge,
    Item,
    ItemSummary,
    Payment,
    PaymentRow,
    Placement,
)
from huikuan.casebook.settle import settle, unsettled
from huikuan.intake import load, mapping
from huikuan.payments import ask, decide
from huikuan.payments.post import PaymentEntry, post
from huikuan.payments.receive import receive
from huikuan.payments.reverse import reverse
from huikuan.people.models import Creditor, User
from tests import people
from tests.laws import examples
from tests.shipped import load_packs

pytestmark = [pytest.mark.django_db, pytest.mark.long]
DAY = dt.timedelta(days=1)
START = dt.date(2026, 9, 1)
NOW = people.moment(dt.date(2026, 11, 23), 15)
LIST = (
    "客户编号,客户名称,统一社会信用代码,发票号码,开票日期,到期日,价税合计,已付金额,付款日期,是否争议,"
    "争议日期,争议解决日,对账确认日,联系人,联系电话,邮箱,地址,回单结算,月度对账,备注"
)


@dataclass
class Office:
    """A supplier whose invoices come by list, and the people who enter money."""

    supplier: Creditor
    admin: User
    finance: User
    folder: Path

    def invoices(self, *rows: str, at: dt.datetime = NOW, name: str = "list.csv") -> Any:
        """Imports rows of: number, invoice day, due day, amount, paid, day of the payment."""
        lines = [LIST]
        for row in rows:
            number, on, due, amount, paid, paid_on = row.split(",")
            debtor = "K003,试验3号贸易有限公司,91990000000000003E"
            rest = "否,,,,会计,0755-27000003,,,否,否,"
            lines.append(f"{debtor},{number},{on},{due},{amount},{paid},{paid_on},{rest}")
        path = self.folder / name
        path.write_text("\n".join(lines), "utf-8-sig")
        return load.import_file(path, self.supplier, mapping.load("invoice_cn"), self.admin, at=at)

    def bank_file(self, *rows: str, at: dt.datetime = NOW, name: str = "bank.csv") -> Any:
        path = self.folder / name
        path.write_text("\n".join(["流水号,客户号,发票号,还款金额,还款日期", *rows]), "utf-8-sig")
        return receive(path, creditor=self.supplier, actor=self.finance, at=at)

    @property
    def case(self) -> Case:
        return Case.objects.get(creditor=self.supplier)

    def open_by_item(self) -> dict[str, int]:
        rows = ItemSummary.objects.filter(item__creditor=self.supplier)
        return dict(rows.values_list("item__number", "open_minor"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    load_packs()
    house = people.make_house()
    supplier = Creditor.objects.create(
        organisation=house, code="supplier", name="示例供货商", kind="supplier"
    )
    admin = people.make_user("data_admin")
    return Office(supplier, admin, people.make_user("finance"), tmp_path)


def states(report: Any) -> list[tuple[str, list[str]]]:
    return [(one.state, codes(one.why)) for one in report.outcomes]


def codes(problems: Any) -> list[str]:
    return [one.code for one in problems]


# money in hand settles what arrives later


def test_money_in_hand_pays_an_invoice_that_is_imported_later(office: Office) -> None:
    office.invoices("A1,2026-09-01,2026-10-01,300.00,,")
    office.bank_file("B1,K003,,500.00,2026-10-05")
    office.invoices("A2,2026-10-10,2026-11-10,200.00,,", name="later.csv")
    assert office.open_by_item() == {"A1": 0, "A2": 0}
    assert CaseSummary.objects.get(case=office.case).open_items == 0
    part = Allocation.objects.get(item__number="A2")
    assert part.valid_on == dt.date(2026, 10, 10), "paid from the day of the invoice"
    assert facts.differences() == []


def test_money_in_hand_and_the_payment_of_the_list_pay_an_invoice_together(
    office: Office,
) -> None:
    office.invoices("A1,2026-09-01,2026-10-01,300.00,,")
    office.bank_file("B1,K003,,400.00,2026-10-05")
    office.invoices("A2,2026-10-10,2026-11-10,200.00,100.00,2026-11-01", name="later.csv")
    assert office.open_by_item() == {"A1": 0, "A2": 0}
    in_hand = total(Payment.objects.all()) - total(Allocation.objects.all())
    assert in_hand == 0


# the payer's designation


def test_the_invoice_that_a_bank_file_names_gets_the_money_and_the_rest_goes_by_the_order(
    office: Office,
) -> None:
    office.invoices(
        "A1,2026-08-01,2026-09-01,300.00,,",
        "A2,2026-09-01,2026-10-01,200.00,,",
        "A3,2026-10-01,2026-11-01,100.00,,",
    )
    office.bank_file("B1,,A3,150.00,2026-11-05", "B2,,A2,50.00,2026-11-05")
    assert office.open_by_item() == {"A1": 250_00, "A2": 150_00, "A3": 0}


def test_an_invoice_that_the_book_does_not_have_is_said(office: Office) -> None:
    office.invoices("A1,2026-08-01,2026-09-01,300.00,,")
    report = office.bank_file("B1,K003,A9,150.00,2026-11-05")
    assert states(report) == [("posted", ["match.item"])]
    assert office.open_by_item() == {"A1": 150_00}


# the same payment twice


def test_the_same_money_by_bank_file_and_by_list_waits_for_a_person(office: Office) -> None:
    office.invoices("C1,2026-07-05,2026-08-05,10000.00,,", "C2,2026-07-05,2026-09-05,8000.00,,")
    office.bank_file("BANK1,,C1,10000.00,2026-09-10")
    result, checked = office.invoices(
        "C1,2026-07-05,2026-08-05,10000.00,10000.00,2026-09-10",
        "C2,2026-07-05,2026-09-05,8000.00,,",
        name="later.csv",
    )
    assert result.as_dict()["new_payments"] == 0
    assert "payments.wait" in result.problems and checked is not None
    assert office.open_by_item() == {"C1": 0, "C2": 8_000_00}

    row = PaymentRow.objects.get(state="doubtful")
    assert (row.case, row.amount_minor, row.row) == (office.case, 10_000_00, 2)
    assert row.why[0]["params"]["reference"] == "BANK1"
    assert row.why[0]["params"]["place"] == "bank.csv:2"
    later = Placement.objects.order_by("pk").last()
    assert later is not None and row.file.name == later.number

    office.invoices("C1,2026-07-05,2026-08-05,10000.00,10000.00,2026-09-10", name="once more.csv")
    assert PaymentRow.objects.filter(state="doubtful").count() == 1, "asked once, not by each list"
    assert office.bank_file("BANK2,,C2,1.00,2026-09-20", name="next.csv").counts["posted"] == 1
    assert office.open_by_item() == {"C1": 0, "C2": 7_999_00}


def test_the_other_way_round_the_row_of_the_bank_file_waits(office: Office) -> None:
    office.invoices("C1,2026-07-05,2026-08-05,10000.00,4000.00,2026-09-10")
    report = office.bank_file("BANK1,K003,,4000.00,2026-09-10")
    assert states(report) == [("doubtful", ["match.twin"])]
    why = report.outcomes[0].why[0]
    assert Placement.objects.get().number in why.text(), "where the book has it from"


def test_equal_payments_of_different_invoices_are_two(office: Office) -> None:
    office.invoices(
        "C1,2026-07-05,2026-08-05,100.00,,",
        "C2,2026-07-05,2026-09-05,100.00,,",
        "C3,2026-07-05,2026-09-05,100.00,,",
    )
    office.bank_file("B1,,C1,100.00,2026-09-10")
    office.bank_file("B2,,C2,100.00,2026-09-10", name="second.csv")
    office.invoices("C3,2026-07-05,2026-09-05,100.00,100.00,2026-09-10", name="later.csv")
    assert office.open_by_item() == {"C1": 0, "C2": 0, "C3": 0}
    assert not PaymentRow.objects.filter(state="doubtful").exists()


def test_a_list_that_says_another_amount_of_a_known_payment_is_refused_with_both_places(
    office: Office,
) -> None:
    office.invoices("B1,2026-07-05,2026-08-05,10000.00,3000.00,2026-08-20")
    first = Placement.objects.get().number
    _, checked = office.invoices(
        "B1,2026-07-05,2026-08-05,10000.00,3500.00,2026-08-20", name="later.csv"
    )
    assert checked is not None
    (found,) = [one for one in checked.problems() if one.code == "payment.other"]
    assert (found.row, found.column) == (2, "已付金额")
    assert "¥3,000.00" in found.text() and first in found.text()
    assert total(Payment.objects.all()) == 3_000_00

    same, _ = office.invoices(
        "B1,2026-07-05,2026-08-05,10000.00,3000.00,2026-08-20",
        "B2,2026-07-05,2026-08-05,10.00,,",
        name="same.csv",
    )
    assert same.problems == {"file.rows_known": 1}, "the same again is recognised"


def test_a_payment_by_hand_that_is_probably_known_needs_a_word(office: Office) -> None:
    office.invoices("C1,2026-07-05,2026-08-05,10000.00,4000.00,2026-09-10")
    entry = PaymentEntry(
        case_id=office.case.pk,
        amount_minor=4_000_00,
        currency="CNY",
        paid_on=dt.date(2026, 9, 10),
        reference="H1",
    )
    asked = ask.ask_payment(entry, actor=office.finance, at=NOW)
    assert [one.code for one in asked.problems] == ["payment.twin"] and asked.approval is None

    asked = ask.ask_payment(entry, actor=office.finance, at=NOW, is_another=True)
    assert asked.approval is not None
    manager = people.make_user("manager")
    done = decide.decide(asked.approval.pk, grant=True, reason="", actor=manager, at=NOW)
    assert done.decided and total(Payment.objects.all()) == 8_000_00


def test_what_came_by_file_since_it_was_asked_for_is_not_granted_blindly(office: Office) -> None:
    office.invoices("C1,2026-07-05,2026-08-05,10000.00,,")
    entry = PaymentEntry(
        case_id=office.case.pk,
        amount_minor=4_000_00,
        currency="CNY",
        paid_on=dt.date(2026, 9, 10),
        reference="H1",
    )
    asked = ask.ask_payment(entry, actor=office.finance, at=NOW)
    assert asked.approval is not None

    office.bank_file("BANK1,K003,,4000.00,2026-09-10")
    manager = people.make_user("manager")
    done = decide.decide(asked.approval.pk, grant=True, reason="", actor=manager, at=NOW)
    assert [one.code for one in done.problems] == ["payment.twin"] and not done.decided
    assert total(Payment.objects.all()) == 4_000_00


def test_a_waiting_row_with_another_amount_is_not_closed_by_its_reference(office: Office) -> None:
    office.invoices("C1,2026-07-05,2026-08-05,10000.00,,")
    office.bank_file("R1,X9,,500.00,2026-09-10")
    office.bank_file("R1,K003,,400.00,2026-09-10", name="second.csv")
    assert PaymentRow.objects.get(amount_minor=500_00).state == "unmatched"


# the order of entry


def total(found: Any) -> int:
    return found.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def ledger(case: Case, known_at: dt.datetime | None = None) -> list[Any]:
    """What is set against what on every day, told without the database's own numbers."""
    found = []

    for number in range(14):
        on = START + number * DAY
        gone = Q(payment__reversal__valid_on__lte=on)
        rows = Allocation.objects.filter(case=case, valid_on__lte=on)
        if known_at:
            rows = rows.filter(recorded_at__lte=known_at)
            gone &= Q(payment__reversal__recorded_at__lte=known_at)
        said = rows.exclude(gone).values_list(
            "payment__reference", "item__number", "charge__kind", "charge__valid_on"
        )
        sums = said.annotate(sum=Sum("amount_minor")).order_by(
            "payment__reference", "item__number", "charge__kind", "charge__valid_on"
        )
        found.append([(on, *row) for row in sums if row[-1]])
    return found


def check_days(case: Case) -> None:
    """On no day is more paid than was owed on it; nothing is lost; the facts say the same."""
    for number in range(14):
        on = START + number * DAY
        with facts.as_of(on, only=[case.pk]):
            rows = list(ItemSummary.objects.filter(case=case).values_list("pk", "open_minor"))
        stands = Q(reversal=None) | Q(reversal__valid_on__gt=on)
        standing = Payment.objects.filter(stands, case=case, valid_on__lte=on)
        paid = total(Allocation.objects.filter(payment__in=standing, valid_on__lte=on))
        owed = total(Charge.objects.filter(case=case, valid_on__lte=on))
        assert all(open_minor >= 0 for _, open_minor in rows)
        assert owed - paid == sum(open_minor for _, open_minor in rows)
        assert paid == min(owed, total(standing)), "money lies idle beside a debt"


#: item, kind, amount, day
CHARGES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["principal", "interest", "penalty", "fee", "cost"]),
        st.integers(1, 60),
        st.integers(0, 10),
    ),
    min_size=1,
    max_size=5,
)
#: amount, day, named item, days until it is taken back
PAYMENTS = st.lists(
    st.tuples(
        st.integers(1, 100),
        st.integers(0, 10),
        st.none() | st.integers(0, 2),
        st.none() | st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
)


class Entered:
    """The facts of one example, entered one after the other in a given order."""

    def __init__(self, charges: list[Any], payments: list[Any], name: str) -> None:
        self.finance = people.make_user("finance")
        self.case = people.make_case(creditor=people.make_creditor(name), placed_on=START)
        self.items = [people.make_item(self.case, START + n * DAY) for n in range(3)]
        for n, item in enumerate(self.items):
            Item.objects.filter(pk=item.pk).update(number=f"I{n}")
        self.charges = charges
        self.payments = payments
        self.posted: dict[int, int] = {}
        facts.refresh([self.case.pk])

    def enter(self, order: list[tuple[str, int]]) -> list[tuple[dt.datetime, list[Any]]]:
        """Enters all, and gives after each act its moment and the ledger of every day."""
        seen = []
        for nth, (what, number) in enumerate(order):
            at = NOW + nth * dt.timedelta(minutes=1)
            getattr(self, what)(number, at)
            assert unsettled([self.case.pk]) == []
            seen.append((at, ledger(self.case)))
        return seen

    def charge(self, number: int, at: dt.datetime) -> None:
        item, kind, amount, day = self.charges[number]
        found = people.make_charge(self.items[item], kind, amount, on=START + day * DAY)
        Charge.objects.filter(pk=found.pk).update(recorded_at=at)
        settle([self.case.pk], act=self.case.act, at=at)
        facts.refresh([self.case.pk])

    def pay(self, number: int, at: dt.datetime) -> None:
        amount, day, named, _ = self.payments[number]
        chosen = () if named is None else (self.items[named].pk,)

        entry = PaymentEntry(
            case_id=self.case.pk,
            amount_minor=amount,
            currency="CNY",
            paid_on=START + day * DAY,
            reference=f"P{number}",
            chosen=chosen,
        )
        key = post(entry, actor=self.finance, at=at).payment_id
        assert key is not None
        self.posted[number] = key

    def back(self, number: int, at: dt.datetime) -> None:
        _, day, _, late = self.payments[number]
        on = START + (day + late) * DAY
        answer = reverse(self.posted[number], on=on, reason="退票", actor=self.finance, at=at)
        assert answer.reversal is not None


def orders(charges: list[Any], payments: list[Any], random: Any) -> list[tuple[str, int]]:
    """The acts in any order in which a reversal follows its payment."""
    acts = [("charge", n) for n in range(len(charges))]
    acts += [("pay", n) for n in range(len(payments))]
    random.shuffle(acts)
    for n, payment in enumerate(payments):
        if payment[3] is not None:
            after = acts.index(("pay", n)) + 1
            acts.insert(random.randint(after, len(acts)), ("back", n))
    return acts


@settings(
    max_examples=examples(10, 150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CHARGES, PAYMENTS, st.randoms(use_true_random=False))
@example(
    # 100 owed; the payment of day 5 is entered before that of day 2: the case owed 100 between.
    charges=[(0, "principal", 100, 0)],
    payments=[(100, 5, None, None), (100, 2, None, None)],
    random=Random(1),
)
def test_every_order_of_entry_gives_the_same_ledger_on_every_day(
    charges: list[Any], payments: list[Any], random: Any
) -> None:
    """And what was known at an earlier moment stays readable, to the row."""
    with transaction.atomic():
        books = []
        for name in ("one", "two"):
            entered = Entered(charges, payments, name)
            order = orders(charges, payments, random)
            seen = entered.enter(order)
            for at, was in seen:
                assert ledger(entered.case, known_at=at) == was, order
            check_days(entered.case)
            assert facts.differences(only=[entered.case.pk]) == []
            books.append(ledger(entered.case))
        assert books[0] == books[1]
        transaction.set_rollback(True)
