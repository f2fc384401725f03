"""A batch of three cases, allocated to one collector; the shipped agency rules are in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Placement, PlacementEvent
from huikuan.casebook.placement_events import happened
from huikuan.clocks.refresh import refresh
from huikuan.ops.made_once import made_once
from huikuan.people.models import Organisation, User
from tests import people
from tests.agency import load_all

#: A Monday.
ON = dt.date(2026, 11, 23)
FIELDS = (
    "name",
    "identity",
    "born",
    "region",
    "product",
    "placed",
    "accounts",
    "amounts",
    "due",
    "phones",
    "addresses",
    "others",
    "details",
)
ALL_READ = dict.fromkeys(FIELDS, "read")


def at(hour: int, minute: int = 0, *, days: int = 0) -> dt.datetime:
    """A moment of the Monday, or so many days later."""
    return people.moment(ON + dt.timedelta(days=days), hour) + dt.timedelta(minutes=minute)


@dataclass
class Office:
    house: Organisation
    collector: User
    lead: User
    placement: Placement
    cases: list[Case]


@made_once
def office(db: None) -> Office:
    load_all(at=at(0))
    house = people.make_house()
    team = people.make_team(house=house)
    collector = people.make_user("collector", house, team=team)
    lead = people.make_user("team_lead", house, team=team)
    bank = people.make_creditor("bank", house)
    placement = make_batch(bank, "BANK-20261123-1")

    cases = [
        people.make_case(
            creditor=bank,
            placed_on=ON,
            items=[(ON, 1000_00)],
            collector=collector,
            placement=placement,
        )
        for _number in range(3)
    ]
    facts.refresh([case.pk for case in cases])
    act = people.make_act(house, at(10))
    happened(placement, PlacementEvent.Kind.ALLOCATED, act=act, at=at(10))
    refresh({"placement": [placement.pk]}, by=act, at=at(10))
    return Office(house, collector, lead, placement, cases)


def make_batch(bank, number: str) -> Placement:  # type: ignore[no-untyped-def]
    """A batch that was imported in the morning."""
    return Placement.objects.create(
        organisation=bank.organisation,
        creditor=bank,
        act=people.make_act(bank.organisation, at(9)),
        number=number,
        mapping="card_cn",
        file_name="委案.csv",
        file_hash=number,
        status="accepted",
        received_at=at(9),
        received_on=ON,
        valid_on=ON,
        accepted_at=at(9, 30),
    )
