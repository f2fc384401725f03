"""What a channel must say before it is watched."""

from __future__ import annotations

import pytest
from tests import people

from huikuan.casebook.models import Channel, ChannelFile, Placement
from huikuan.channels.declare import declare, end
from huikuan.channels.tests.conftest import at, entry, put, root_of_house
from huikuan.channels.watch import look_at_all

pytestmark = pytest.mark.django_db
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvT1n6q1bqkzq8J0xY3pQ0rU3b0m1r5c8mZq2m7a1bA"
SFTP = {"kind": "sftp", "address": "sftp.example.com", "user": "house", "secret": "x"}


def codes(bank, actor, **more: object) -> list[str]:  # type: ignore[no-untyped-def]
    return [each.code for each in declare(entry(**more), bank, actor=actor, at=at(8)).problems]


@pytest.mark.parametrize("path", ["/etc", "../keys", "bank/../../keys", "."])
def test_a_folder_lies_below_the_folder_of_channels(bank, manager, path) -> None:
    assert codes(bank, manager, address=path) == ["channel.path"]


def test_everything_that_is_missing_is_said_at_once(bank, manager) -> None:
    missing = codes(bank, manager, kind="sftp", address="")
    assert missing == [
        "channel.host",
        "channel.user",
        "channel.secret",
        "channel.host_key_missing",
    ]
    of_mail = codes(bank, manager, kind="mail", address="imap.example.com", user="u", secret="x")
    assert of_mail == ["channel.sender"]


def test_no_server_is_believed_without_its_key(bank, manager) -> None:
    pytest.importorskip("asyncssh", reason="skipped: asyncssh absent")
    assert codes(bank, manager, **SFTP) == ["channel.host_key_missing"]
    assert codes(bank, manager, **SFTP, host_key="ssh-ed25519 nonsense") == [
        "channel.host_key_form"
    ]
    assert codes(bank, manager, **SFTP, host_key=KEY) == []


def test_the_secret_is_kept_sealed(bank, manager) -> None:
    given = {"kind": "mail", "address": "imap.example.com", "user": "u", "sender": "a@example.com"}
    assert codes(bank, manager, **given, secret="a password") == []
    assert b"a password" not in bytes(Channel.objects.get().secret)


def test_a_mapping_of_another_client_is_refused(bank, manager) -> None:
    assert codes(bank, manager, mapping="invoice_cn") == ["channel.mapping"]
    assert codes(bank, manager, mapping="nothing") == ["file.mapping"]


def test_a_mapping_that_has_read_a_clients_batches_reads_its_channel(house, manager) -> None:
    other = people.make_creditor("other-bank", house)
    assert codes(other, manager) == ["channel.mapping"]

    act = people.make_act(house)
    days = {"received_at": at(8), "received_on": at(8).date(), "valid_on": at(8).date()}
    Placement.objects.create(
        organisation=house, creditor=other, act=act, number="OTHER-1", mapping="card_cn",
        file_name="a.csv", file_hash="x", status="accepted", **days,
    )  # fmt: skip
    assert codes(other, manager) == []


def test_only_who_sets_up_the_house_sets_up_channels(bank, fetcher) -> None:
    assert codes(bank, fetcher) == ["channel.right"]
    stranger = people.make_user("manager", people.make_house("other"))
    assert codes(bank, stranger) == ["channel.unknown"]


def test_a_name_is_given_once(bank, manager) -> None:
    assert codes(bank, manager) == []
    assert codes(bank, manager) == ["channel.code_taken"]


@pytest.mark.parametrize("path", ["bank", "bank/", "./bank", "bank/monday", "."])
def test_a_folder_has_one_watcher(bank, manager, path) -> None:
    assert codes(bank, manager, address="bank") == []
    second = codes(bank, manager, code="second", address=path)
    assert second in (["channel.overlap"], ["channel.path"])


def test_a_folder_around_a_watched_one_is_not_watched_too(bank, manager) -> None:
    assert codes(bank, manager, address="bank/monday") == []
    assert codes(bank, manager, code="second", address="bank") == ["channel.overlap"]
    assert codes(bank, manager, code="second", address="bank-two") == []


def test_a_link_to_a_watched_folder_is_the_same_folder(bank, manager) -> None:
    assert codes(bank, manager, address="bank") == []
    (root_of_house() / "bank").mkdir(parents=True)
    (root_of_house() / "other").symlink_to(root_of_house() / "bank")
    assert codes(bank, manager, code="second", address="other") == ["channel.overlap"]


def test_an_ended_watch_leaves_its_folder_free(bank, manager) -> None:
    declared = declare(entry(), bank, actor=manager, at=at(8))
    assert declared.channel is not None
    end(declared.channel.pk, reason="换渠道", actor=manager, at=at(9))
    assert codes(bank, manager, code="second") == []


def test_each_house_has_a_folder_of_channels_of_its_own(bank, manager, sample) -> None:
    """Whatever another house calls its folder, it sees nothing of ours."""
    other = people.make_house("other")
    spy = people.make_user("manager", other)
    theirs = people.make_creditor("card-bank", other)
    assert codes(bank, manager) == []
    assert codes(theirs, spy) == []

    put("bank", "委案.csv", sample, at(8))
    look_at_all(at(9))
    file = ChannelFile.objects.get()
    assert file.organisation == bank.organisation
