"""P1 from the first call to the fourth collection, on screen: each day is planned, the collector works it with the keyboard,
and what was learned decides what the next days ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from huikuan.casebook import facts
from huikuan.casebook.models import Case, ContactPoint, ContactRecord, PackBinding, Promise, Task
from huikuan.lib.calendar import china
from huikuan.payments.post import PaymentEntry, post
from huikuan.payments.reverse import reverse
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.plan import plan
from tests import people
from tests.site import DESK, tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACED = people.PLACED_ON
OWED = 1_184_500


@dataclass
class Office:
    """One collector, one case, and the clock of everybody."""

    case: Case
    phone: ContactPoint
    collector: User
    lead: User
    finance: User
    clock: list[dt.datetime]

    def begin(self, day: int) -> dt.date:
        """The morning of the nth day after the placement: the day is planned, it is ten o'clock."""
        on = PLACED + dt.timedelta(day)
        self.clock[0] = people.moment(on, 10)
        plan(on, actor=self.lead, at=people.moment(on, 7), calendar=china())
        return on

    def asked(self) -> set[str]:
        """Steps whose tasks are open."""
        return set(
            Task.objects.filter(case=self.case, status=Task.Status.OPEN).values_list(
                "step__code", flat=True
            )
        )


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    clock = [people.moment(PLACED, 9)]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    assert load.load_all(at=clock[0]) == []
    house, team = people.make_house(), people.make_team()
    creditor = people.make_creditor()
    PackBinding.objects.create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2020, 1, 1)
    )
    collector = people.make_user("collector", house, team=team)
    person = people.make_person(creditor, name="张试验", key="story", born_on=dt.date(1905, 5, 4))
    case = people.make_case(person, items=[(PLACED - dt.timedelta(40), OWED)], collector=collector)
    known = PLACED - dt.timedelta(1)
    phone = people.make_point(case, on=known)
    people.make_point(case, kind="address", on=known)
    facts.refresh([case.pk])
    lead, finance = (
        people.make_user("team_lead", house, team=team),
        people.make_user("finance", house),
    )
    return Office(case, phone, collector, lead, finance, clock)


class Desk:
    """The collector at the screen."""

    def __init__(self, page: Any, office: Office) -> None:
        self.page, self.office = page, office

    def dial(self) -> None:
        """From my day with n to the case, with c to the call, with d to the line."""
        self.page.goto("/work/")
        self.page.keyboard.press("n")
        self.page.wait_for_url("**/cases/**")
        self.page.keyboard.press("c")
        self.page.wait_for_url("**/calls/**")
        self.page.keyboard.press("d")
        self.page.wait_for_selector("[data-decision]", state="attached")

    def nobody(self, outcome: str = "no_answer") -> None:
        self.dial()
        self._answered("nobody")
        self._outcome(outcome)
        self.save()

    def debtor(self, outcome: str, *, note: str, **fields: str) -> None:
        """The debtor answers, states name and birth date, and the talk ends with this outcome."""
        self.dial()
        self._answered("debtor")
        self.page.keyboard.press("v")
        self._outcome(outcome)
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]:enabled")
            (field.select_option if name in ("reason_code", "willingness") else field.fill)(value)
        self.page.fill("#note", note)
        self.save()

    def _answered(self, who: str) -> None:
        self.page.keyboard.press(self.page.locator(f"#who-{who}").get_attribute("data-key"))

    def _outcome(self, code: str) -> None:
        chosen = self.page.locator(f"fieldset:not([hidden]) input[name=outcome][value={code}]")
        self.page.keyboard.press(chosen.get_attribute("data-key"))
        assert chosen.is_checked()

    def save(self) -> None:
        before = ContactRecord.objects.count()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_selector("[data-saved], [data-problems] li, .hk-field-bad")
        assert not self.page.locator(
            "[data-problems] li, .hk-field-bad .errorlist"
        ).all_inner_texts()
        assert ContactRecord.objects.count() == before + 1


@pytest.fixture
def sit_down(browser: Any, live_server: Any, office: Office) -> Iterator[Any]:
    """The collector signs in in the morning; sessions do not last over the night."""
    opened: list[Any] = []

    def morning(day: int) -> Desk:
        office.begin(day)
        while opened:
            opened.pop().__exit__(None, None, None)
        context = tab(browser, live_server.url, office.collector, "zh", DESK)
        opened.append(context)
        page = context.__enter__().page
        page.clock.set_system_time(office.clock[0])
        page.set_default_timeout(20_000)
        return Desk(page, office)

    yield morning
    while opened:
        opened.pop().__exit__(None, None, None)


def test_from_the_first_call_to_the_fourth_collection(office, sit_down):
    # first collection, within two days of the placement
    desk = sit_down(0)
    assert {"first_call", "review_sheet"} <= office.asked()
    desk.nobody()
    desk = sit_down(1)
    assert {"first_call_again", "notice_letter"} <= office.asked()
    two_days_on = (PLACED + dt.timedelta(3)).isoformat()
    desk.debtor(
        "next_contact", note="本人接听，称需与家人商量。", next_on=two_days_on, next_at="10:00",
        reason_code="hardship", willingness="wavering",
    )  # fmt: skip
    # second collection: at the time agreed, with a promise
    sit_down(2)
    assert not office.asked() & {"first_call", "first_call_again", "next_contact"}
    desk = sit_down(3)
    assert "next_contact" in office.asked()
    _promise(desk, 6)
    sit_down(4)
    assert "promise_remind" in office.asked()
    desk = sit_down(6)
    assert "promise_check" in office.asked()
    desk.nobody()
    # not kept: followed up the next day, then the third collection
    desk = sit_down(7)
    assert "promise_check_next_day" in office.asked()
    _promise(desk, 9, "promise_broken")
    sit_down(8)
    assert "promise_remind_call" in office.asked()
    sit_down(9)
    assert "promise_check" in office.asked()
    desk = sit_down(11)
    # broken again: the fourth collection, and the letters become more formal
    assert "fourth_call" in office.asked()
    sit_down(12)
    assert "lawyers_letter" in office.asked()
    assert Promise.objects.filter(case=office.case).count() == 2
    assert office.case.contacts.filter(override_reason="").count() == office.case.contacts.count()


def test_a_promise_is_kept_in_part_broken_or_kept_by_the_money_alone(office, sit_down):
    desk = sit_down(1)
    _promise(desk, 3)
    assert _shown_under(desk, "week")
    office.begin(3)
    part = _pay(office, 400_000)
    desk = sit_down(4)
    assert _shown_under(desk, "part")
    rest = _pay(office, OWED - 400_000, on=PLACED + dt.timedelta(3))
    assert _shown_under(desk, "kept")
    assert not _shown_under(desk, "part")
    for payment in (rest, part):
        _take_back(office, payment)
    assert _shown_under(desk, "broken")
    assert not _shown_under(desk, "kept")


def _pay(office: Office, amount: int, on: dt.date | None = None) -> int:
    at = office.clock[0]
    entry = PaymentEntry(
        case_id=office.case.pk, amount_minor=amount, currency="CNY", paid_on=on or at.astimezone(people.SHANGHAI).date(),
        reference=f"R{amount}",
    )  # fmt: skip
    posted = post(entry, actor=office.finance, at=at)
    assert posted.payment_id is not None, posted.problems
    return posted.payment_id


def _take_back(office: Office, payment: int) -> None:
    on = office.clock[0].astimezone(people.SHANGHAI).date()
    assert reverse(payment, on=on, reason="退票", actor=office.finance, at=office.clock[0]).reversal


def _shown_under(desk: Desk, tab: str) -> bool:
    desk.page.goto(f"/promises/?tab={tab}")
    return desk.page.locator("main").get_by_text(desk.office.case.number).count() > 0


def _promise(desk: Desk, day: int, outcome: str = "promised") -> None:
    due = (PLACED + dt.timedelta(day)).isoformat()
    desk.debtor(
        outcome, note="本人承诺还款，已复述日期和金额。", promise_amount="11845.00", promise_on=due,
        reason_code="hardship", willingness="willing",
    )  # fmt: skip
