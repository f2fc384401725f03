"""Customer service, a bank's case with two items, its collector and lead, and everybody above."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Complaint, ComplaintSummary, Item, Task
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.own import own
from huikuan.complaints.receive import Reception, receive
from huikuan.ops.made_once import made_once
from huikuan.people.models import Team, User
from huikuan.planning import load
from tests import people

MONDAY = dt.date(2026, 11, 23)
AT = people.moment(MONDAY, 10)
HOUR = dt.timedelta(hours=1)
CONDUCT = Point("conduct", "11月20日下午来电，语气粗暴，三次打断", "道歉")


@dataclass
class Office:
    team: Team
    collector: User
    lead: User
    clerk: User
    colleague: User
    supervision: User
    manager: User
    general_manager: User
    client: User
    case: Case
    items: list[Item]

    def point(self) -> Point:
        """The first item is disputed."""
        detail = "第一笔已于11月2日付清，有回单"
        return Point("paid", detail, "核对后停止催收", "item", self.items[0].pk)

    def open(self, at: dt.datetime = AT, **more: object) -> Complaint:
        """A complaint by telephone, of the debtor, about the collector."""
        entry = reception(case=self.case.number, about=self.collector.username, **more)
        received = receive(entry, actor=self.clerk, at=at)
        assert received.problems == ()
        assert received.complaint is not None
        return received.complaint

    def accepted(self, at: dt.datetime = AT, **more: object) -> Complaint:
        """The same, accepted with two points and owned by the clerk."""
        complaint = self.open(at, **more)
        points = [CONDUCT, self.point()]
        assert accept(complaint.number, points, actor=self.clerk, at=at).problems == ()
        done = own(complaint.number, self.clerk.username, actor=self.manager, at=at)
        assert done.problems == ()
        return complaint


def reception(**more: object) -> Reception:
    given: dict[str, object] = {
        "channel": "phone",
        "who": "debtor",
        "name": "王某",
        "reach": "13800001234",
        "said": "你们的人打电话骂人，而且有一笔我早就还了",
        "received_at": AT,
    }
    return Reception(**given | more)  # type: ignore[arg-type]


def summary(complaint: Complaint) -> ComplaintSummary:
    return ComplaintSummary.objects.get(pk=complaint.pk)


def steps(complaint: Complaint) -> set[str]:
    """What is to be done about it now."""
    tasks = Task.objects.filter(
        subject_id=complaint.pk, step__subject="complaint", status=Task.Status.OPEN
    )
    return set(tasks.values_list("step__code", flat=True))


def make_office() -> Office:
    assert load.load_all(at=people.moment(people.PLACED_ON)) == []
    team = people.make_team("phone")
    collector = people.make_user("collector", team=team)
    creditor = people.make_creditor("bank")
    person = people.make_person(creditor, key="COMPLAINS")
    case = people.make_case(person, told_on=people.PLACED_ON, collector=collector)

    items = [people.make_item(case, dt.date(2026, 9, day), 120_000) for day in (1, 2)]
    facts.refresh([case.pk])
    return Office(
        team=team,
        collector=collector,
        lead=people.make_user(["team_lead", "complaints"], team=team),
        clerk=people.make_user("complaints"),
        colleague=people.make_user("complaints"),
        supervision=people.make_user("quality_supervision"),
        manager=people.make_user("manager"),
        general_manager=people.make_user("general_manager"),
        client=people.make_user("client", creditor=creditor, email="bank@example.com"),
        case=case,
        items=items,
    )


@made_once
def office(db: None) -> Office:
    return make_office()
