"""A day of the agency rules, minute by minute: each breach stands at its minute, and once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from huikuan.casebook import facts
from huikuan.casebook.models import Act, Breach, Notice, Placement, PlacementEvent
from huikuan.casebook.placement_events import happened
from huikuan.clocks.extend import extend
from huikuan.clocks.refresh import refresh
from huikuan.clocks.watch import record_breaches
from huikuan.intake.arrive import arrive
from huikuan.look_ups.ask import LookUpEntry, ask
from huikuan.ops.made_once import made_once
from huikuan.planning import load
from tests import people
from tests.clocks.conftest import ON, at

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
ActOf = Callable[[dt.datetime], None]


@made_once
def book(db: None):
    """Three batches, a look-up; the procedure as it ships. No plan of the day is ever made."""
    load.load_all(at=at(0))
    house = people.make_house()
    bank = people.make_creditor("bank", house)
    fetcher = people.make_user("supply_chain", house)
    collector = people.make_user("collector", house)
    case = people.make_case(creditor=bank, placed_on=ON, items=[(ON, 100)], collector=collector)
    facts.refresh([case.pk])

    def arrives(name: str) -> ActOf:
        return lambda now: arrive(bank, "card_cn", name, fetcher, at=now) and None

    def event(name: str, kind: str) -> ActOf:
        def write(now: dt.datetime) -> None:
            placement = Placement.objects.get(file_name=name)
            act: Act = people.make_act(house, now)
            happened(placement, PlacementEvent.Kind(kind), act=act, at=now)
            refresh({"placement": [placement.pk]}, by=act, at=now)

        return write

    def extends(name: str) -> ActOf:
        def give(now: dt.datetime) -> None:
            from huikuan.casebook.models import Clock

            placement = Placement.objects.get(file_name=name)
            clock = Clock.objects.get(kind="fetched", subject_id=placement.pk)
            extend(clock.pk, reason="渠道故障", actor=fetcher, at=now)

        return give

    def asks(now: dt.datetime) -> None:
        entry = LookUpEntry("register", "court", "调查令", "某行", "户籍地址")
        assert ask(case.number, entry, actor=collector, at=now).done

    return {
        # never fetched: missed at 10:00
        at(9): [arrives("a.csv")],
        # a reason in time: 09:10 to 12:10, fetched at 12:00; told to import, never imported
        at(9, 10): [arrives("b.csv")],
        at(9, 40): [extends("b.csv")],
        at(12): [event("b.csv", "fetched"), event("b.csv", "import_told")],
        # a reason that comes too late: missed at 10:20
        at(9, 20): [arrives("c.csv")],
        at(10, 21): [extends("c.csv")],
        # the lead is told in the afternoon, and the day ends without an allocation
        at(16): [event("c.csv", "lead_told")],
        # a request of the evening ends with its day
        at(22, 30): [asks],
    }


#: What is missed, at which moment; recorded in the minute after it.
MISSED = {
    ("fetched", "a.csv"): at(10),
    ("fetched", "c.csv"): at(10, 20),
    ("imported", "b.csv"): at(13),
    ("allocated", "c.csv"): at(0, days=1),
    ("look_up_submitted", ""): at(0, days=1),
}


def live_through(book, *, dead: range = range(0)) -> None:
    """The day from eight to a quarter past midnight. In the minutes `dead` the worker is down."""
    start = at(8)
    for number in range((16 * 60) + 15):
        now = start + number * MINUTE
        for act in book.get(now, ()):
            act(now)
        if number not in dead:
            record_breaches(now)


def recorded() -> dict[tuple[str, str], tuple[dt.datetime, dt.datetime]]:
    """Which deadline of which file → the moment that was missed, and that of its recording."""
    names = dict(Placement.objects.values_list("pk", "file_name"))
    found = {}
    for breach in Breach.objects.select_related("clock"):
        name = names.get(breach.clock.subject_id, "")
        if breach.clock.subject_kind != "placement":
            name = ""
        assert (breach.clock.kind, name) not in found, "once"
        found[breach.clock.kind, name] = (breach.due_at, breach.recorded_at)
    return found


def test_every_breach_stands_at_its_minute(book) -> None:
    live_through(book)
    assert recorded() == {key: (due, due + MINUTE) for key, due in MISSED.items()}
    assert Notice.objects.filter(kind="breach").exists()


def test_also_after_the_worker_was_dead_for_an_hour(book) -> None:
    """From 09:50 to 10:50: what was missed meanwhile keeps its own moment."""
    dead = range(110, 170)
    live_through(book, dead=dead)
    found = recorded()
    assert {key: due for key, (due, _at) in found.items()} == MISSED
    back = at(10, 50)
    for key, (due, recorded_at) in found.items():
        assert recorded_at == max(back, due + MINUTE), key
