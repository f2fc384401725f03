"""A house with a client whose files come in channels, and the people who fetch them."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from tests import people
from tests.agency import load_all

from huikuan.casebook.models import Channel
from huikuan.channels.declare import ChannelEntry, declare
from huikuan.channels.folder import root
from huikuan.intake.mapping import EXAMPLES
from huikuan.people.models import Creditor, Organisation, User

#: A Monday.
ON = dt.date(2026, 11, 23)


def at(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """A moment of the Monday, where the house is."""
    return people.moment(ON, hour) + dt.timedelta(minutes=minute, seconds=second)


@pytest.fixture
def house(db: None, settings, tmp_path: Path) -> Organisation:  # type: ignore[no-untyped-def]
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"home": tmp_path})
    load_all(at=at(0))
    return people.make_house()


@pytest.fixture
def bank(house: Organisation) -> Creditor:
    return people.make_creditor("card-bank", house)


@pytest.fixture
def manager(house: Organisation) -> User:
    return people.make_user("manager", house)


@pytest.fixture
def fetcher(house: Organisation) -> User:
    return people.make_user("supply_chain", house)


@pytest.fixture
def sample() -> bytes:
    return (EXAMPLES / "card_cn" / "sample.csv").read_bytes()


def root_of_house(code: str = "house") -> Path:
    """Where the folders of a house's channels lie."""
    return root(Organisation.objects.get(code=code))


def put(folder: str, name: str, content: bytes, moment: dt.datetime) -> Path:
    """A file in a folder of this machine, with its own time."""
    path = root_of_house() / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (moment.timestamp(), moment.timestamp()))
    return path


def entry(**more: object) -> ChannelEntry:
    """A folder whose files are whole once they have lain still for a minute."""
    given: dict[str, object] = {
        "code": "bank-folder",
        "kind": "folder",
        "mapping": "card_cn",
        "address": "bank",
    }
    return ChannelEntry(**given | more)  # type: ignore[arg-type]


def make_channel(creditor: Creditor, actor: User, **more: object) -> Channel:
    """A channel that is watched."""
    declared = declare(entry(**more), creditor, actor=actor, at=at(8))
    assert declared.channel is not None, declared.problems
    return declared.channel
