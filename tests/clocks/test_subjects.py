"""Clocks of cases and statements, by a pack of a house's own: holds, days, ancestors, walls."""

from __future__ import annotations

import argparse
import datetime as dt
import itertools

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Breach,
    Clock,
    ClockExtension,
    Hold,
    PackBinding,
)
from huikuan.clocks.access import visible_clocks
from huikuan.clocks.extend import extend
from huikuan.clocks.refresh import refresh
from huikuan.clocks.watch import record_breaches
from huikuan.holds.end import end
from huikuan.holds.entry import HoldEntry
from huikuan.holds.place import place
from huikuan.ops.commands import calendar as calendar_command
from huikuan.ops.made_once import made_once
from huikuan.planning.activate import activate
from huikuan.planning.event import EventEntry, event
from huikuan.receivables.act import Entry, record
from huikuan.receivables.open_months import of_month
from huikuan.receivables.take_back import take_back
from tests import people
from tests.clocks.conftest import ON, at, make_case_of_pack, put_in_force, store

CLOCKS = """clocks:
  - id: told
    title: {zh: 两日内告知, en: Told within two days}
    source: own 1
    per: case
    starts: placed
    stops: [told, returned, recalled, closed]
    within: {days: 2}
    role: collector
    pauses: [complaint, dispute]
    extension: {at_most: {days: 4}, by: team_lead}
    penalty: {kind: score, points: 2, title: {zh: 扣两分, en: Two points}}
  - id: sent
    title: {zh: 对账单四小时内发送, en: Statement sent within four hours}
    source: own 2
    per: statement
    starts: submitted
    stops: sent
    within: {hours: 4}
    role: supervisor
    pauses: complaint
  - id: first_statement
    title: {zh: 委案后十日对账, en: Stated within ten days of placing}
    source: own 3
    per: statement
    starts: placed
    stops: submitted
    within: {days: 10}
    role: collector
"""

VISITED = """clocks:
  - id: visited
    title: {zh: 两个工作日内申请外访, en: Visit requested within two working days}
    source: own 4
    per: case
    starts: placed
    stops: visit_asked
    within: {working_days: 2}
    role: collector
"""


@made_once
def own(house):
    """The pack in force for everybody, and a case that is bound to it, placed this Monday."""
    return put_in_force(CLOCKS)


@made_once
def case(own, house):
    return make_case_of_pack()


def clock(kind: str = "told") -> Clock:
    return Clock.objects.get(kind=kind)


def test_two_days_from_the_placing(case):
    told = clock()
    assert (told.case, told.creditor) == (case, case.creditor)
    assert (told.started_at, told.due_at) == (at(9), at(0, days=3))
    assert record_breaches(at(0, days=3)) == 0
    assert record_breaches(at(0, 1, days=3)) == 1
    assert Breach.objects.get().penalty == {
        "kind": "score",
        "title": {"zh": "扣两分", "en": "Two points"},
        "points": 2,
    }


def test_an_event_that_is_entered_later_than_its_day_meets_it_and_explains_the_breach(case, lead):
    assert record_breaches(at(9, days=3)) == 1
    done = event(case.pk, EventEntry("told", ON + dt.timedelta(1)), actor=lead, at=at(10, days=3))
    assert done.event is not None
    told = clock()
    assert (told.met_at, told.met_recorded_at) == (at(0, days=1), at(10, days=3))
    breach = Breach.objects.get()
    assert (breach.explained_at, breach.explained_by) == (at(10, days=3), done.event.act)
    assert breach.lifted_at is None


def test_a_hold_pauses_it_and_its_end_lets_it_run_on(case, house):
    manager = people.make_user("manager", house)
    entry = HoldEntry("complaint", "case", ON + dt.timedelta(1), "投诉")
    hold = place(case.pk, entry, actor=manager, at=at(11, days=1)).hold
    assert clock().due_at is None, "nobody knows yet when it is due"
    assert record_breaches(at(0, days=9)) == 0

    end(hold.pk, on=ON + dt.timedelta(4), reason="已答复", actor=manager, at=at(12, days=4))
    # Tuesday to Thursday do not count: Friday and Saturday are the two days.
    assert clock().due_at == at(0, days=6)


def test_a_hold_of_another_kind_does_not_pause_it(case, house):
    manager = people.make_user("manager", house)
    entry = HoldEntry("ill", "person", ON, "住院")
    assert place(case.pk, entry, actor=manager, at=at(11)).hold
    assert clock().due_at == at(0, days=3)


def test_a_statement_is_sent_within_hours_of_its_submission(case, house):
    month = of_month(case, dt.date(2026, 10, 1), people.make_act(house, at(9)), at(9))
    first = clock("first_statement")
    assert (first.subject_kind, first.subject_id) == ("statement", month.pk)
    assert first.due_at == at(0, days=11), "counted from an event of its case"

    supervisor = people.make_user("supervisor", house)
    collector = people.make_user("manager", house)
    submitted = record(month.pk, Entry("submitted", ON), actor=collector, at=at(14))
    assert submitted.problems == ()
    sent = clock("sent")
    assert (sent.due_at, sent.case) == (at(18), case)
    assert clock("first_statement").met_at == at(14)
    assert record_breaches(at(18, 1)) == 1
    assert visible_clocks(supervisor).filter(pk=sent.pk).exists()


def test_an_event_of_a_statement_that_is_taken_back_never_happened(case, house):
    month = of_month(case, dt.date(2026, 10, 1), people.make_act(house, at(9)), at(9))
    manager = people.make_user("manager", house)
    submitted = record(month.pk, Entry("submitted", ON), actor=manager, at=at(14))
    assert submitted.event is not None

    taken = take_back(submitted.event.pk, reason="录错", actor=manager, at=at(15))
    assert taken.problems == ()
    assert clock("sent").void_at == at(15)
    assert clock("first_statement").met_at is None
    assert record_breaches(at(19)) == 0


def test_a_draft_that_is_sent_back_is_submitted_again(case, house):
    month = of_month(case, dt.date(2026, 10, 1), people.make_act(house, at(9)), at(9))
    manager = people.make_user("manager", house)
    supervisor = people.make_user("supervisor", house)
    record(month.pk, Entry("submitted", ON), actor=manager, at=at(14))
    returned = record(month.pk, Entry("returned", ON, note="缺一张"), actor=supervisor, at=at(15))
    assert returned.problems == ()

    assert clock("sent").void_at == at(15)
    assert clock("first_statement").met_at is None


def test_the_walls_of_a_clock_are_those_of_its_case(case, house):
    def sees(user):
        return visible_clocks(user).filter(kind="told").exists()

    holder = people.make_user("collector", house)
    people.make_assignment(case, ON, holder)
    facts.refresh([case.pk])
    assert sees(holder)
    assert not sees(people.make_user("collector", house)), "the case is somebody else's"
    assert sees(people.make_user("manager", house))
    assert not sees(people.make_user("data_admin", house)), "another role answers for it"
    assert not sees(people.make_user("manager", people.make_house("other")))


def _tell(case):
    people.make_event(case, ON + dt.timedelta(5), "told", recorded_at=at(9, days=6))


def _hold(case):
    people.make_hold(
        case,
        ON + dt.timedelta(1),
        recorded_at=at(10, days=1),
        ended_on=ON + dt.timedelta(2),
        ended_at=at(10, days=2),
    )


def _dispute(case):
    people.make_hold(
        case,
        ON + dt.timedelta(2),
        kind="dispute",
        recorded_at=at(10, days=3),
        ended_on=ON + dt.timedelta(3),
        ended_at=at(10, days=3),
    )


def _more_time(case):
    ClockExtension.objects.create(
        clock=clock(), act=people.make_act(), reason="x", given_at=at(9, days=1)
    )


@pytest.mark.parametrize(
    "order", list(itertools.permutations([_tell, _hold, _dispute, _more_time]))
)
def test_the_order_of_entry_does_not_matter(case, order):
    for number, enter in enumerate(order):
        enter(case)
        refresh({"case": [case.pk]}, at=at(9, number, days=7))
    told = clock()
    assert (told.due_at, told.met_at) == (at(0, days=7), at(0, days=5))
    assert Hold.objects.count() == 2


def test_a_start_that_is_taken_back_leaves_a_void_clock(case, own):
    PackBinding.objects.all().delete()
    refresh({"case": [case.pk]}, at=at(10))
    assert clock().void_at == at(10)
    assert record_breaches(at(0, days=9)) == 0


# days, working days, and their change


def test_working_days_leave_the_week_end_out(house):
    put_in_force(VISITED)
    make_case_of_pack(placed_on=ON + dt.timedelta(4), recorded_at=at(9, days=4))
    assert clock("visited").due_at == at(0, days=9), "from Friday: Monday and Tuesday"
    assert record_breaches(at(0, days=9)) == 0
    assert record_breaches(at(0, 1, days=9)) == 1


def test_a_new_notice_of_working_days_moves_what_is_counted_in_them(house, settings, tmp_path):
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"home": tmp_path})
    put_in_force(VISITED)
    make_case_of_pack()
    assert clock("visited").due_at == at(0, days=3)

    file = tmp_path / "notice.csv"
    days = [ON + dt.timedelta(number) for number in range(1, 8)]
    rows = "".join(f"{day},restday,x,x,true\n" for day in days)
    file.write_text("date,kind,name,source,official\n" + rows, encoding="utf-8")
    parser = argparse.ArgumentParser()
    calendar_command.arguments(parser)
    assert calendar_command.run(parser.parse_args([str(file)])) == 0

    # Tuesday to Monday are days off now: Tuesday and Wednesday of the next week are the two days.
    assert clock("visited").due_at == at(0, days=10)
    assert record_breaches(at(0, 1, days=9)) == 0
    assert record_breaches(at(0, 1, days=10)) == 1


# the history of the case


def test_the_history_of_a_case_tells_what_was_missed_and_extended(case, house, lead):
    lead.team = people.make_team(house=house)
    lead.save()
    extended = extend(clock().pk, reason="客户出差", actor=lead, at=at(9, days=1))
    assert extended.done
    record_breaches(at(0, 1, days=5))

    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(people.make_user("manager", house))
    page = client.get(reverse("case_timeline", args=[case.number])).content.decode()
    assert "时限逾时：两日内告知" in page
    assert "时限延长：两日内告知" in page
    assert "客户出差" in page

    client.force_login(people.make_user("client", house, creditor=case.creditor))
    page = client.get(reverse("case_timeline", args=[case.number])).content.decode()
    assert "时限" not in page.split("<main")[-1]


# another version of the pack


def test_a_procedure_that_comes_into_force_at_noon_counts_at_once(case, house, own):
    manager = people.make_user("manager", house)
    shorter = store(CLOCKS.replace("within: {days: 2}", "within: {days: 1}"), "2")
    activate(shorter, actor=manager, at=at(12))
    assert clock().due_at == at(0, days=2), "it holds from the day on which the case was placed"
