"""A small house with a day behind it: two teams, three collectors, two creditors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from tests import people

from huikuan.casebook import facts, journal
from huikuan.casebook.models import Act, Case
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, Organisation, Team, User


@dataclass
class House:
    organisation: Organisation
    north: Team
    south: Team
    lead: User
    manager: User
    client: User
    collectors: list[User]
    creditors: list[Creditor]
    cases: list[Case]
    today: dt.date


def act(user: User, on: dt.date, hour: int = 10) -> Act:
    return journal.begin(user, "tests", at=people.moment(on, hour))


def call(house: House, number: int, user: User, **more: object) -> None:
    """A call of `user` to the debtor of case `number`, today."""
    case = house.cases[number]
    people.make_contact(case, house.today, act_id=act(user, house.today).pk, **more)
    facts.refresh([case.pk])


def make_house(code: str = "house") -> House:
    organisation = people.make_house(code)
    north, south = people.make_team("north", organisation), people.make_team("south", organisation)
    collectors = [
        people.make_user("collector", organisation, team=team) for team in (north, north, south)
    ]
    creditors = [people.make_creditor(name, organisation) for name in ("bank", "loan")]
    manager = people.make_user("manager", organisation)
    today = timezone.now().astimezone(people.SHANGHAI).date()
    placed = today - dt.timedelta(5)
    cases = [
        people.make_case(
            creditor=creditors[number % 2],
            placed_on=placed,
            items=[(placed - dt.timedelta(40), 100_000)],
            collector=collectors[number % 3],
        )
        for number in range(6)
    ]
    facts.refresh([case.pk for case in cases])
    return House(
        organisation, north, south, people.make_user("team_lead", organisation, team=north), manager,
        people.make_user("client", organisation, creditor=creditors[0]), collectors, creditors, cases, today,
    )  # fmt: skip


@made_once
def house(db: None) -> House:
    return make_house()
