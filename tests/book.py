"""A small book that every screen can show: one organisation's case with debts, a phone, a talk, a promise and a payment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Charge, PackBinding
from huikuan.desk import clock
from huikuan.lib.calendar import china
from huikuan.people.models import Organisation, Team, User
from huikuan.planning import load
from huikuan.planning.plan import plan
from tests import people


@dataclass
class Book:
    house: Organisation
    team: Team
    collector: User
    lead: User
    manager: User
    client: User
    case: Case
    today: dt.date


def make_book(code: str, name: str, *, planned: bool = True) -> Book:
    """`name` is the debtor's; it must not be seen by another organisation."""
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    today = clock.now().astimezone(people.SHANGHAI).date()
    placed = today - dt.timedelta(10)
    house = people.make_house(code)
    creditor = people.make_creditor("bank", house)
    PackBinding.objects.get_or_create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2020, 1, 1)
    )
    team = people.make_team("phone", house)
    collector = people.make_user("collector", house, team=team)
    person = people.make_person(
        creditor, name=name, key=f"id-{name}", number=f"NUMBER-{code}-{ord(name[-1])}"
    )
    case = people.make_case(
        person,
        number=f"CASE-{code}-{person.pk}",
        placed_on=placed,
        items=[(placed - dt.timedelta(60), 1_234_500)],
        collector=collector,
    )
    point = people.make_point(case)
    people.make_contact(
        case,
        placed + dt.timedelta(1),
        point=point,
        connected=True,
        answered="debtor",
        note="本人接听",
    )
    people.make_promise(case, placed + dt.timedelta(1), [(placed + dt.timedelta(4), 100_000)])
    people.make_payment(case, placed + dt.timedelta(4), 50_000, to=Charge.objects.get(case=case))
    facts.refresh([case.pk])
    manager = people.make_user("manager", house)
    if planned:
        plan(today, actor=manager, at=clock.now(), calendar=china())
    lead = people.make_user("team_lead", house, team=team)
    client = people.make_user("client", house, creditor=creditor)
    return Book(house, team, collector, lead, manager, client, case, today)
