"""The deadlines of a batch, minute by minute, with the procedures as they ship (P4).

Nobody plans a day here: what stands at its minute stands there by the watch alone.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from huikuan.allocation.confirm import confirm
from huikuan.allocation.propose import propose
from huikuan.casebook.models import (
    AllocationRun,
    Breach,
    Clock,
    ClockExtension,
    Notice,
    Placement,
    PlanRun,
)
from huikuan.clocks.extend import extend
from huikuan.clocks.refresh import catch_up, refresh
from huikuan.clocks.tasks import watch
from huikuan.clocks.watch import record_breaches
from huikuan.intake import load, receive
from huikuan.intake.arrive import arrive
from huikuan.people.models import User
from tests import people
from tests.clocks.conftest import ON, at
from tests.together import at_once


def clocks() -> dict[str, Clock]:
    return {clock.kind: clock for clock in Clock.objects.filter(void_at=None)}


def watched(first: dt.datetime, last: dt.datetime) -> list[dt.datetime]:
    """The minutes from the first to the last one in which the watch recorded something."""
    recorded = []
    minute = first
    while minute <= last:
        if watch(timestamp=int(minute.timestamp())):
            recorded.append(minute)
        minute += dt.timedelta(minutes=1)
    return recorded


def breaches() -> list[tuple[str, dt.datetime, str]]:
    found = Breach.objects.filter(lifted_at=None).order_by("due_at")
    return [(breach.clock.kind, breach.due_at, breach.role) for breach in found]


@pytest.fixture
def arrived(supply, bank, batch) -> Placement:
    """It lies in the channel at 10:17; nobody has fetched it."""
    return arrive(bank, "card_cn", batch.name, supply, at=at(10, 17))


# the whole way


def test_a_batch_from_its_arrival_to_its_allocation(
    arrived, bank, batch, cards, supply, admin, lead, house
):
    clock = clocks()["fetched"]
    assert (clock.started_at, clock.due_at, clock.role) == (at(10, 17), at(11, 17), "supply_chain")
    assert set(clocks()) == {"fetched"}

    receipt = receive.receive(batch, bank, "card_cn", supply, at=at(11))
    assert receipt.placement == arrived, "the same batch, fetched"
    assert clocks()["fetched"].met_at == at(11)
    clock = clocks()["imported"]
    assert (clock.started_at, clock.due_at, clock.role) == (at(11), at(12), "data_admin")

    load.import_file(batch, bank, cards, admin, at=at(11, 50))
    assert clocks()["imported"].met_at == at(11, 50)
    clock = clocks()["allocated"]
    assert (clock.started_at, clock.due_at, clock.role) == (at(11, 50), at(0, days=1), "team_lead")

    allocate(house, lead, at(17))
    assert clocks()["allocated"].met_at == at(17)
    assert watched(at(23, 30), at(0, 30, days=1)) == []
    assert not PlanRun.objects.exists()


def test_every_breach_of_a_neglected_batch_stands_at_its_minute_once(
    arrived, bank, batch, cards, supply, admin, lead, house
):
    assert watched(at(10, 17), at(12, 59)) == [at(11, 18)]
    receive.receive(batch, bank, "card_cn", supply, at=at(13))
    assert watched(at(13), at(15, 29)) == [at(14, 1)]
    load.import_file(batch, bank, cards, admin, at=at(15, 30))
    assert watched(at(15, 30), at(1, days=1)) == [at(0, 1, days=1)]
    allocate(house, lead, at(9, days=1))
    assert watched(at(9, days=1), at(10, days=1)) == []

    assert breaches() == [
        ("fetched", at(11, 17), "supply_chain"),
        ("imported", at(14), "data_admin"),
        ("allocated", at(0, days=1), "team_lead"),
    ]
    assert not PlanRun.objects.exists(), "the morning's plan was switched off"


def allocate(house, lead, when: dt.datetime) -> None:
    team = people.make_team(house=house)
    lead.team = team
    lead.save()
    people.make_user("collector", house, team=team)
    run = propose(house, ON, team=team, actor=lead, at=when)
    assert AllocationRun.objects.get() == run
    confirm(run, lead, when)


def test_who_answers_and_who_hears_of_it_is_told(arrived, supply, admin, lead):
    assert record_breaches(at(11, 18)) == 1
    told = Notice.objects.filter(kind="breach")
    assert {notice.user for notice in told} == {supply, lead}
    assert told[0].params["number"] == arrived.number


# arrival and fetch


def test_an_arrival_that_is_noted_later_counts_from_its_own_moment(supply, bank):
    arrive(bank, "card_cn", "x.csv", supply, at=at(10), arrived_at=at(8))
    clock = clocks()["fetched"]
    assert (clock.started_at, clock.recorded_at, clock.due_at) == (at(8), at(10), at(9))
    assert record_breaches(at(10, 1)) == 1


def test_the_same_arrival_noted_twice_is_one_batch(arrived, bank, batch, supply):
    again = arrive(bank, "card_cn", batch.name, supply, at=at(10, 40))
    assert again == arrived
    assert Clock.objects.get().started_at == at(10, 17)


def test_a_file_under_another_name_is_fetched_for_the_batch_that_is_named(
    arrived, bank, batch, supply
):
    receipt = receive.receive(
        batch, bank, "card_cn", supply, at=at(11), file_name="new.csv", batch=arrived.number
    )
    assert receipt.placement == arrived
    assert (receipt.placement.file_name, receipt.placement.status) == ("new.csv", "received")


def test_a_file_that_nobody_announced_arrives_when_it_is_fetched(bank, batch, admin):
    receive.receive(batch, bank, "card_cn", admin, at=at(10, 17))
    clock = clocks()["fetched"]
    assert (clock.started_at, clock.met_at) == (at(10, 17), at(10, 17))


def test_a_file_that_was_fetched_too_late_is_a_breach_although_nobody_noted_its_arrival(
    bank, batch, admin
):
    receive.receive(batch, bank, "card_cn", admin, at=at(10), received_at=at(8))
    assert record_breaches(at(10, 1)) == 1
    assert breaches() == [("fetched", at(9), "supply_chain")]


def test_a_batch_that_is_refused_is_no_longer_waited_for(arrived, supply):
    receive.refuse(arrived, supply, at=at(10, 40), reason="发错文件")
    assert clocks()["fetched"].met_at == at(10, 40)
    assert watched(at(10, 40), at(12)) == []


# the exception: three hours, with a reason that is given within the first


def test_a_reason_within_the_first_hour_gives_three(arrived, supply):
    assert extend(clocks()["fetched"].pk, reason="解压密码未到", actor=supply, at=at(11, 17)).done
    assert clocks()["fetched"].due_at == at(13, 17)
    assert watched(at(11), at(14)) == [at(13, 18)]


def test_a_reason_that_comes_too_late_changes_nothing(arrived, supply):
    refused = extend(clocks()["fetched"].pk, reason="解压密码未到", actor=supply, at=at(11, 18))
    assert [problem.code for problem in refused.problems] == ["clock.too_late"]
    assert "2026-11-23 11:17" in refused.problems[0].text()
    assert clocks()["fetched"].due_at == at(11, 17)
    assert watched(at(11), at(14)) == [at(11, 18)]


@pytest.mark.django_db(transaction=True)
def test_two_who_extend_at_once_give_it_more_time_once(arrived, supply, house):
    others = [supply, people.make_user("supply_chain", house)]
    clock = clocks()["fetched"]

    def extends(user: User) -> list[str]:
        given = extend(clock.pk, reason="解压密码未到", actor=user, at=at(10, 30))
        return [problem.code for problem in given.problems]

    answers = at_once([partial(extends, user) for user in others])
    assert sorted(answers) == [[], ["clock.not_later"]]
    assert ClockExtension.objects.count() == 1


def test_without_a_reason_the_hour_stands(arrived):
    assert watched(at(11), at(14)) == [at(11, 18)]


@pytest.mark.parametrize(
    ("role", "given", "code"),
    [
        ("supply_chain", {"reason": " "}, "clock.reason"),
        ("supply_chain", {"reason": "x" * 301}, "clock.reason_long"),
        ("supply_chain", {"reason": "x", "until": at(13, 18)}, "clock.too_far"),
        ("supply_chain", {"reason": "x", "until": at(11, 17)}, "clock.not_later"),
        ("team_lead", {"reason": "x"}, ""),
        ("quality_supervision", {"reason": "x"}, "clock.role"),
        ("collector", {"reason": "x"}, "clock.unknown"),
    ],
)
def test_who_may_extend_and_how_far(arrived, house, role, given, code):
    actor = people.make_user(role, house)
    extended = extend(clocks()["fetched"].pk, actor=actor, at=at(10, 30), **given)
    assert "".join(problem.code for problem in extended.problems) == code


def test_what_the_pack_lets_nobody_extend_stays(arrived, bank, batch, supply, admin):
    receive.receive(batch, bank, "card_cn", supply, at=at(11))
    refused = extend(clocks()["imported"].pk, reason="x", actor=admin, at=at(11, 10))
    assert [problem.code for problem in refused.problems] == ["clock.no_extension"]


def test_what_is_done_is_not_extended(arrived, bank, batch, supply):
    receive.receive(batch, bank, "card_cn", supply, at=at(11))
    refused = extend(clocks()["fetched"].pk, reason="x", actor=supply, at=at(11, 10))
    assert [problem.code for problem in refused.problems] == ["clock.ended"]


def test_another_house_sees_and_extends_nothing(arrived):
    stranger = people.make_user("manager", people.make_house("other"))
    extended = extend(clocks()["fetched"].pk, reason="x", actor=stranger, at=at(10, 30))
    assert [problem.code for problem in extended.problems] == ["clock.unknown"]


# midnight, days off, a worker that was dead


def test_a_notice_just_before_midnight_leaves_a_minute(bank, batch, cards, admin):
    load.import_file(batch, bank, cards, admin, at=at(23, 59))
    assert clocks()["allocated"].due_at == at(0, days=1)
    assert watched(at(23, 59), at(0, 10, days=1)) == [at(0, 1, days=1)]


def test_a_notice_at_midnight_has_the_whole_day(bank, batch, cards, admin):
    load.import_file(batch, bank, cards, admin, at=at(0, days=1))
    assert clocks()["allocated"].due_at == at(0, days=2)


def test_an_hour_over_midnight_lasts_an_hour(supply, bank):
    arrive(bank, "card_cn", "x.csv", supply, at=at(23, 30))
    assert clocks()["fetched"].due_at == at(0, 30, days=1)
    assert watched(at(23, 30), at(1, days=1)) == [at(0, 31, days=1)]


def test_a_worker_that_was_dead_for_an_hour_records_the_minute_that_was_missed(arrived):
    assert watched(at(12, 20), at(12, 40)) == [at(12, 20)]
    breach = Breach.objects.get()
    assert (breach.due_at, breach.recorded_at) == (at(11, 17), at(12, 20))


def test_two_watches_at_once_record_it_once(arrived):
    assert [record_breaches(at(11, 18)), record_breaches(at(11, 18))] == [1, 0]


# corrections


def test_a_start_that_is_corrected_explains_the_breach_and_lifts_nothing(arrived):
    assert record_breaches(at(11, 18)) == 1

    arrived.received_at = at(11)
    arrived.save()
    refresh({"placement": [arrived.pk]}, at=at(11, 30))
    assert clocks()["fetched"].due_at == at(12)
    explained = Breach.objects.get()
    assert (explained.due_at, explained.explained_at) == (at(11, 17), at(11, 30))
    assert explained.lifted_at is None


def test_a_breach_that_is_borne_out_again_is_explained_no_more(arrived):
    assert record_breaches(at(11, 18)) == 1
    arrived.received_at = at(11)
    arrived.save()
    refresh({"placement": [arrived.pk]}, at=at(11, 30))

    assert record_breaches(at(12, 1)) == 0
    breach = Breach.objects.get()
    assert (breach.due_at, breach.explained_at, breach.lifted_at) == (at(11, 17), None, None)


def test_working_it_out_again_changes_nothing(arrived, bank, batch, cards, admin):
    load.import_file(batch, bank, cards, admin, at=at(13))
    before = list(Clock.objects.order_by("pk").values())
    refresh({"placement": [arrived.pk]}, at=at(14))
    catch_up(at=at(14))
    assert list(Clock.objects.order_by("pk").values()) == before


def test_what_runs_when_its_procedure_is_loaded_is_caught_up(arrived):
    Clock.objects.all().delete()
    catch_up(at=at(12))
    assert clocks()["fetched"].due_at == at(11, 17)


def test_what_was_over_before_its_procedure_was_loaded_is_not_judged(bank, batch, cards, admin):
    """Late batches of last week do not become breaches of this morning."""
    came = {"at": at(15, days=-1), "received_at": at(8, days=-1)}
    load.import_file(batch, bank, cards, admin, **came)
    Clock.objects.all().delete()
    catch_up(at=at(9))
    assert set(clocks()) == {"allocated"}, "what still runs is watched"


def test_a_receipt_that_fails_leaves_no_clock(batch, bank, admin, monkeypatch):
    def fails(*_args: object, **_more: object) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr(receive, "refresh", fails)
    with pytest.raises(RuntimeError):
        receive.receive(batch, bank, "card_cn", admin, at=at(10, 17))
    assert not Clock.objects.exists()
