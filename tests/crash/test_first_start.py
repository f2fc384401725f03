"""The very first command dies while it makes the database and its tables: the next one completes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from huikuan.ops import database
from tests.crash import kill
from tests.crash.stages import VICTIMS, World
from tests.crash.test_kills import SEED, again

SCHEMA = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid > 0",
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
    "SELECT codename FROM auth_permission",
    "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def schema(world: World, home: Path) -> list[list[tuple]]:
    with world.unblocked(), kill.opened(home) as connection, connection.cursor() as cursor:
        assert database.pending() == []
        found = []
        for sql in SCHEMA:
            cursor.execute(sql)
            found.append(sorted(cursor.fetchall()))
        return found


@pytest.fixture(scope="module")
def undisturbed(world: World) -> Iterator[tuple[float, list[list[tuple]]]]:
    home = world.nowhere()
    ended = kill.run(home, "migrate")
    assert ended.code == 0, ended
    yield ended.seconds, schema(world, home)


@pytest.mark.crash
@pytest.mark.parametrize("number", range(6))
def test_a_first_start_that_was_killed_is_completed(world, undisturbed, number):
    seeded = Random(f"{SEED}:first start:{number}")
    home, victim, moment = world.nowhere(), VICTIMS[number % 3], seeded.random() * undisturbed[0]
    ended, killed = kill.run_and_kill(home, ("migrate",), victim, moment)
    assert "Traceback" not in ended.errors, ended.errors
    tries = again(home, ("migrate",))
    print(f"\n{killed} x {victim} at {moment:.1f} s → {ended.code}; {tries} more")
    assert schema(world, home) == undisturbed[1]
