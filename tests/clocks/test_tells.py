"""Whoever records an event or a hold tells the clocks: worked out anew, nothing would change.

A procedure of its own has a clock for every event of a case and of a statement, so that no verb
that forgets to tell goes unnoticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from huikuan.allocation.returns import recall_cases, return_cases
from huikuan.casebook.models import Case, Clock
from huikuan.clocks.refresh import catch_up
from huikuan.engine.moments import CASE, STATEMENT, TIMED, Timed
from huikuan.holds.end import end
from huikuan.holds.entry import HoldEntry
from huikuan.holds.place import place
from huikuan.ops.made_once import made_once
from huikuan.planning.event import EventEntry, event
from huikuan.receivables.act import Entry, record
from huikuan.receivables.open_months import of_month
from tests import people
from tests.clocks.conftest import ON, at, make_case_of_pack, put_in_force

LATER = ON + dt.timedelta(2)
MONTH = dt.date(2026, 10, 1)


def clocks_of(timed: Timed, start: str) -> str:
    """A clock from the start to each other event of the subject, that a complaint pauses."""
    return "".join(
        f"""
  - id: {timed.name}_{event.name}
    title: {{zh: {event.name}, en: {event.name}}}
    source: own
    per: {timed.name}
    starts: {start}
    stops: {event.name}
    within: {{days: 3}}
    role: collector
    pauses: complaint"""
        for event in timed.events
        if event.name != start
    )


@made_once
def case(house) -> Case:
    listed = clocks_of(CASE, "placed") + clocks_of(STATEMENT, "placed")
    put_in_force(f"clocks:{listed}\n")
    return make_case_of_pack()


@made_once
def manager(house):
    return people.make_user("manager", house)


def _told(case: Case, manager) -> None:
    assert event(case.pk, EventEntry("told", ON), actor=manager, at=at(10)).event


def _visit_asked(case: Case, manager) -> None:
    assert event(case.pk, EventEntry("visit_asked", ON), actor=manager, at=at(10)).event


def _closed(case: Case, manager) -> None:
    assert event(case.pk, EventEntry("closed", ON, reason="和解"), actor=manager, at=at(10)).event


def _returned(case: Case, manager) -> None:
    assert return_cases([case.pk], manager, on=ON, at=at(10))


def _recalled(case: Case, manager) -> None:
    assert recall_cases([case.pk], manager, on=ON, at=at(10))


def _held(case: Case, manager) -> None:
    entry = HoldEntry("complaint", "case", ON, "投诉")
    assert place(case.pk, entry, actor=manager, at=at(10)).hold


def _held_and_released(case: Case, manager) -> None:
    entry = HoldEntry("complaint", "person", ON, "投诉")
    hold = place(case.pk, entry, actor=manager, at=at(10)).hold
    assert hold is not None
    assert end(hold.pk, on=LATER, reason="已答复", actor=manager, at=at(15, days=2)).hold


def _statement_opened(case: Case, manager) -> None:
    of_month(case, MONTH, people.make_act(case.organisation, at(10)), at(10))


def _statement_submitted(case: Case, manager) -> None:
    month = of_month(case, MONTH, people.make_act(case.organisation, at(10)), at(10))
    assert record(month.pk, Entry("submitted", ON), actor=manager, at=at(11)).problems == ()


VERBS = [
    _told,
    _visit_asked,
    _closed,
    _returned,
    _recalled,
    _held,
    _held_and_released,
    _statement_opened,
    _statement_submitted,
]


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_tells_the_clocks(case: Case, manager, verb: Callable[..., None]) -> None:
    before = rows()
    verb(case, manager)
    told = rows()
    assert told != before, "it changes what a clock says"
    catch_up(at=at(20, days=2))
    assert rows() == told


def rows() -> list[dict[str, object]]:
    return list(Clock.objects.order_by("pk").values())


def test_every_subject_with_events_is_one_of_the_registry() -> None:
    kinds = ["placement", "case", "statement", "complaint", "complaint_department", "look_up"]
    assert list(TIMED) == kinds
