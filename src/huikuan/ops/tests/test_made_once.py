"""A fixture is made once for the tests that ask for it, and each of them finds it as new."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from huikuan.ops.made_once import in_order, made_once
from huikuan.people.models import Organisation

pytestmark = pytest.mark.django_db

#: How often each fixture was made.
MADE: dict[str, int] = {"town": 0, "street": 0, "sea": 0}


@dataclass
class Place:
    house: Organisation
    notes: list[str] = field(default_factory=list)


def _place(name: str) -> Place:
    MADE[name] += 1
    return Place(Organisation.objects.create(code=name, name=name))


def houses() -> set[str]:
    return set(Organisation.objects.values_list("code", flat=True))


@made_once
def town() -> Place:
    return _place("town")


@made_once
def street(town: Place) -> Place:
    """It writes into what it builds on, too."""
    town.notes.append("a street was built")
    Organisation.objects.filter(code="town").update(name="a town with a street")
    return _place("street")


@pytest.fixture(scope="module")
def water() -> str:
    return "salt"


@made_once
def sea(water: str) -> Place:
    place = _place("sea")
    place.notes.append(water)
    return place


@pytest.mark.parametrize("time", range(3))
def test_neither_rows_nor_values_show_what_another_test_changed(town: Place, time: int) -> None:
    assert (town.notes, houses()) == ([], {"town"})
    assert Organisation.objects.get().name == "town"
    assert MADE["town"] == 1

    town.notes.append("changed")
    town.house.name = "changed"
    town.house.save()
    Organisation.objects.create(code="more", name="more")


@pytest.mark.parametrize("time", range(2))
def test_what_builds_on_another_is_made_above_it(town: Place, street: Place, time: int) -> None:
    assert houses() == {"town", "street"}
    assert town.notes == ["a street was built"]
    assert (MADE["town"], MADE["street"]) == (1, 1)
    street.house.delete()


def test_nothing_is_there_that_the_test_did_not_ask_for(sea: Place) -> None:
    assert houses() == {"sea"}
    assert sea.notes == ["salt"], "a fixture of the whole file stands as long"


def test_without_a_fixture_the_tables_are_empty() -> None:
    assert houses() == set()


def test_tests_of_the_same_fixtures_come_one_after_another(request: pytest.FixtureRequest) -> None:
    """However they were mixed before, each fixture is made once."""
    mixed = [item for item in request.session.items if item.path == request.path]
    random.Random(1).shuffle(mixed)

    ordered = in_order(mixed)
    assert sorted(ordered, key=mixed.index) == mixed
    asked = [_asked(item) for item in ordered]
    assert [key for key, _same in itertools.groupby(asked)] == sorted(set(asked))


def _asked(item: Any) -> tuple[str, ...]:
    """The fixtures of this file that the test asks for, those that lie below others first."""
    return tuple(name for name in ("sea", "town", "street") if name in item.fixturenames)
