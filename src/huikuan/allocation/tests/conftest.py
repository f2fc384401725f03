"""Two houses. The own house: two teams with their leads and collectors, and cards that nobody holds yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.people import make_case, make_creditor, make_house, make_team, make_user, moment

from huikuan.casebook import facts
from huikuan.casebook.models import Case
from huikuan.ops.made_once import made_once
from huikuan.people.models import Organisation, Team, User

ON = dt.date(2026, 11, 23)
AT = moment(ON, 10)


@dataclass
class House:
    organisation: Organisation
    north: Team
    south: Team
    lead: User
    other_lead: User
    manager: User
    collectors: list[User]
    cases: list[Case]


def cases(
    number: int, code: str = "bank", house: Organisation | None = None, **more: object
) -> list[Case]:
    """Open cases with different ages and amounts, their summary rows made."""
    creditor = make_creditor(code, house)
    made = [
        make_case(
            creditor=creditor,
            items=[(ON - dt.timedelta(days=1 + 17 * n % 200), 10_000 + 7_919 * n % 900_000)],
            **more,
        )
        for n in range(number)
    ]
    facts.refresh([case.pk for case in made])
    return made


@made_once
def house(db: None) -> House:
    organisation = make_house()
    north, south = make_team("north", organisation), make_team("south", organisation)
    people = [make_user("collector", organisation, team=north, capacity=40) for _ in range(3)]
    people.append(make_user("collector", organisation, team=south, capacity=40))
    return House(
        organisation, north, south,
        make_user("team_lead", organisation, team=north),
        make_user("team_lead", organisation, team=south),
        make_user("manager", organisation),
        people,
        cases(12, house=organisation),
    )  # fmt: skip
