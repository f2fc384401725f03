"""`huikuan channel` does what the pages do, and what the pages refuse it refuses."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from huikuan.casebook import sealed
from huikuan.casebook.models import Channel, ChannelFile
from huikuan.channels.tests.conftest import at, put
from huikuan.channels.watch import look_at_all
from huikuan.ops.cli import CommandError
from huikuan.ops.commands import channel as command
from huikuan.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command as a user; gives its exit code and each JSON object that it printed."""

    def run(user: User, *words: object) -> tuple[int, list[dict[str, Any]]]:
        parser = argparse.ArgumentParser()
        command.arguments(parser)
        given = [str(word) for word in words]
        args = parser.parse_args([*given, "--as", user.username, "--json"])
        code = command.run(args)
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def add(*more: object) -> tuple[object, ...]:
    words = ("add", "bank-folder", "--creditor", "card-bank", "--mapping", "card_cn")
    return (*words, "--kind", "folder", "--address", "bank", *more)


def test_from_the_channel_to_the_fetched_file(bank, manager, fetcher, sample, call) -> None:
    code, told = call(manager, *add())
    assert (code, told[0]["channel"], told[0]["error"]) == (0, "bank-folder", "")

    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    _code, files = call(fetcher, "files", "--waiting")
    assert [(each["name"], each["state"]) for each in files] == [("委案.csv", "arrived")]

    code, told = call(fetcher, "fetch", files[0]["file"])
    assert (code, told[0]["state"], told[0]["problems"]) == (0, "fetched", [])
    code, told = call(fetcher, "fetch", files[0]["file"])
    assert (code, told[0]["problems"][0]["code"]) == (1, "file.fetched")
    assert call(fetcher, "files", "--waiting") == (0, [])

    assert call(manager, "end", "bank-folder", "--reason", "合同到期")[0] == 0
    assert call(manager, "list")[1][0]["ended"] is True


def test_a_look_says_whether_every_channel_was_reached(bank, manager, call) -> None:
    call(manager, *add())
    code, told = call(manager, "look")
    assert (code, told[0]["error"]) == (1, "channel.no_folder")
    put("bank", "委案.csv", b"x", at(8, 0))
    assert call(manager, "look")[0] == 0
    assert ChannelFile.objects.count() == 1


def test_the_secret_comes_from_a_file(bank, manager, tmp_path: Path, call) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a password\n", "utf-8")
    words = ("add", "bank-mail", "--creditor", "card-bank", "--mapping", "card_cn")
    where = ("--kind", "mail", "--address", "imap.example.com", "--user", "house")
    call(manager, *words, *where, "--sender", "a@example.com", "--secret-file", secret)
    assert sealed.unseal(Channel.objects.get().secret) == "a password"
    with pytest.raises(CommandError, match="gone"):
        call(manager, *words, *where, "--secret-file", tmp_path / "gone")


def test_an_unknown_channel_is_named(bank, manager, fetcher, call) -> None:
    with pytest.raises(CommandError, match="nothing"):
        call(manager, "end", "nothing", "--reason", "x")
    code, told = call(fetcher, *add())
    assert (code, told[0]["problems"][0]["code"]) == (1, "channel.right")
