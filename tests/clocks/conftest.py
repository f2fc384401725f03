"""A house in which the shipped procedures are loaded, and a batch to receive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from huikuan.intake.mapping import EXAMPLES, Mapping
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.people.models import Creditor, Organisation, User
from huikuan.planning import load
from tests import people

#: A Monday.
ON = dt.date(2026, 11, 23)


def at(hour: int, minute: int = 0, *, days: int = 0) -> dt.datetime:
    """A moment of the Monday, or so many days later, where the house is."""
    moment = people.moment(ON + dt.timedelta(days=days), hour)
    return moment + dt.timedelta(minutes=minute)


@pytest.fixture
def house(db: None) -> Organisation:
    assert load.load_all(at=at(0)) == []
    return people.make_house()


@pytest.fixture
def admin(house: Organisation) -> User:
    return people.make_user("data_admin", house)


@pytest.fixture
def supply(house: Organisation) -> User:
    return people.make_user("supply_chain", house)


@pytest.fixture
def lead(house: Organisation) -> User:
    return people.make_user("team_lead", house)


@pytest.fixture
def bank(house: Organisation) -> Creditor:
    return people.make_creditor("card-bank", house)


@pytest.fixture
def cards() -> Mapping:
    return mapping_by_name("card_cn")


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A file of the creditor with good and bad rows."""
    path = tmp_path / "cards.csv"
    path.write_bytes((EXAMPLES / "card_cn" / "sample.csv").read_bytes())
    return path
