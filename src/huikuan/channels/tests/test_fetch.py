"""A file is fetched once, into the folder of client and channel; nothing else is changed."""

from __future__ import annotations

import pytest
from tests import people
from tests.together import at_once

from huikuan.casebook import vault
from huikuan.casebook.models import Channel, ChannelFile, Clock, Placement, PlacementEvent
from huikuan.channels.fetch import designated_folder, fetch
from huikuan.channels.folder import root
from huikuan.channels.tests.conftest import at, make_channel, put
from huikuan.channels.watch import look_at_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(bank, manager) -> Channel:
    return make_channel(bank, manager)


@pytest.fixture
def file(channel, sample) -> ChannelFile:
    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    return ChannelFile.objects.get()


def test_it_is_fetched_into_the_folder_of_its_client_and_channel(file, fetcher, sample) -> None:
    fetched = fetch(file.pk, actor=fetcher, at=at(9, 30))
    assert fetched.done and fetched.file is not None

    placement = Placement.objects.get()
    assert placement.status == "received"
    event = PlacementEvent.objects.get(kind="fetched")
    assert (event.happened_at, event.act.actor) == (at(9, 30), fetcher)
    assert Clock.objects.get(kind="fetched").met_at == at(9, 30)

    folder = designated_folder(fetched.file)
    assert (folder.parent.name, folder.name) == ("card-bank", "bank-folder")
    assert [path.name for path in folder.iterdir()] == [f"{placement.number}.sealed"]
    assert sample[:40] not in (folder / f"{placement.number}.sealed").read_bytes(), "it is sealed"
    whole = b"".join(vault.parts(placement.creditor_id, placement.file_hash))
    assert whole == sample
    assert (root() / "bank" / "委案.csv").read_bytes() == sample, "the channel is as it was"


def test_twice_changes_nothing(file, fetcher) -> None:
    assert fetch(file.pk, actor=fetcher, at=at(9, 30)).done
    again = fetch(file.pk, actor=fetcher, at=at(9, 31))
    assert [each.code for each in again.problems] == ["file.fetched"]
    assert PlacementEvent.objects.filter(kind="fetched").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_fetch_at_once_one_does(file, fetcher, house) -> None:
    other = people.make_user("data_admin", house)
    answers = at_once(
        [lambda: fetch(file.pk, actor=fetcher, at=at(9, 30)).done,
         lambda: fetch(file.pk, actor=other, at=at(9, 30)).done]
    )  # fmt: skip
    assert sorted(answers) == [False, True]
    assert PlacementEvent.objects.filter(kind="fetched").count() == 1


def test_the_same_content_under_another_name_is_no_second_batch(file, fetcher, sample) -> None:
    assert fetch(file.pk, actor=fetcher, at=at(9, 30)).done
    put("bank", "委案-again.csv", sample, at(9, 40))
    look_at_all(at(9, 41))
    look_at_all(at(9, 42))

    second = ChannelFile.objects.get(name="委案-again.csv")
    refused = fetch(second.pk, actor=fetcher, at=at(9, 50))
    assert [each.code for each in refused.problems] == ["file.known"]
    second.refresh_from_db()
    assert second.state == "known" and second.placement.status == "refused"
    clock = Clock.objects.get(kind="fetched", subject_id=second.placement_id)
    assert clock.met_at == at(9, 50), "nobody waits for it"


def test_who_may_not_take_in_placements_fetches_nothing(file, house) -> None:
    collector = people.make_user("collector", house)
    refused = fetch(file.pk, actor=collector, at=at(9, 30))
    assert [each.code for each in refused.problems] == ["file.right"]
    stranger = people.make_user("supply_chain", people.make_house("other"))
    refused = fetch(file.pk, actor=stranger, at=at(9, 30))
    assert [each.code for each in refused.problems] == ["file.unknown"]


def test_a_file_that_changed_meanwhile_is_not_taken(file, fetcher, sample) -> None:
    put("bank", "委案.csv", sample + b"more", at(9, 20))
    refused = fetch(file.pk, actor=fetcher, at=at(9, 30))
    assert [each.code for each in refused.problems] == ["file.changed"]
    file.refresh_from_db()
    assert (file.state, file.error) == ("arrived", "file.changed")


def test_a_channel_that_fetches_itself(bank, manager, sample) -> None:
    make_channel(bank, manager, fetches_itself=True)
    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    assert Placement.objects.get().status == "received"
    assert ChannelFile.objects.get().fetched_at == at(9, 1)
