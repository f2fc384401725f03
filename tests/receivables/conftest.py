"""A customer with a monthly statement, invoices of October and November, worked by P5."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Case,
    CaseSummary,
    Item,
    ItemSummary,
    PackBinding,
    PackVersion,
    Statement,
    StatementSummary,
    Task,
)
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.plan import plan
from huikuan.receivables import mail
from huikuan.receivables.act import Entry, Line, Recorded, record
from huikuan.receivables.open_months import open_months
from tests import people

OCTOBER = dt.date(2026, 10, 1)
PLACED = dt.date(2026, 10, 5)
#: The statement of October is made from this day on.
FIRST = dt.date(2026, 11, 1)
#: Where the customer is written to.
MAIL = "caiwu@haichuan.example.com"
DUE = dt.date(2026, 12, 10)
#: The day after the third month after the due day.
LATE = DUE.replace(year=2027, month=3, day=11)


def november(day: int) -> dt.date:
    return dt.date(2026, 11, day)


@dataclass
class Office:
    collector: User
    lead: User
    other_lead: User
    finance: User
    manager: User
    case: Case

    @property
    def items(self) -> list[Item]:
        return list(self.case.items.order_by("number"))

    @property
    def statement(self) -> Statement:
        return Statement.objects.get(month=OCTOBER)

    def facts(self) -> StatementSummary:
        return StatementSummary.objects.get(statement__month=OCTOBER)

    def case_facts(self) -> CaseSummary:
        return CaseSummary.objects.get(pk=self.case.pk)

    def confirmed(self) -> list[dt.date | None]:
        """The days on which the items were confirmed, by number."""
        found = ItemSummary.objects.filter(case=self.case).order_by("item__number")
        return list(found.values_list("confirmed_on", flat=True))

    def open(self, on: dt.date = FIRST) -> int:
        return open_months(on, actor=self.manager, at=people.moment(on, 7))

    def plan(self, on: dt.date) -> None:
        if not PackVersion.objects.exists():
            assert load.load_all(at=people.moment(PLACED)) == []
        plan(on, actor=self.manager, at=people.moment(on, 7), calendar=china())

    def steps(self) -> set[str]:
        """What is to be done about statements."""
        found = Task.objects.filter(status="open", step__subject="statement")
        return set(found.values_list("step__code", flat=True))

    def record(
        self, kind: str, on: dt.date, actor: User, lines: tuple[Line, ...] = (), note: str = ""
    ) -> Recorded:
        if kind == "confirmed":
            note = note or "王会计盖章件"
        entry = Entry(kind, on, note, lines)
        return record(self.statement.pk, entry, actor=actor, at=people.moment(on, 10))

    def send(self) -> None:
        """The statement of October is with the customer."""
        for kind, day, actor in (
            ("submitted", 3, self.collector),
            ("checked", 4, self.lead),
            ("sent", 5, self.lead),
        ):
            assert self.record(kind, november(day), actor).problems == ()


@made_once
def office(db: None) -> Office:
    people.make_house(callback_phone="021-5555 0100")
    supplier = people.make_creditor("supplier", kind="supplier", pay_to="招商银行 1234")
    PackBinding.objects.create(
        creditor=supplier, product="b2b", pack="b2b_receivables", from_on=dt.date(2020, 1, 1)
    )
    team = people.make_team("receivables")
    collector = people.make_user("collector", team=team)
    case = people.make_case(
        people.make_person(supplier, kind="company", name="宁波海川商贸有限公司"),
        product="b2b",
        placed_on=PLACED,
        items=[(DUE, 10_000), (DUE, 20_000)],
        statement_cycle=True,
        collector=collector,
    )
    people.make_item(case, DUE, 30_000, on=november(9))
    for number, item in enumerate(case.items.order_by("pk"), 1):
        item.number = f"INV-{number}"
        item.save(update_fields=["number"])
    people.make_point(case, kind="phone", place="work")
    people.make_point(case, kind="email", value=MAIL, holder="李会计")
    facts.refresh([case.pk])

    lead = people.make_user("team_lead", team=team)
    other_lead = people.make_user("team_lead", team=team)
    finance = people.make_user("finance")
    return Office(collector, lead, other_lead, finance, people.make_user("manager"), case)


def count_mails(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The mails that are put into words from now on, in a list that grows."""
    put_into_words = mail.ready
    written: list[Any] = []

    def ready(*given: Any, **named: Any) -> Any:
        written.append(put_into_words(*given, **named))
        return written[-1]

    monkeypatch.setattr(mail, "ready", ready)
    return written


@made_once
def late(office: Office) -> Office:
    """Two confirmed items are more than three months late; the day is planned."""
    office.open()
    office.plan(FIRST)
    office.send()
    office.record("confirmed", november(18), office.collector)
    office.plan(LATE)
    return office


@made_once
def proprietor(late: Office) -> User:
    return people.make_user("proprietor")
