"""An older book's activations keep their meaning when they come to belong to a house.

The activations are said in a database of the version before, by rows as that version wrote them,
and the database is then migrated.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huikuan.casebook import packs
from huikuan.casebook.models import PackActivation, PackVersion
from huikuan.people.models import Creditor, Organisation
from huikuan.planning.activate import history
from tests.test_old_books import new_database

pytestmark = pytest.mark.long
BEFORE = [("casebook", "0021_statements"), ("people", "0005_first_start")]
DAY = dt.timedelta(1)
TODAY = dt.date(2026, 11, 2)
AT = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)


class Old:
    """A book of the version before: an activation held for every house of the installation."""

    def __init__(self, apps: Any) -> None:
        self.apps = apps
        self.acts = 0

    def model(self, name: str, app: str = "casebook") -> Any:
        return self.apps.get_model(app, name)

    def house(self, code: str, **more: object) -> Any:
        return self.model("Organisation", "people").objects.create(code=code, name=code, **more)

    def creditor(self, house: Any, code: str = "bank") -> Any:
        return self.model("Creditor", "people").objects.create(
            organisation=house, code=code, name=code
        )

    def user(self, house: Any) -> Any:
        name = f"boss-{house.code}"
        return self.model("User", "people").objects.create(username=name, organisation=house)

    def act(self, user: Any, hours: int = 0) -> Any:
        self.acts += 1
        return self.model("Act").objects.create(
            organisation=user.organisation,
            actor=user,
            verb="planning.activate",
            at=AT + dt.timedelta(hours=hours),
            reason="试行",
        )

    def version(self, name: str, by: str) -> Any:
        return self.model("PackVersion").objects.create(
            pack="steps",
            kind="playbook",
            version=name,
            hash=name,
            content={},
            effective_from=TODAY - 9 * DAY,
            approved_by=by,
            loaded_at=AT,
        )

    def row(self, version: Any, act: Any, days: tuple[int, int | None], **more: object) -> Any:
        """A row as that version wrote it. `days`: from and until, counted from today."""
        from_day, until_day = days
        until_on = None
        recorded_at = AT
        if until_day is not None:
            until_on = TODAY + until_day * DAY
        if act is not None:
            recorded_at = act.at

        return self.model("PackActivation").objects.create(
            pack="steps",
            version=version,
            from_on=TODAY + from_day * DAY,
            until_on=until_on,
            act=act,
            recorded_at=recorded_at,
            **more,
        )

    def replace(self, row: Any, act: Any) -> None:
        row.replaced_at = act.at
        row.replaced_by = act
        row.save()


@pytest.fixture(scope="module")
def before(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """An empty database of the version before: its name."""
    name = f"before_{os.getpid()}"
    with django_db_blocker.unblock(), new_database(name):
        MigrationExecutor(connection).migrate(BEFORE)
        yield name


@pytest.fixture
def migrated(before: str) -> Iterator[Callable[[Callable[[Old], None]], None]]:
    """Takes what fills a book of the version before; afterwards the book is of this version."""

    def fill(filling: Callable[[Old], None]) -> None:
        executor = MigrationExecutor(connection)
        filling(Old(executor.loader.project_state(BEFORE).apps))
        executor.migrate(executor.loader.graph.leaf_nodes())

    with new_database(f"{before}_filled", like=before):
        yield fill


def held(house: str, days: int, known_at: dt.datetime | None = None) -> str | None:
    """The version of a day for the creditors of a house."""
    day = packs.holding(TODAY + days * DAY, known_at)
    creditor = Creditor.objects.filter(organisation__code=house).first()
    assert creditor is not None
    version_id = day.version_of("steps", creditor.pk, "card", None)
    names = {version.pk: version.version for version in day.versions}
    return None if version_id is None else names[version_id]


def one_house(old: Old) -> None:
    """Version 1 came with the program; 2 took its place for days; 3 was said and taken back."""
    house = old.house("house")
    boss = old.user(house)
    old.creditor(house)
    first = old.version("1", "shipped")
    second = old.version("2", "boss")
    third = old.version("3", "boss")

    shipped = old.row(first, None, (-9, None))
    says_second = old.act(boss, hours=1)
    old.replace(shipped, says_second)
    old.row(first, says_second, (-9, 0), rest_of=shipped)
    old.row(first, says_second, (4, None), rest_of=shipped)
    given_second = old.row(second, says_second, (0, 4))

    says_third = old.act(boss, hours=2)
    old.replace(given_second, says_third)
    old.row(second, says_third, (0, 2), rest_of=given_second)
    given_third = old.row(third, says_third, (2, 4))
    takes_back = old.act(boss, hours=3)
    old.replace(given_third, takes_back)
    old.row(second, takes_back, (2, 4), rest_of=given_second)


def test_what_later_rows_left_of_a_row_goes_and_every_day_keeps_its_version(
    migrated: Callable[[Callable[[Old], None]], None],
) -> None:
    migrated(one_house)
    assert [held("house", days) for days in (-1, 0, 3, 4, 20)] == ["1", "2", "2", "1", "1"]
    assert held("house", 3, AT + dt.timedelta(hours=2)) == "3"
    assert held("house", 3, AT + dt.timedelta(hours=1)) == "2"
    assert held("house", 3, AT) == "1"

    house = Organisation.objects.get()
    rows = history("steps", TODAY, house)
    assert [(line.row.version.version, line.state) for line in rows] == [
        ("3", "taken back"),
        ("2", "in force"),
        ("1", "coming"),
    ]
    assert [line.row.organisation_id for line in rows] == [house.pk, house.pk, None]
    assert rows[0].row.replaced_by is not None


def two_houses(old: Old) -> None:
    """One house put its version in force for everybody and rolled it back; then a newer one came
    with the program.
    """
    first = old.house("first")
    houses = [first, old.house("second"), old.house("agency", principal=first)]
    boss = old.user(first)
    bank = [old.creditor(house) for house in houses][-1]
    of_program = old.version("1", "shipped")
    own = old.version("own", "boss")

    shipped = old.row(of_program, None, (-9, None))
    says = old.act(boss, hours=1)
    old.replace(shipped, says)
    old.row(of_program, says, (-9, 0), rest_of=shipped)
    given = old.row(own, says, (0, None))

    rolls_back = old.act(boss, hours=2)
    old.replace(given, rolls_back)
    old.row(own, rolls_back, (0, 2), rest_of=given)
    rolled_back = old.row(of_program, rolls_back, (2, None))
    old.row(own, old.act(boss, hours=3), (5, None), creditor=bank)

    rolled_back.replaced_at = AT + dt.timedelta(hours=4)
    rolled_back.save()
    old.row(of_program, None, (2, 8), rest_of=rolled_back)
    old.row(old.version("2", "shipped"), None, (8, None))


def test_what_was_said_for_all_goes_on_to_hold_in_every_house(
    migrated: Callable[[Callable[[Old], None]], None],
) -> None:
    migrated(two_houses)
    for house in ("first", "second", "agency"):
        assert [held(house, days) for days in (-1, 0, 2)] == ["1", "own", "1"], house
    assert [held(house, 6) for house in ("first", "second", "agency")] == ["1", "1", "own"]
    assert [held(house, 8) for house in ("first", "second", "agency")] == ["2", "2", "own"]

    # What each house may now decide alone; who decided is told to nobody else.
    second = Organisation.objects.get(code="second")
    mine = PackActivation.objects.filter(organisation=second)
    assert mine.count() == 2
    assert not mine.exclude(act=None).exists()

    told = [
        line.row.act for line in history("steps", TODAY, Organisation.objects.get(code="first"))
    ]
    assert [act is None for act in told] == [True, False, False, False, True]


def test_a_book_without_a_house_migrates(migrated: Callable[[Callable[[Old], None]], None]) -> None:
    migrated(lambda old: old.row(old.version("1", "shipped"), None, (0, None)))
    assert PackVersion.objects.get().activations.get().organisation is None
