"""`kill -9` at random moments of import, allocation and plan: the same command again ends with the same book.

Five seeded kills here, fifty by `make test-crash`. HUIKUAN_CRASH_SEED and HUIKUAN_CRASHES ask for others and for more;
a failure prints them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg
import pytest

from huikuan.ops import postgres
from huikuan.ops.testing import GIVEN
from tests.crash import book, kill
from tests.crash.stages import STAGES, VICTIMS, World

pytestmark = pytest.mark.long

SEED = int(GIVEN.get("HUIKUAN_CRASH_SEED", "20261123"))
COUNT = int(GIVEN.get("HUIKUAN_CRASHES", "50"))
FEW = 5
TRIES = 20
#: Written by one transaction each: in the book of before or in the book of after, never between.
WHOLE = (
    "Person",
    "Case",
    "Item",
    "Charge",
    "Payment",
    "ContactPoint",
    "CaseSummary",
    "Assignment",
    "Task",
)


@dataclass(frozen=True)
class Kill:
    victim: str
    moment: float  # part of the time that the command takes undisturbed


def days() -> Iterator[dict[str, list[Kill]]]:
    """The kills of day after day, stage by stage. The first day has FEW with every kind of victim; COUNT come after it."""
    number, left = 0, COUNT
    while left > 0:
        seeded = Random(f"{SEED}:{number}")
        stages = list(STAGES)[: FEW if number == 0 else None]
        victims = VICTIMS * 2 if number == 0 else seeded.choices(VICTIMS, k=len(stages))
        kills = {
            name: [Kill(victim, seeded.random())]
            for name, victim in zip(stages, victims, strict=False)
        }
        for name in stages if number else ():
            if seeded.random() < 0.3:  # and the second try as well
                kills[name].append(Kill(seeded.choice(VICTIMS), seeded.random()))
        left -= sum(map(len, kills.values())) if number else 0
        number += 1
        yield kills


DAYS = list(days())


def again(home: Path, command: tuple[str, ...]) -> int:
    """Gives the same command again until it ends well, as a person would. The number of tries."""
    for tries in range(1, TRIES + 1):
        ended = kill.run(home, *command)
        assert "Traceback" not in ended.errors, ended.errors
        if ended.code == 0:
            return tries
        time.sleep(0.5)
    raise AssertionError(ended)


def work_off(home: Path) -> int:
    """Starts the worker again. It takes the job over as soon as the killed one is known to be dead."""
    with postgres.join(home) as lease:
        where = {
            key.lower(): value for key, value in lease.cluster.django().items() if key != "NAME"
        }
        with psycopg.connect(dbname=postgres.DATABASE, autocommit=True, **where) as link:
            # a minute goes by: nothing more is heard of the killed worker, and what comes every minute is due
            link.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '60 s'"
            )
            link.execute("DELETE FROM procrastinate_periodic_defers")
            worker = kill.start(home, "worker")
            try:
                end = time.monotonic() + 90
                # The kill may have struck when the import was done and the list had not followed it.
                while link.execute(
                    "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'intake.accept'"
                    " UNION ALL SELECT 1 FROM casebook_toplan WHERE closed IS NULL"
                ).fetchone():
                    assert time.monotonic() < end, "the job was not done"
                    assert worker.poll() is None, worker.communicate()
                    time.sleep(0.1)
            finally:
                worker.terminate()
                worker.communicate(timeout=30)
    return 1


def strike(world: World, home: Path, name: str, one: Kill) -> tuple[Path, kill.Ended, str]:
    """The stage with one kill, and the home in which it struck: a run that ends before its moment is taken back."""
    moment = one.moment * world.undisturbed(name).seconds
    while True:
        spare = world.copy_of(home)
        ended, killed = kill.run_and_kill(
            home, world.words(name), one.victim, moment, revive=name == "job"
        )
        if killed:
            world.forget(spare)
            return home, ended, f"; {killed} x {one.victim} at {moment:.1f} s → {ended.code}"
        world.forget(home)
        home, moment = spare, moment * 0.7


def disturb(
    world: World, home: Path, name: str, kills: list[Kill], before: book.Book
) -> tuple[Path, str]:
    """One stage with its kills, and the book looked at after each and at the end. What happened, in one line."""
    undisturbed, told = world.undisturbed(name), name
    for one in kills:
        home, ended, line = strike(world, home, name, one)
        told += line
        if name != "job":  # the worker's log says where its job broke off
            assert "Traceback" not in ended.errors, ended.errors
        state = world.read(home)
        assert not state.halves and not state.differences, (state.halves, state.differences)
        for table in WHOLE:
            assert state.book[table] in (before[table], undisturbed.book[table]), (
                f"{table} is half written"
            )
    tries = work_off(home) if name == "job" else again(home, world.words(name))
    state = world.read(home)
    assert not state.halves and not state.differences, (state.halves, state.differences)
    assert not (lines := book.differences(undisturbed.book, state.book)), "\n".join(lines)
    return home, f"{told}; {tries} more"


def live(world: World, number: int) -> None:
    print(
        f"\nHUIKUAN_CRASH_SEED={SEED}, day {number}: {sum(map(len, DAYS[number].values()))} kills"
    )
    home, before = world.morning(), world.first_book
    for name in DAYS[number]:
        began = time.monotonic()
        home, told = disturb(world, home, name, DAYS[number][name], before)
        print(f"{told} ({time.monotonic() - began:.0f} s)", flush=True)
        before = world.undisturbed(name).book
    world.forget(home)


def test_five_kills_leave_the_same_book(world):
    live(world, 0)


@pytest.mark.crash
@pytest.mark.parametrize("number", range(1, len(DAYS)))
def test_many_kills_leave_the_same_book(world, number):
    live(world, number)
