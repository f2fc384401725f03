"""What the form suggests for the next contact: only what the gate and the procedure allow."""

from __future__ import annotations

import datetime as dt

from tests import people

from huikuan.calls import quick
from huikuan.calls.tests.call import DAY, Room, make_room
from huikuan.casebook import facts
from huikuan.casebook.models import Agreement
from huikuan.gate.earliest import Hours, Window
from huikuan.ops.made_once import made_once

TODAY = dt.date(2026, 3, 11)
NO_RULE = Hours()


def at(hour: int) -> dt.datetime:
    return dt.datetime.combine(TODAY, dt.time(hour), people.SHANGHAI)


def from_to(opens: int, closes: int) -> Hours:
    """Full hours of the day."""
    return Hours(((Window(opens * 60, closes * 60), None),))


def suggested(now: dt.datetime, hours: Hours, last: dt.date | None = None) -> list[tuple[int, str]]:
    """(days from today, time)."""
    return [((day - TODAY).days, time) for _, day, time in quick.times(now, hours, last)]


def test_without_rules_everything_is_suggested() -> None:
    assert suggested(at(10), NO_RULE) == [
        (0, "12:00"),
        (1, "10:00"),
        (1, "14:00"),
        (1, "19:00"),
        (2, "10:00"),
        (3, "10:00"),
    ]


def test_nothing_is_suggested_after_closing() -> None:
    assert (1, "19:00") in suggested(at(10), from_to(8, 21))
    assert (1, "19:00") not in suggested(at(10), from_to(9, 18))
    assert (0, "17:00") in suggested(at(15), from_to(9, 18))
    assert (0, "18:00") not in suggested(at(16), from_to(9, 18))


def test_nothing_is_suggested_before_opening() -> None:
    assert (1, "08:00") in suggested(at(8), from_to(8, 21))
    assert (1, "08:00") not in suggested(at(8), from_to(9, 18))


def test_nothing_is_suggested_later_than_the_procedure_allows() -> None:
    assert max(suggested(at(10), NO_RULE, TODAY + 2 * DAY))[0] == 2


@made_once
def rooms(procedures: None, db: None) -> tuple[Room, Room]:
    """A consumer and a company, with no hours agreed."""
    consumer = make_room()
    company = make_room("b2b_receivables", "company", name="欧阳机电有限公司", code="house-2")
    for room in (consumer, company):
        Agreement.objects.filter(case=room.case).delete()
        facts.refresh([room.case.pk])
    return consumer, company


def test_a_company_is_not_called_in_the_evening_and_its_next_contact_may_be_far(
    rooms: tuple[Room, Room],
) -> None:
    consumer, company = (room.client.get(room.address("call")).content.decode() for room in rooms)
    assert 'data-next-at="19:00"' in consumer
    assert 'data-next-at="19:00"' not in company
    last = rooms[0].today + 3 * DAY
    assert f'max="{last}"' in consumer
    assert 'id="next_on"' in company
    assert f'max="{last}"' not in company
