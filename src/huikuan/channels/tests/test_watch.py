"""A file is a batch once it is whole; its hour runs from when it was seen as it is."""

from __future__ import annotations

import pytest

from huikuan.casebook.models import Channel, ChannelFile, Clock, Notice, Placement
from huikuan.channels.declare import end
from huikuan.channels.fetch import fetch
from huikuan.channels.tests.conftest import at, make_channel, put, root_of_house
from huikuan.channels.watch import look_at_all
from huikuan.intake.arrive import arrive

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(bank, manager) -> Channel:
    (root_of_house() / "bank").mkdir(parents=True)
    return make_channel(bank, manager)


def test_a_file_that_lies_still_has_arrived_when_it_began_to(channel, sample, fetcher) -> None:
    put("bank", "委案.csv", sample, at(8, 55))

    assert look_at_all(at(9, 0)) == 0, "it may still grow"
    assert look_at_all(at(9, 1)) == 1
    file = ChannelFile.objects.get()
    assert (file.state, file.arrived_at, file.own_time) == ("arrived", at(9, 0), at(8, 55))

    placement = Placement.objects.get()
    assert (placement.status, placement.received_at) == ("arrived", at(9, 0))
    clock = Clock.objects.get(kind="fetched", subject_id=placement.pk)
    assert (clock.started_at, clock.due_at) == (at(9, 0), at(10, 0))
    assert Notice.objects.filter(user=fetcher, kind="arrived").count() == 1

    assert look_at_all(at(9, 2)) == 0
    assert Placement.objects.count() == 1, "one file is one batch"


def test_an_arrival_that_somebody_notes_is_told_and_the_watcher_finds_it(
    channel, bank, manager, fetcher, sample
) -> None:
    noted = arrive(bank, "card_cn", "委案.csv", manager, at=at(8, 30))
    assert Notice.objects.filter(user=fetcher, kind="arrived").count() == 1

    put("bank", "委案.csv", sample, at(8, 20))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    assert ChannelFile.objects.get().placement == noted, "it is the same batch"
    assert noted.received_at == at(8, 30)


def test_a_file_that_grows_waits(channel, sample) -> None:
    put("bank", "委案.csv", sample[:100], at(9, 0))
    look_at_all(at(9, 0, 30))
    put("bank", "委案.csv", sample, at(9, 1))
    look_at_all(at(9, 1, 30))
    assert Placement.objects.count() == 0

    look_at_all(at(9, 2, 30))
    assert Placement.objects.get().received_at == at(9, 1, 30)


def test_a_draft_arrives_under_its_final_name(bank, manager, sample) -> None:
    make_channel(bank, manager, whole="renamed", under_way=".part")
    draft = put("bank", "委案.csv.part", sample, at(9, 0))
    assert look_at_all(at(9, 1)) == 0
    assert not ChannelFile.objects.exists()

    draft.rename(draft.with_suffix(""))
    assert look_at_all(at(9, 2)) == 1
    assert Placement.objects.get().received_at == at(9, 2)


def test_a_done_file_beside_it_says_that_it_is_whole(bank, manager, sample) -> None:
    make_channel(bank, manager, whole="done")
    put("bank", "委案.csv", sample, at(9, 0))
    assert look_at_all(at(9, 30)) == 0

    put("bank", "委案.csv.done", b"", at(9, 31))
    assert look_at_all(at(9, 31)) == 1
    assert Placement.objects.get().received_at == at(9, 31)
    assert ChannelFile.objects.count() == 1, "the sign itself is no batch"


def test_a_file_sent_again_with_another_content_is_another_batch(channel, sample, fetcher) -> None:
    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    assert fetch(ChannelFile.objects.get().pk, actor=fetcher, at=at(9, 5)).done

    put("bank", "委案.csv", sample + b"\n", at(9, 30))
    look_at_all(at(9, 31))
    look_at_all(at(9, 32))
    assert Placement.objects.count() == 2


def test_written_again_before_it_is_fetched_it_keeps_its_moment(channel, sample, fetcher) -> None:
    put("bank", "委案.csv", sample[:500], at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    put("bank", "委案.csv", sample, at(9, 5))
    look_at_all(at(9, 5))

    file = ChannelFile.objects.get()
    refused = fetch(file.pk, actor=fetcher, at=at(9, 5))
    assert [each.code for each in refused.problems] == ["file.under_way"]

    look_at_all(at(9, 7))
    file.refresh_from_db()
    assert (file.state, file.arrived_at) == ("arrived", at(9, 0))
    assert Placement.objects.count() == 1


def test_what_is_wrong_with_one_stops_no_other(channel, bank, manager, sample) -> None:
    gone = make_channel(bank, manager, code="gone", address="nowhere")
    dead = make_channel(
        bank,
        manager,
        code="dead",
        kind="mail",
        address="127.0.0.1",
        port=9,
        user="nobody",
        secret="x",
        sender="a@example.com",
        security="none",
    )
    put("bank", "empty.csv", b"", at(8, 0))
    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    assert look_at_all(at(9, 1)) == 1

    for each, code in ((gone, "channel.no_folder"), (dead, "channel.refuses_connections")):
        each.refresh_from_db()
        assert (each.error, each.error_since, each.looked_at) == (code, at(9, 0), None)
    channel.refresh_from_db()
    assert (channel.error, channel.looked_at) == ("", at(9, 1))
    assert ChannelFile.objects.get(name="empty.csv").error == "file.empty"

    (root_of_house() / "nowhere").mkdir()
    look_at_all(at(9, 2))
    gone.refresh_from_db()
    assert (gone.error, gone.error_since) == ("", None), "it recovers by itself"


def test_a_watch_that_was_dead_for_an_hour_sees_what_came(channel, sample) -> None:
    look_at_all(at(9, 0))
    put("bank", "委案.csv", sample, at(9, 10))
    look_at_all(at(10, 10))
    look_at_all(at(10, 11))

    file = ChannelFile.objects.get()
    assert file.arrived_at == at(10, 10), "nobody knows what the watch did not see"
    assert file.own_time == at(9, 10), "its own time stands beside it"


def test_a_clock_that_was_set_back_holds_no_file_up(channel, sample) -> None:
    put("bank", "委案.csv", sample, at(8))
    look_at_all(at(20))
    look_at_all(at(9))
    assert look_at_all(at(9, 1)) == 1


def test_a_file_that_changed_after_the_end_of_its_watch_says_what_to_do(
    channel, manager, fetcher, sample
) -> None:
    put("bank", "委案.csv", sample, at(8))
    look_at_all(at(9))
    look_at_all(at(9, 1))
    assert end(channel.pk, reason="合同到期", actor=manager, at=at(9, 5)).done
    put("bank", "委案.csv", sample + b"more", at(9, 10))
    refused = fetch(ChannelFile.objects.get().pk, actor=fetcher, at=at(9, 20))
    assert [each.code for each in refused.problems] == ["file.changed_after"]


def test_an_ended_channel_is_looked_at_no_more(channel, manager, sample) -> None:
    assert end(channel.pk, reason="合同到期", actor=manager, at=at(9)).done
    put("bank", "委案.csv", sample, at(9, 10))
    look_at_all(at(9, 20))
    assert not ChannelFile.objects.exists()


def test_what_is_taken_away_says_so(channel, sample) -> None:
    path = put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    path.unlink()
    look_at_all(at(9, 1))
    file = ChannelFile.objects.get()
    assert (file.state, file.error) == ("gone", "channel.gone")

    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 2))
    look_at_all(at(9, 3))
    assert Placement.objects.get().received_at == at(9, 2)


def test_the_watch_is_a_job_of_every_minute() -> None:
    from procrastinate.contrib.django import app

    from huikuan.channels import tasks

    periodic = app.periodic_registry.periodic_tasks
    crons = {name: task.cron for (name, _id), task in periodic.items()}
    assert crons[tasks.NAME] == "* * * * *"
