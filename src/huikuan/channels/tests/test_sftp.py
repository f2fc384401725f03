"""An SFTP account, against a real server: files come in, and only the pinned key is believed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("asyncssh", reason="skipped: asyncssh absent")

import asyncssh

from huikuan.casebook.models import Channel, ChannelFile, Placement
from huikuan.channels.fetch import fetch
from huikuan.channels.sftp import host_key_of
from huikuan.channels.tests import sftp_server
from huikuan.channels.tests.conftest import at, make_channel
from huikuan.channels.watch import look_at_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """The folder that the client sees on its side."""
    folder = tmp_path / "server"
    (folder / "out").mkdir(parents=True)
    return folder


def account(bank, manager, server, **more: object) -> Channel:  # type: ignore[no-untyped-def]
    given: dict[str, object] = {
        "code": "bank-sftp",
        "kind": "sftp",
        "address": "127.0.0.1",
        "port": server.port,
        "user": sftp_server.USER,
        "secret": sftp_server.PASSWORD,
        "host_key": server.host_key,
        "folder": "/out",
        "pattern": "*.csv",
    }

    return make_channel(bank, manager, **given | more)


def put(delivery: Path, content: bytes) -> None:
    path = delivery / "out" / "委案.csv"
    path.write_bytes(content)
    os.utime(path, (at(8, 30).timestamp(), at(8, 30).timestamp()))


def test_a_file_comes_in_and_is_fetched(bank, manager, fetcher, delivery, sample) -> None:
    with sftp_server.running(delivery) as server:
        channel = account(bank, manager, server)
        put(delivery, sample)
        (delivery / "out" / "readme.txt").write_text("not for us")
        look_at_all(at(9, 0))
        assert look_at_all(at(9, 1)) == 1

        file = ChannelFile.objects.get()
        assert (file.name, file.own_time, file.arrived_at) == ("委案.csv", at(8, 30), at(9, 0))
        assert fetch(file.pk, actor=fetcher, at=at(9, 20)).done

    channel.refresh_from_db()
    assert channel.error == ""
    assert Placement.objects.get().status == "received"
    assert (delivery / "out" / "委案.csv").exists(), "nothing is taken away from the client"


@pytest.mark.parametrize("name", ["委案二.csv".encode("gbk"), b"a\x01b.csv"])
def test_a_bad_name_hides_no_other_file(bank, manager, delivery, sample, name) -> None:
    (delivery / "out" / os.fsdecode(name)).write_bytes(sample)
    with sftp_server.running(delivery) as server:
        channel = account(bank, manager, server)
        put(delivery, sample)
        look_at_all(at(9, 0))
        assert look_at_all(at(9, 1)) == 1

    channel.refresh_from_db()
    assert channel.error == ""
    assert ChannelFile.objects.get(state="arrived").name == "委案.csv"
    assert ChannelFile.objects.get(state="wrong").error == "file.name"


def test_a_server_with_another_key_is_not_spoken_to(bank, manager, delivery, sample) -> None:
    put(delivery, sample)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with sftp_server.running(delivery) as server:
        channel = account(bank, manager, server, host_key=other)
        look_at_all(at(9, 0))
        assert host_key_of("127.0.0.1", server.port).split()[:2] == server.host_key.split()[:2]

    channel.refresh_from_db()
    assert (channel.error, channel.error_since) == ("channel.host_key", at(9, 0))
    assert not ChannelFile.objects.exists()


def test_a_private_key_signs_in_as_well(bank, manager, delivery, sample) -> None:
    put(delivery, sample)
    key = asyncssh.generate_private_key("ssh-ed25519")
    public = key.export_public_key().decode()
    with sftp_server.running(delivery, authorized=public) as server:
        account(bank, manager, server, secret=key.export_private_key().decode())
        look_at_all(at(9, 0))
    assert ChannelFile.objects.get().name == "委案.csv"


def test_a_wrong_password_and_a_dead_server_say_so(bank, manager, delivery) -> None:
    with sftp_server.running(delivery) as server:
        channel = account(bank, manager, server, secret="wrong")
        look_at_all(at(9, 0))
        channel.refresh_from_db()
        assert channel.error == "channel.refused"

    look_at_all(at(9, 1))
    channel.refresh_from_db()
    assert (channel.error, channel.error_since) == ("channel.refuses_connections", at(9, 0))


def test_a_file_whose_server_died_waits_with_the_reason(
    bank, manager, fetcher, delivery, sample
) -> None:
    with sftp_server.running(delivery) as server:
        account(bank, manager, server)
        put(delivery, sample)
        look_at_all(at(9, 0))
        look_at_all(at(9, 1))

    file = ChannelFile.objects.get()
    refused = fetch(file.pk, actor=fetcher, at=at(9, 10))
    assert [each.code for each in refused.problems] == ["channel.refuses_connections"]
    file.refresh_from_db()
    assert (file.state, file.error) == ("arrived", "channel.refuses_connections")


def test_the_library_is_not_loaded_where_no_such_channel_is() -> None:
    code = "import sys, huikuan.channels.readers; assert 'asyncssh' not in sys.modules"
    start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE']='huikuan.ops.settings';"
    done = subprocess.run(
        [sys.executable, "-c", f"{start} django.setup(); {code}"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
