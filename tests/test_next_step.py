"""Every open case shows its next step and day, and what is agreed for the day is seen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Task
from huikuan.desk import clock
from huikuan.desk.next_step import FAR_DAYS, agreed_next, next_step
from huikuan.engine.times import Moment
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.planning.plan import plan
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ONE = dt.timedelta(days=1)


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


@made_once
def tried(book: Book) -> Case:
    """A case that was called today in vain: nothing more is to be done for it today."""
    placed = book.today - ONE
    person = people.make_person(book.case.creditor, name="陈丙")
    items = [(placed - 40 * ONE, 500_000)]
    case = people.make_case(person, placed_on=placed, collector=book.collector, items=items)
    people.make_point(case)

    agreed = {"next_contact_on": book.today + ONE, "next_contact_minute": 18 * 60 + 30}
    people.make_contact(case, book.today, connected=False, **agreed)
    facts.refresh([case.pk])

    plan(book.today, actor=book.manager, at=clock.now(), calendar=china())
    Task.objects.filter(case=case, status="open").update(status="done", status_on=book.today)
    case.summary.refresh_from_db()
    return case


def page(book: Book, address: str) -> str:
    client = Client()
    client.force_login(book.collector)
    return client.get(address).content.decode()


def test_a_case_with_nothing_to_do_shows_its_next_step_and_day(book: Book, tried: Case) -> None:
    tomorrow = book.today + ONE
    found = next_step(tried, book.today, [])
    assert "next_contact" in [later.detail.id for later in found]
    assert {later.on for later in found} == {tomorrow}

    shown = page(book, reverse("case", args=[tried.number]))
    listed = shown.split('class="hk-later"')[1].split("</ul>")[0]
    assert f"{tomorrow:%m-%d}" in listed
    assert "按约定时间再次联系" in listed
    assert "明天 18:30" in shown


def test_where_something_is_to_be_done_that_is_the_next_step(book: Book, tried: Case) -> None:
    assert next_step(tried, book.today, ["a task"]) == []


def test_a_closed_case_has_no_next_step(book: Book, tried: Case) -> None:
    tried.summary.is_open = False
    assert next_step(tried, book.today, []) == []


def test_of_a_day_that_is_not_planned_nothing_is_said(book: Book, tried: Case) -> None:
    assert next_step(tried, book.today + ONE, []) == []


def test_the_look_ahead_ends(book: Book, tried: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dt.date] = []
    monkeypatch.setattr(
        "huikuan.planning.one_case.demands", lambda _case, on: asked.append(on) or []
    )
    assert next_step(tried, book.today, []) == []
    assert asked == [book.today + number * ONE for number in range(1, FAR_DAYS + 1)]


def test_what_is_agreed_for_a_day_that_is_over_is_not_shown(book: Book, tried: Case) -> None:
    tomorrow = book.today + ONE
    assert agreed_next(tried, tomorrow) == Moment(tomorrow, 18 * 60 + 30)
    assert agreed_next(tried, tomorrow + ONE) is None


def test_todays_appointments_stand_above_the_list(
    book: Book, tried: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another colour tells that the minute is past."""

    def above(text: str) -> str:
        at = dt.datetime.combine(book.today + ONE, dt.time.fromisoformat(text), people.SHANGHAI)
        monkeypatch.setattr(clock, "now", lambda: at)
        shown = page(book, reverse("worklist"))
        return shown.split('aria-label="今日约定联系"')[1].split("</ul>")[0]

    assert "18:30" in above("10:00")
    assert "hk-teal" in above("18:30")
    assert "hk-warn" in above("18:31")


def test_tomorrows_appointments_stand_under_tomorrow(book: Book, tried: Case) -> None:
    shown = page(book, reverse("worklist") + "?queue=tomorrow")
    row = shown.split(f"{tried.number}</a>")[1].split("</tr>")[0]
    assert "约定联系" in row and "18:30" in row
