"""Beside tests that commit: a fixture that is made once leaves nothing to them, and nor do they."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from huikuan.ops.made_once import made_once
from huikuan.people.models import Organisation

pytestmark = pytest.mark.django_db

MADE: list[Organisation] = []


@pytest.fixture(scope="module")
def quarter(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows of the file; they can only go when nothing stands on them any more."""
    with django_db_blocker.unblock():
        quarter = Organisation.objects.create(code="quarter", name="quarter")
    yield
    with django_db_blocker.unblock():
        quarter.delete()


@made_once
def house(quarter: None) -> Organisation:
    principal = Organisation.objects.get(code="quarter")
    MADE.append(Organisation.objects.create(code="house", name="house", principal=principal))
    return MADE[-1]


def codes() -> set[str]:
    return set(Organisation.objects.values_list("code", flat=True))


def test_the_first_of_the_file_asks_for_nothing() -> None:
    assert "house" not in codes()


@pytest.mark.parametrize("time", range(2))
def test_it_stands_on_what_the_file_has(house: Organisation, time: int) -> None:
    assert codes() == {"quarter", "house"}
    assert len(MADE) == 1
    house.delete()


@pytest.mark.django_db(transaction=True)
def test_one_that_commits_makes_it_for_itself(house: Organisation) -> None:
    assert [MADE[0], house] == MADE
    assert house.pk != MADE[0].pk
