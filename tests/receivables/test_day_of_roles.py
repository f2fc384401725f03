"""My day of who works receivables: own work first, what is overdue beside what is owed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts
from huikuan.casebook.models import Task
from huikuan.people.models import Organisation, User
from huikuan.planning import done
from huikuan.planning.worklist import Filters, worklist
from huikuan.receivables.act import choices
from huikuan.reports.so_far import my_day
from tests import people
from tests.receivables.conftest import FIRST, Office, november

#: INV-1 and INV-2, of 300.00, are overdue; INV-7, of 500.00, is not.
DAY = dt.date(2026, 12, 14)


@pytest.fixture
def december(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """October is confirmed and its invoice to be sent; one item falls due in the new year."""
    monkeypatch.setattr(timezone, "now", lambda: people.moment(DAY, 10))
    people.make_item(office.case, dt.date(2027, 1, 20), 50_000, on=november(20))
    facts.refresh([office.case.pk])
    office.open()
    office.plan(FIRST)
    office.send()
    office.record("confirmed", november(18), office.collector)
    office.record("invoice_data", november(19), office.collector)
    office.plan(DAY)
    return office


def page(user: User, name: str, *args: str) -> str:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


def test_list_and_case_show_what_is_overdue_beside_what_is_owed(december: Office) -> None:
    row = worklist(december.collector, DAY, Filters()).rows[0]
    assert (row.balance_minor, row.overdue_minor) == (110_000, 60_000)
    for text in (
        page(december.collector, "worklist"),
        page(december.collector, "case", december.case.number),
    ):
        assert "逾期金额" in text and "600.00" in text and "1,100.00" in text


def test_the_day_of_finance_is_the_work_of_finance(december: Office) -> None:
    """Not the chase of the collectors; and done is what this person did."""
    steps = [row.first.id for row in worklist(december.finance, DAY, Filters()).rows]
    assert steps == ["month_invoice"]
    figures = my_day(december.finance, DAY).figures.numbers
    assert (figures["open"], figures["done"]) == (1, 0)

    task = Task.objects.get(status="open", step__code="month_invoice")
    at = people.moment(DAY, 10)
    assert not done.done(task.pk, text="电子发票已发邮箱", actor=december.finance, at=at).problems
    for user, count in ((december.finance, 1), (people.make_user("finance"), 0)):
        figures = my_day(user, DAY).figures.numbers
        assert (figures["open"], figures["done"]) == (0, count)


def test_a_house_with_one_creditor_reads_its_name_in_no_row(december: Office) -> None:
    """An own house gives no case back either."""
    name = december.case.creditor.name
    assert name not in page(december.collector, "worklist")
    assert "退案" in page(december.collector, "worklist")
    Organisation.objects.update(name=name)
    assert "退案" not in page(User.objects.get(pk=december.collector.pk), "worklist")

    people.make_creditor("second", december.collector.organisation)
    assert name in page(User.objects.get(pk=december.lead.pk), "worklist")


def test_only_a_step_of_ones_own_has_a_button(december: Office) -> None:
    """The invoice is finance's: its row stands on the case page of a collector without one."""
    address = reverse("receivables:statement", args=[december.statement.pk])
    assert f'href="{address}"' in page(december.finance, "case", december.case.number)
    assert f'href="{address}"' not in page(december.collector, "case", december.case.number)


def test_receipts_are_asked_of_who_settles_by_them(december: Office) -> None:
    statement = december.statement
    assert "receipts" not in dict(choices(statement, december.collector, DAY))
    statement.case.settles_by_receipts = True
    assert "receipts" in dict(choices(statement, december.collector, DAY))


def test_a_promise_offers_the_whole_and_what_may_be_demanded(december: Office) -> None:
    """A disputed item is overdue and may not be demanded."""
    disputed = december.case.items.get(number="INV-1")
    people.make_hold(december.case, DAY, "dispute", "item", item=disputed)
    facts.refresh([december.case.pk])
    phone = december.case.person.points.get(kind="phone")
    text = page(december.collector, "calls:call", december.case.number, str(phone.pk))
    for words in ("全额 ¥1,100.00", "逾期金额 ¥600.00", "可催金额 ¥200.00"):
        assert words in text
