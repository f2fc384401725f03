"""What a client can put into a channel: links, names that cannot be read, a sign that is old."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time

import pytest

from huikuan.casebook import vault
from huikuan.casebook.clear_copies import clear_folder
from huikuan.casebook.models import Channel, ChannelFile, Placement
from huikuan.channels import watch
from huikuan.channels.fetch import fetch
from huikuan.channels.tests.conftest import at, make_channel, put, root_of_house
from huikuan.channels.watch import look_at_all

pytestmark = pytest.mark.django_db
GBK = "委案二.csv".encode("gbk")


@pytest.fixture
def channel(bank, manager) -> Channel:
    return make_channel(bank, manager)


def look_twice(hour: int) -> None:
    look_at_all(at(hour))
    look_at_all(at(hour, 1))


@pytest.mark.parametrize("instead", ["link", "pipe"])
def test_what_is_no_file_any_more_is_not_read(channel, fetcher, tmp_path, instead) -> None:
    """Between look and fetch the client puts a link to a file of the server in its place."""
    secret = tmp_path / "data_key"
    secret.write_bytes(b"S" * 44)
    path = put("bank", "x.csv", b"x" * 44, at(8))
    look_twice(9)
    path.unlink()
    if instead == "link":
        path.symlink_to(secret)
    else:
        os.mkfifo(path)

    refused = fetch(ChannelFile.objects.get().pk, actor=fetcher, at=at(9, 30))
    assert [each.code for each in refused.problems] == ["file.not_a_file"]
    assert Placement.objects.get().status == "arrived"


@pytest.mark.parametrize("name", [GBK, b"a\x01b.csv", "委".encode() * 83 + b".csv"])
def test_a_bad_name_spoils_no_other_file(channel, sample, name) -> None:
    put("bank", "good.csv", sample, at(8))
    (root_of_house() / "bank" / os.fsdecode(name)).write_bytes(sample)
    look_twice(9)

    channel.refresh_from_db()
    assert channel.error == ""
    assert ChannelFile.objects.get(name="good.csv").state == "arrived"
    other = ChannelFile.objects.exclude(name="good.csv").get()
    if name.startswith("委".encode()):
        assert other.state == "arrived", "it is long and can be read"
        return
    assert (other.state, other.error) == ("wrong", "file.name")
    assert "\\x" in other.name and other.name.endswith(".csv"), "it can be pointed at"


def test_a_file_that_cannot_be_written_down_is_named_and_the_others_arrive(
    channel, sample, monkeypatch
) -> None:
    for name in ("a.csv", "b.csv"):
        put("bank", name, sample + name.encode(), at(8))
    arrive = watch.arrive

    def failing(creditor, mapping, name, *args, **more):  # type: ignore[no-untyped-def]
        if name == "a.csv":
            raise RuntimeError("a fault of ours")
        return arrive(creditor, mapping, name, *args, **more)

    monkeypatch.setattr(watch, "arrive", failing)
    look_twice(9)
    channel.refresh_from_db()
    assert (channel.error, channel.error_params) == ("channel.file_failed", {"detail": "a.csv"})
    assert Placement.objects.get().file_name == "b.csv"


def test_a_file_that_cannot_be_kept_stops_no_other(bank, manager, sample, monkeypatch) -> None:
    make_channel(bank, manager, fetches_itself=True)
    for name in ("a.csv", "b.csv"):
        put("bank", name, sample + name.encode(), at(8))
    keep = vault.keep

    def full(source, creditor_id, file_hash):  # type: ignore[no-untyped-def]
        if source.read_bytes().endswith(b"a.csv"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return keep(source, creditor_id, file_hash)

    monkeypatch.setattr(vault, "keep", full)
    look_twice(9)
    waits = ChannelFile.objects.get(name="a.csv")
    assert (waits.state, waits.error) == ("arrived", "file.no_space")
    assert ChannelFile.objects.get(name="b.csv").state == "fetched"

    monkeypatch.setattr(vault, "keep", keep)
    look_at_all(at(9, 5))
    waits.refresh_from_db()
    assert (waits.state, waits.error) == ("fetched", "")


def test_other_content_with_the_same_size_and_time_is_another_batch(
    channel, sample, fetcher
) -> None:
    path = put("bank", "x.csv", sample, at(8))
    look_twice(9)
    assert fetch(ChannelFile.objects.get().pk, actor=fetcher, at=at(9, 5)).done

    path.chmod(0o600)
    look_at_all(at(9, 10))
    assert ChannelFile.objects.count() == 1, "the same content with other rights is the same file"

    put("bank", "x.csv", sample.replace(b"M2", b"M9"), at(8))
    look_twice(10)
    assert Placement.objects.count() == 2


def test_the_sign_of_an_earlier_file_makes_no_later_one_whole(bank, manager, sample) -> None:
    make_channel(bank, manager, whole="done", fetches_itself=True)
    put("bank", "x.csv", sample, at(8))
    put("bank", "x.csv.done", b"", at(8, 1))
    look_at_all(at(9))
    assert Placement.objects.get().status == "received"

    put("bank", "x.csv", sample[:400], at(10))
    look_at_all(at(10, 1))
    half = ChannelFile.objects.order_by("pk").last()
    assert (half.state, half.error) == ("under_way", "file.done_old")

    put("bank", "x.csv", sample + b"\n", at(10, 5))
    put("bank", "x.csv.done", b"", at(10, 5))
    look_at_all(at(10, 6))
    assert Placement.objects.filter(status="received").count() == 2
    half.refresh_from_db()
    assert (half.state, half.error) == ("fetched", "")


KILLED = """
import os, pathlib, signal, sys
from django.conf import settings
from types import SimpleNamespace
settings.configure(HUIKUAN=SimpleNamespace(home=pathlib.Path(sys.argv[1])))
from huikuan.casebook.clear_copies import clear_folder
with clear_folder() as folder:
    (folder / "file").write_text("names and numbers")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_program_left_unsealed_is_taken_away(channel, settings) -> None:
    home = settings.HUIKUAN.home
    subprocess.run([sys.executable, "-c", KILLED, str(home)], check=False)
    (left,) = (home / "clear").iterdir()
    assert (left / "file").read_text() == "names and numbers"

    an_hour_ago = time.time() - 3600
    os.utime(left / ".lock", (an_hour_ago, an_hour_ago))
    with clear_folder() as ours:
        os.utime(ours / ".lock", (an_hour_ago, an_hour_ago))
        look_at_all(at(9))
        assert ours.exists(), "somebody works in it"
    assert list((home / "clear").iterdir()) == []
