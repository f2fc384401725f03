"""A collector with a fresh card case, planned by the shipped procedure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, PackBinding, PackVersion, Task
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import Team, User
from huikuan.planning import load
from huikuan.planning.plan import plan

ON = dt.date(2026, 11, 23)
AT = people.moment(ON, 10)


@dataclass
class Office:
    team: Team
    collector: User
    lead: User
    manager: User
    general_manager: User
    case: Case

    def plan(self, on: dt.date) -> None:
        """The day by the shipped procedures."""
        if not PackVersion.objects.exists():
            assert load.load_all(at=people.moment(people.PLACED_ON)) == []
        plan(on, actor=self.manager, at=people.moment(on, 7), calendar=china())

    def task(self, code: str) -> Task:
        return Task.objects.get(case=self.case, step__code=code, status="open")


@made_once
def office(db: None) -> Office:
    creditor = people.make_creditor("bank")
    PackBinding.objects.create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2020, 1, 1)
    )
    team = people.make_team("phone")
    collector = people.make_user("collector", team=team)
    case = people.make_case(
        creditor=creditor, placed_on=ON, items=[(dt.date(2026, 9, 1), 120_00)], collector=collector
    )
    people.make_point(case)
    facts.refresh([case.pk])
    others = (people.make_user(role) for role in ("manager", "general_manager"))
    return Office(team, collector, people.make_user("team_lead", team=team), *others, case)


@made_once
def planned(office: Office) -> Office:
    office.plan(ON)
    return office
