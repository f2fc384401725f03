"""A house in which the shipped procedures are loaded, and a batch to receive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from huikuan.casebook import facts
from huikuan.casebook.models import Case, PackActivation, PackBinding, PackVersion
from huikuan.clocks.refresh import refresh
from huikuan.engine.pack import hash_of
from huikuan.intake.mapping import EXAMPLES, Mapping
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, Organisation, User
from huikuan.planning import load
from tests import people

#: A Monday.
ON = dt.date(2026, 11, 23)


def at(hour: int, minute: int = 0, *, days: int = 0) -> dt.datetime:
    """A moment of the Monday, or so many days later, where the house is."""
    moment = people.moment(ON + dt.timedelta(days=days), hour)
    return moment + dt.timedelta(minutes=minute)


PACK = """pack: own
kind: playbook
version: "1"
title: {zh: 自有流程, en: own procedure}
source: tests
effective_from: 2020-01-01
"""


def store(clocks: str, version: str) -> PackVersion:
    """A signed version of a pack of the house's own, that asks for no step."""
    texts = PACK.replace('version: "1"', f'version: "{version}"')
    files = {"pack.yaml": texts, "playbook.yaml": "steps: []\n", "clocks.yaml": clocks}

    return PackVersion.objects.create(
        pack="own",
        kind="playbook",
        version=version,
        hash=hash_of(files),
        content=files,
        effective_from=dt.date(2020, 1, 1),
        approved_by="tests",
        loaded_at=at(0),
    )


def put_in_force(clocks: str) -> PackVersion:
    """The pack in force for everybody, since long ago."""
    version = store(clocks, "1")
    PackActivation.objects.create(version=version, pack="own", from_on=dt.date(2020, 1, 1))
    return version


def make_case_of_pack(**more: Any) -> Case:
    """A case that is bound to the pack; placed this Monday where nothing else is said."""
    given = {"placed_on": ON, "statement_cycle": True, "recorded_at": at(9)} | more
    made = people.make_case(**given)

    PackBinding.objects.create(
        creditor=made.creditor, product=made.product, pack="own", from_on=dt.date(2020, 1, 1)
    )
    facts.refresh([made.pk])
    refresh({"case": [made.pk]}, at=given["recorded_at"])
    return made


@made_once
def house(db: None) -> Organisation:
    assert load.load_all(at=at(0)) == []
    return people.make_house()


@made_once
def admin(house: Organisation) -> User:
    return people.make_user("data_admin", house)


@made_once
def supply(house: Organisation) -> User:
    return people.make_user("supply_chain", house)


@made_once
def lead(house: Organisation) -> User:
    return people.make_user("team_lead", house)


@made_once
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
