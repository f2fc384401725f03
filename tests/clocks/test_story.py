"""The deadlines of a batch, minute by minute, with the procedures as they ship (P4)."""

from __future__ import annotations

import datetime as dt

import pytest

from huikuan.allocation.confirm import confirm
from huikuan.allocation.propose import propose
from huikuan.casebook.models import AllocationRun, Breach, Clock, Notice
from huikuan.clocks.extend import extend
from huikuan.clocks.refresh import catch_up, refresh
from huikuan.clocks.tasks import watch
from huikuan.clocks.watch import record_breaches
from huikuan.intake import load, receive
from huikuan.intake.mapping import NoMapping
from tests import people
from tests.clocks.conftest import ON, at

MINUTE = dt.timedelta(minutes=1)


def clocks() -> dict[str, Clock]:
    return {clock.kind: clock for clock in Clock.objects.filter(void_at=None)}


def received(batch, bank, admin, when=None, **more):
    came = when or at(10, 17)
    return receive.receive(batch, bank, "card_cn", admin, at=came, **more).placement


def test_a_batch_that_arrives_at_10_17_is_late_at_11_18(batch, bank, admin, lead):
    placement = received(batch, bank, admin)

    # Nobody planned the day, and no worker ran: the clock stands.
    clock = clocks()["imported"]
    assert (clock.started_at, clock.due_at) == (at(10, 17), at(11, 17))
    assert (clock.subject_kind, clock.subject_id) == ("placement", placement.pk)
    assert (clock.role, clock.title["en"]) == ("data_admin", "Imported within the hour")

    recorded = []
    for minute in range(17, 17 + 180):
        if record_breaches(at(10, minute)):
            recorded.append(minute)
    assert recorded == [78], "at 11:18, once, however often the watch comes by"

    breach = Breach.objects.get()
    assert (breach.due_at, breach.role, breach.recorded_at) == (
        at(11, 17),
        "data_admin",
        at(11, 18),
    )
    told = Notice.objects.filter(kind="breach")
    assert {notice.user for notice in told} == {admin, lead}
    assert told[0].params["number"] == placement.number


def test_the_worker_that_was_dead_for_an_hour_records_the_minute_that_was_missed(
    batch, bank, admin
):
    received(batch, bank, admin)
    assert watch(timestamp=int(at(12, 20).timestamp())) == 1
    breach = Breach.objects.get()
    assert (breach.due_at, breach.recorded_at) == (at(11, 17), at(12, 20))


def test_an_import_within_the_hour_meets_the_clock(batch, bank, cards, admin):
    load.import_file(batch, bank, cards, admin, at=at(11), received_at=at(10, 17))
    clock = clocks()["imported"]
    assert (clock.started_at, clock.met_at, clock.met_recorded_at) == (at(10, 17), at(11), at(11))
    assert record_breaches(at(11, 59)) == 0


def test_an_import_that_came_too_late_is_a_breach_too(batch, bank, cards, admin):
    load.import_file(batch, bank, cards, admin, at=at(11, 30), received_at=at(10, 17))
    assert record_breaches(at(11, 31)) == 1
    assert Breach.objects.get().due_at == at(11, 17)


def test_a_file_that_is_refused_is_no_longer_waited_for(batch, bank, admin):
    receive.refuse(received(batch, bank, admin), admin, at=at(10, 40))
    assert clocks()["imported"].met_at == at(10, 40)


def test_a_file_that_arrived_before_it_was_uploaded_runs_from_its_arrival(batch, bank, admin):
    received(batch, bank, admin, at(10, 17), received_at=at(8))
    clock = clocks()["imported"]
    assert (clock.started_at, clock.recorded_at, clock.due_at) == (at(8), at(10, 17), at(9))
    assert record_breaches(at(10, 18)) == 1


# the exception: three hours, with a reason that is given within the first


def test_a_reason_within_the_first_hour_gives_three(batch, bank, admin):
    received(batch, bank, admin)
    clock = clocks()["imported"]
    assert extend(clock.pk, reason="解压密码未到", actor=admin, at=at(11, 17)).done
    assert clocks()["imported"].due_at == at(13, 17)
    assert record_breaches(at(13, 17)) == 0
    assert record_breaches(at(13, 18)) == 1


def test_a_reason_that_comes_too_late_changes_nothing(batch, bank, admin):
    received(batch, bank, admin)
    clock = clocks()["imported"]
    refused = extend(clock.pk, reason="解压密码未到", actor=admin, at=at(11, 18))
    assert [problem.code for problem in refused.problems] == ["clock.too_late"]
    assert "2026-11-23 11:17" in refused.problems[0].text()
    assert clocks()["imported"].due_at == at(11, 17)
    assert record_breaches(at(11, 18)) == 1


@pytest.mark.parametrize(
    ("role", "given", "code"),
    [
        ("data_admin", {"reason": " "}, "clock.reason"),
        ("data_admin", {"reason": "x", "until": at(13, 18)}, "clock.too_far"),
        ("data_admin", {"reason": "x", "until": at(11, 17)}, "clock.not_later"),
        ("team_lead", {"reason": "x"}, ""),
        ("quality_supervision", {"reason": "x"}, "clock.role"),
        ("collector", {"reason": "x"}, "clock.unknown"),
    ],
)
def test_who_may_extend_and_how_far(batch, bank, admin, house, role, given, code):
    received(batch, bank, admin)
    clock = clocks()["imported"]
    actor = people.make_user(role, house)
    extended = extend(clock.pk, actor=actor, at=at(10, 30), **given)
    assert "".join(problem.code for problem in extended.problems) == code


def test_another_house_sees_and_extends_nothing(batch, bank, admin):
    received(batch, bank, admin)
    stranger = people.make_user("manager", people.make_house("other"))
    extended = extend(clocks()["imported"].pk, reason="x", actor=stranger, at=at(10, 30))
    assert [problem.code for problem in extended.problems] == ["clock.unknown"]


# allocation on the day of the notice


def test_allocation_is_due_at_the_end_of_the_local_day_of_the_notice(
    batch, bank, cards, admin, lead, house
):
    load.import_file(batch, bank, cards, admin, at=at(16), received_at=at(15, 30))
    clock = clocks()["allocated"]
    assert (clock.started_at, clock.due_at, clock.met_at) == (at(16), at(0, days=1), None)

    team = people.make_team(house=house)
    lead.team = team
    lead.save()
    people.make_user("collector", house, team=team)
    run = propose(house, ON, team=team, actor=lead, at=at(17))
    assert AllocationRun.objects.get() == run and clocks()["allocated"].met_at is None
    confirm(run, lead, at(17, 30))
    assert clocks()["allocated"].met_at == at(17, 30)
    assert record_breaches(at(1, days=2)) == 0


# corrections


def test_a_start_that_is_corrected_lifts_the_breach_and_both_stay_to_be_read(batch, bank, admin):
    placement = received(batch, bank, admin)
    assert record_breaches(at(11, 18)) == 1

    placement.received_at = at(11)
    placement.save()
    refresh({"placement": [placement.pk]}, at=at(11, 30))
    assert clocks()["imported"].due_at == at(12)
    lifted = Breach.objects.get()
    assert (lifted.due_at, lifted.lifted_at) == (at(11, 17), at(11, 30))

    assert record_breaches(at(12, 1)) == 1
    assert Breach.objects.filter(lifted_at=None).get().due_at == at(12)


def test_working_it_out_again_changes_nothing(batch, bank, admin):
    placement = received(batch, bank, admin)
    before = list(Clock.objects.values())
    refresh({"placement": [placement.pk]}, at=at(12))
    catch_up(at=at(12))
    assert list(Clock.objects.values()) == before


def test_what_came_before_its_procedure_was_loaded_is_caught_up(batch, bank, admin):
    received(batch, bank, admin)
    Clock.objects.all().delete()
    catch_up(at=at(12))
    assert clocks()["imported"].due_at == at(11, 17)


def test_a_receipt_that_fails_leaves_no_clock(batch, bank, admin, monkeypatch):
    def fails(*_args: object, **_more: object) -> None:
        raise NoMapping("x")

    monkeypatch.setattr(receive, "refresh", fails)
    with pytest.raises(NoMapping):
        received(batch, bank, admin)
    assert not Clock.objects.exists()
