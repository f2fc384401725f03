"""A file is fetched once, into the folder of client and channel; nothing else is changed."""

from __future__ import annotations

import pytest
from tests import people
from tests.together import at_once

from huikuan.casebook import vault
from huikuan.casebook.models import Channel, ChannelFile, Clock, Notice, Placement, PlacementEvent
from huikuan.channels.fetch import designated_folder, fetch
from huikuan.channels.tests.conftest import at, make_channel, put, root_of_house
from huikuan.channels.watch import look_at_all
from huikuan.intake.receive import receive, refuse

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
    assert (root_of_house() / "bank" / "委案.csv").read_bytes() == sample, (
        "the channel is as it was"
    )


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


def put_and_look(name: str, content: bytes, hour: int) -> ChannelFile:
    """A file that comes at the hour and has arrived a minute later."""
    put("bank", name, content, at(hour))
    look_at_all(at(hour))
    look_at_all(at(hour, 1))
    return ChannelFile.objects.order_by("pk").last()


def test_two_files_of_one_name_are_two_batches(bank, manager, fetcher, sample) -> None:
    for folder in ("one", "two"):
        make_channel(bank, manager, code=folder, address=folder)
    put("one", "委案.csv", sample, at(9))
    put("two", "委案.csv", sample + b"\n", at(9))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    assert Placement.objects.filter(status="arrived").count() == 2

    for file in ChannelFile.objects.order_by("pk"):
        assert fetch(file.pk, actor=fetcher, at=at(9, 30)).done
    states = Placement.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["received", "received"], "the first is not lost to the second"


def test_a_file_of_which_the_batch_was_refused_is_not_fetched(file, fetcher) -> None:
    assert refuse(file.placement, fetcher, at=at(9, 59), reason="发错文件")
    late = fetch(file.pk, actor=fetcher, at=at(14))
    assert [each.code for each in late.problems] == ["file.batch_refused"]
    file.refresh_from_db()
    assert (file.state, file.error_params["reason"]) == ("refused", "发错文件")
    assert Placement.objects.count() == 1, "its hour is not given anew"

    look_at_all(at(14, 10))
    assert Placement.objects.count() == 1, "it still lies there, and is the same"


def test_a_refused_file_that_comes_again_has_clocks_and_is_told(file, fetcher, sample) -> None:
    assert fetch(file.pk, actor=fetcher, at=at(9, 2)).done
    assert refuse(Placement.objects.get(), fetcher, at=at(9, 50), reason="客户要求撤回")
    again = put_and_look("again.csv", sample, 10)
    told = Notice.objects.filter(kind="to_import").count()
    colleague = people.make_user("data_admin", fetcher.organisation)

    assert fetch(again.pk, actor=fetcher, at=at(10, 5)).done
    again.refresh_from_db()
    assert (again.state, again.placement.status) == ("fetched", "received")
    imported = Clock.objects.get(kind="imported", subject_id=again.placement_id)
    assert (imported.started_at, imported.met_at) == (at(10, 5), None)
    assert Notice.objects.filter(kind="to_import").count() > told
    assert colleague.notices.filter(kind="to_import").exists()


def test_where_somebody_brought_another_file_for_its_batch_it_keeps_its_arrival(
    file, fetcher, bank, sample, tmp_path
) -> None:
    other = tmp_path / "委案.csv"
    other.write_bytes(sample + b"\n")
    receive(other, bank, "card_cn", fetcher, at=at(9, 10))

    assert fetch(file.pk, actor=fetcher, at=at(11)).done
    file.refresh_from_db()
    clock = Clock.objects.get(kind="fetched", subject_id=file.placement_id)
    assert (clock.started_at, clock.met_at) == (at(9, 0), at(11))
    assert set(Placement.objects.values_list("status", flat=True)) == {"received"}
