"""A book for the guided call: a collector, a debtor with a mobile, a relative's number, a task, the shipped packs, hours agreed
around the clock, so that a test does not depend on the time of day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import people

from huikuan.casebook import facts, packs
from huikuan.casebook.models import (
    Agreement,
    Case,
    ContactPoint,
    ContactRecord,
    PackBinding,
    PlanRun,
    Step,
    Task,
)
from huikuan.contacts.procedure import Procedure, procedure_of
from huikuan.people.models import User

DAY = dt.timedelta(days=1)


@dataclass
class Room:
    collector: User
    colleague: User
    case: Case
    mobile: ContactPoint
    relative: ContactPoint
    task: Task
    today: dt.date
    client: Client = field(default_factory=Client)

    @property
    def procedure(self) -> Procedure:
        return procedure_of(self.case, self.today)

    def address(self, name: str, point: ContactPoint | None = None) -> str:
        return reverse(f"calls:{name}", args=[self.case.number, (point or self.mobile).pk])

    def start(
        self, point: ContactPoint | None = None, client: Client | None = None, **more: str
    ) -> Any:
        return (client or self.client).post(
            self.address("start", point), {"request_key": "page-1"} | more
        )

    def decision(
        self, point: ContactPoint | None = None, client: Client | None = None, key: str = "page-1"
    ) -> str:
        """The id of the decision that starting a call kept."""
        answer = self.start(point, client, request_key=key)
        assert answer.status_code == 200
        return answer.content.decode().split('name="decision" value="')[1].split('"')[0]

    def talk(self, **more: Any) -> dict[str, Any]:
        """A promise by the debtor, complete."""
        return {
            "request_key": "page-1", "answered": "debtor", "identified": "on", "outcome": "promised", "note": "本人承诺",
            "promise_amount": "500.00", "promise_on": str(self.today + 2 * DAY), "reason_code": "hardship",
            "willingness": "willing", "seconds": "65", "tasks": [str(self.task.pk)],
        } | more  # fmt: skip

    def save(
        self, form: dict[str, Any], point: ContactPoint | None = None, client: Client | None = None
    ) -> Any:
        return (client or self.client).post(self.address("save", point), form)

    def saved(self) -> ContactRecord:
        return ContactRecord.objects.filter(case=self.case).latest("pk")


def make_room(
    pack: str = "phone_collection",
    kind: str = "person",
    *,
    name: str = "欧阳甲",
    code: str = "house",
) -> Room:
    house = people.make_house(code)
    creditor = people.make_creditor("bank" if kind == "person" else "supplier", house)
    PackBinding.objects.get_or_create(
        creditor=creditor, product="card", pack=pack, from_on=dt.date(2020, 1, 1)
    )
    team = people.make_team("phone", house)
    collector = people.make_user("collector", house, team=team)
    colleague = people.make_user("team_lead", house, team=team)
    today = timezone.now().astimezone(people.SHANGHAI).date()
    person = people.make_person(
        creditor,
        name=name,
        kind=kind,
        key=f"id-{name}-{code}",
        sex="m",
        born_on=dt.date(1985, 5, 1),
    )
    due = [(today - 40 * DAY, 1000_00), (today - 10 * DAY, 234_50)]
    case = people.make_case(person, placed_on=today - 8 * DAY, items=due, collector=collector)
    mobile, relative = (
        people.make_point(case, holder="赵经理" if kind == "company" else ""),
        people.make_point(case, "relative"),
    )
    _agree_round_the_clock(case, today)
    facts.refresh([case.pk])
    task = make_task(case, today, "first_call" if pack == "phone_collection" else "chase_call")
    room = Room(collector, colleague, case, mobile, relative, task, today)
    room.client.force_login(collector)
    return room


def make_task(case: Case, on: dt.date, code: str) -> Task:
    """An open task of a step of the playbook in force."""
    version = packs.of_case(case, on)[0]
    step, _ = Step.objects.get_or_create(pack=version.pack, code=code)
    run = PlanRun.objects.create(act_id=case.act_id, on=on, milliseconds=1, at=people.moment(on, 8))
    return Task.objects.create(
        organisation_id=case.organisation_id, creditor_id=case.creditor_id, run=run, pack_version=version, case=case,
        subject_id=case.pk, step=step, anchor=on, due_on=on, deadline_on=on, reason="stage=new\ndays_past_due=40",
    )  # fmt: skip


def _agree_round_the_clock(case: Case, today: dt.date) -> None:
    Agreement.objects.create(
        organisation_id=case.organisation_id, creditor_id=case.creditor_id, act_id=case.act_id, valid_on=today - 8 * DAY,
        recorded_at=people.moment(today - 8 * DAY), case=case, from_minute=0, to_minute=1440, evidence="tests",
    )  # fmt: skip


def lose(room: Room) -> None:
    """The debtor's mobile does not exist any more: from then on a relative may be asked."""
    people.make_status(room.mobile, room.case, "invalid", room.today - DAY)
    facts.refresh([room.case.pk])


def text(answer: Any) -> str:
    return answer.content.decode()
