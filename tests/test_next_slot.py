"""After nobody answered the form proposes the next slot, and it is kept as the next contact."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.utils import timezone

from huikuan.calls import times
from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.calls.tests.conftest import procedures as procedures
from huikuan.casebook import facts
from huikuan.casebook.models import Agreement, ContactRecord
from huikuan.gate.earliest import Hours, Window
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.planning.agreed import agreed_minutes, agreed_of
from tests import people

SLOT = re.compile(r'data-retry-slot\s+data-next-on="([\d-]+)"\s+data-next-at="([\d:]+)"')
CALENDAR = china()


def ordinary_day(first: dt.date) -> dt.date:
    """The first day from this one on that is, like the next one, worked and no end of a month."""
    day = first
    while not (is_ordinary(day) and is_ordinary(day + DAY)):
        day += DAY
    return day


def is_ordinary(day: dt.date) -> bool:
    return CALENDAR.is_working_day(day) and (day + 3 * DAY).month == day.month


TODAY = ordinary_day(timezone.now().astimezone(people.SHANGHAI).date())


@made_once
def consumer(procedures: None, db: None) -> Room:
    return without_agreed_hours(make_room())


@made_once
def company(procedures: None, db: None) -> Room:
    return without_agreed_hours(
        make_room("b2b_receivables", "company", name="欧阳机电有限公司", code="house-2")
    )


def without_agreed_hours(room: Room) -> Room:
    Agreement.objects.filter(case=room.case).delete()
    facts.refresh([room.case.pk])
    return room


def at(text: str, on: dt.date = TODAY) -> dt.datetime:
    return dt.datetime.combine(on, dt.time.fromisoformat(text), people.SHANGHAI)


def proposed(room: Room, text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str] | None:
    """(days from the day, time) that the call page proposes at this time of the day."""
    # The page's clock alone: whoever signed in today is still signed in.
    monkeypatch.setattr("huikuan.calls.views.timezone", SimpleNamespace(now=lambda: at(text)))
    found = SLOT.search(room.client.get(room.address("call")).content.decode())
    if found is None:
        return None
    return (dt.date.fromisoformat(found[1]) - TODAY).days, found[2]


def test_the_next_slot_is_another_part_of_the_next_day(
    consumer: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proposed(consumer, "10:00", monkeypatch) == (1, "18:30")
    assert proposed(consumer, "19:00", monkeypatch) == (1, "14:00")
    assert proposed(consumer, "15:00", monkeypatch) == (1, "09:00")


def test_a_company_is_tried_in_the_other_half_of_the_day(
    company: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proposed(company, "10:00", monkeypatch) == (0, "14:00")
    assert proposed(company, "15:00", monkeypatch) == (1, "08:30")


def test_only_our_calls_that_reached_nobody_are_tries(company: Room) -> None:
    case = company.case
    today = company.today
    people.make_contact(case, today, hour=9, minute=5)
    people.make_contact(case, today, hour=14, minute=20)
    people.make_contact(case, today, hour=10, connected=True, answered="debtor")
    people.make_contact(case, today, hour=11, channel="sms")
    people.make_contact(case, today, hour=12, inbound=True)
    people.make_contact(case, today - DAY, hour=13)
    assert times._tries_of_today(case, today) == [9 * 60 + 5, 14 * 60 + 20]


def test_hours_that_the_debtor_agreed_to_or_a_rule_forbids_are_kept(
    company: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is proposed at which the gate would refuse."""
    late = Hours(((Window(15 * 60, 16 * 60), None),))
    monkeypatch.setattr("huikuan.gate.ask._hours", lambda *_given: late)
    assert proposed(company, "10:00", monkeypatch) == (0, "15:00")


def test_an_hour_agreed_with_somebody_else_is_not_proposed(
    company: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = people.make_case(
        people.make_person(company.case.creditor, name="甲", kind="company"),
        collector=company.collector,
        items=[(TODAY - 9 * DAY, 100)],
    )
    people.make_contact(
        other,
        company.today,
        connected=True,
        answered="debtor",
        next_contact_on=TODAY,
        next_contact_minute=14 * 60,
    )
    facts.refresh([other.pk])

    assert proposed(company, "10:00", monkeypatch) == (0, "14:10")


def test_the_slot_is_kept_as_the_next_contact_and_shown_on_the_list(
    procedures: None, db: None
) -> None:
    """A failed try keeps the case in view with its slot: above the list, and on the case's page."""
    room = make_room()
    tomorrow = room.today + DAY
    form = {"request_key": "page-1", "answered": "nobody", "outcome": "no_answer"}
    slot = {"next_on": str(tomorrow), "next_at": "18:30"}
    saved = room.save(form | slot | {"decision": room.decision()})
    assert saved.status_code == 200, saved.content.decode()
    contact = ContactRecord.objects.get(case=room.case, outcome="no_answer")
    assert (contact.next_contact_on, contact.next_contact_minute) == (tomorrow, 18 * 60 + 30)

    assert agreed_minutes([room.case.pk], tomorrow) == {room.case.pk: 18 * 60 + 30}
    assert [each.number for each in agreed_of(room.collector, tomorrow)] == [room.case.number]
    page = room.client.get(f"/cases/{room.case.number}/").content.decode()
    assert "明天 18:30" in page.split("data-agreed")[1][:400]


def test_a_later_call_ends_what_was_agreed_and_a_message_does_not(consumer: Room) -> None:
    case = consumer.case
    tomorrow = consumer.today + DAY
    agreed = {"next_contact_on": tomorrow, "next_contact_minute": 600}
    people.make_contact(case, consumer.today, connected=True, answered="debtor", **agreed)
    people.make_contact(case, consumer.today, channel="sms", connected=True, hour=11)
    facts.refresh([case.pk])
    assert agreed_minutes([case.pk], tomorrow) == {case.pk: 600}

    people.make_contact(case, consumer.today, hour=12)
    assert agreed_minutes([case.pk], tomorrow) == {}
    assert agreed_of(consumer.collector, tomorrow) == []
