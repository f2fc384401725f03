"""A collector's case with two items, its lead and manager; the contact rules in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, ContactPoint, Item
from huikuan.gate.check import check
from huikuan.gate.tests.conftest import packs as packs
from huikuan.ops.made_once import made_once
from huikuan.people.models import Team, User

ON = dt.date(2026, 11, 23)
AT = people.moment(ON, 10)


@dataclass
class Office:
    team: Team
    collector: User
    lead: User
    manager: User
    case: Case
    point: ContactPoint
    address: ContactPoint
    items: list[Item]

    def may_call(self, item: Item | None = None, case: Case | None = None) -> bool:
        act = {
            "actor": self.manager,
            "at": AT,
            "style": "interactive",
            "item": item,
            "record": False,
        }
        return check(case or self.case, self.point, "call", **act).allowed  # type: ignore[arg-type]

    def rule(self) -> str:
        return check(
            self.case,
            self.point,
            "call",
            actor=self.manager,
            at=AT,
            style="interactive",
            record=False,
        ).rule


def make_office() -> Office:
    team = people.make_team("phone")
    collector = people.make_user("collector", team=team)
    person = people.make_person(key="HOLDS")
    case = people.make_case(person, told_on=people.PLACED_ON, collector=collector)
    items = [people.make_item(case, dt.date(2026, 9, day), 120_00) for day in (1, 2)]
    point, address = people.make_point(case), people.make_point(case, kind="address")
    facts.refresh([case.pk])
    lead, manager = people.make_user("team_lead", team=team), people.make_user("manager")
    return Office(team, collector, lead, manager, case, point, address, items)


@made_once
def office(db: None) -> Office:
    return make_office()
