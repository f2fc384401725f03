"""What is in force follows from the acts that stand, in whatever order they came."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.casebook import packs
from huikuan.casebook.models import PackActivation, PackVersion
from huikuan.people.models import User
from huikuan.planning.activate import Scope, activate, roll_back, take_back
from huikuan.planning.not_activated import NotActivated
from tests import people
from tests.laws import examples

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
FIRST = dt.date(2026, 11, 2)
#: Days that are asked about: before, during and after everything that is said.
DAYS = [FIRST + n * DAY for n in range(-3, 20)]
VERSIONS = ("1", "2", "3")
HOUSES = ("house", "neighbour")


@dataclass(frozen=True)
class Say:
    """`after`: days since the act before. `begins`, `lasts`: days; lasts 0 stands for good.

    `begins` None: on the day that the version names, which is past.
    """

    house: str
    version: str
    after: int
    begins: int | None
    lasts: int
    is_for_bank: bool
    is_taken_back: bool


@dataclass(frozen=True)
class Roll:
    """A roll-back of everything that holds for all cases."""

    house: str
    after: int


SAY = st.builds(
    Say,
    house=st.sampled_from(HOUSES),
    version=st.sampled_from(VERSIONS),
    after=st.integers(0, 2),
    begins=st.none() | st.integers(0, 8),
    lasts=st.integers(0, 5),
    is_for_bank=st.booleans(),
    is_taken_back=st.booleans(),
)
ROLL = st.builds(Roll, house=st.sampled_from(HOUSES), after=st.integers(0, 2))
ACTS = st.lists(st.one_of(SAY, SAY, SAY, ROLL), max_size=8)


@dataclass
class Office:
    """Two houses that decide about one pack; `said`: the rows in the order of the acts."""

    pack: str
    bosses: dict[str, User]
    said: dict[int, PackActivation] = field(default_factory=dict)

    def version(self, name: str) -> PackVersion:
        found, _made = PackVersion.objects.get_or_create(
            pack=self.pack,
            hash=f"{self.pack}-{name}",
            defaults={
                "kind": "playbook",
                "version": name,
                "content": {},
                "effective_from": FIRST - 2 * DAY,
                "approved_by": "boss",
                "loaded_at": people.moment(FIRST),
            },
        )

        return found

    def act(self, number: int, act: Say | Roll, on: dt.date) -> bool:
        """Whether it was written; a refusal is an answer too."""
        at = people.moment(on, 9) + dt.timedelta(minutes=number)
        boss = self.bosses[act.house]
        before = set(PackActivation.objects.values_list("pk", flat=True))

        try:
            if isinstance(act, Roll):
                made = roll_back(self.pack, actor=boss, at=at)
            else:
                made = self._say(act, boss, at)
        except NotActivated:
            return False

        if made.pk not in before:
            self.said[number] = made
        return True

    def _say(self, act: Say, boss: User, at: dt.datetime) -> PackActivation:
        today = at.astimezone(people.SHANGHAI).date()
        from_on = None if act.begins is None else today + act.begins * DAY
        until_on = (from_on or today) + act.lasts * DAY if act.lasts else None
        creditor = people.make_creditor("bank", boss.organisation) if act.is_for_bank else None

        return activate(
            self.version(act.version),
            actor=boss,
            at=at,
            scope=Scope(creditor=creditor),
            from_on=from_on,
            until_on=until_on,
        )

    def held(self) -> list[str | None]:
        """The version of each day for each house, for its bank and for another creditor."""
        found = []
        for house in HOUSES:
            organisation = people.make_house(house)
            for code in ("bank", "shop"):
                creditor = people.make_creditor(code, organisation)
                found += [self._version_on(on, creditor.pk) for on in DAYS]
        return found

    def _version_on(self, on: dt.date, creditor_id: int) -> str | None:
        day = packs.holding(on)
        version_id = day.version_of(self.pack, creditor_id, "card", None)
        names = {version.pk: version.version for version in day.versions}
        return None if version_id is None else names[version_id]


def play(office: Office, acts: list[Say | Roll], skipped: set[int], *, takes_back: bool) -> None:
    """The acts day by day. What is taken back is so right after the act that follows it."""
    on = FIRST
    waiting: list[int] = []
    for number, act in enumerate(acts):
        on += act.after * DAY
        if takes_back:
            waiting = [n for n in waiting if not taken(office, n, acts, on, number, skipped)]
        if number in skipped and not takes_back:
            continue
        office.act(number, act, on)
        if isinstance(act, Say) and act.is_taken_back and number in office.said:
            waiting.append(number)

    if takes_back:
        for number in waiting:
            taken(office, number, acts, on, len(acts), skipped)


def taken(
    office: Office,
    number: int,
    acts: list[Say | Roll],
    on: dt.date,
    minute: int,
    skipped: set[int],
) -> bool:
    """Takes the act back where it has not begun, and notes that it did."""
    at = people.moment(on, 8) + dt.timedelta(minutes=minute)
    try:
        take_back(office.said[number], actor=office.bosses[acts[number].house], at=at)
    except NotActivated:
        return False
    skipped.add(number)
    return True


@settings(max_examples=examples(25, 250), deadline=None)
@given(acts=ACTS)
def test_what_was_taken_back_might_as_well_never_have_been_said(acts: list[Say | Roll]) -> None:
    bosses = {code: people.make_user("manager", people.make_house(code)) for code in HOUSES}
    PackActivation.objects.all().delete()
    skipped: set[int] = set()

    told = Office("told", bosses)
    play(told, acts, skipped, takes_back=True)
    never = Office("never", bosses)
    play(never, acts, skipped, takes_back=False)
    assert told.held() == never.held()


def test_taking_back_does_not_revive_what_was_taken_back() -> None:
    """Defect: 1 gave way to 2, 2 to 3; 2 was taken back, then 3: and 2 was in force again."""
    boss = people.make_user("manager")
    office = Office("told", {"house": boss})
    at = people.moment(FIRST, 9)
    activate(office.version("1"), actor=boss, at=at)
    days = {"from_on": FIRST + 5 * DAY}
    second = activate(office.version("2"), actor=boss, at=at, **days)
    third = activate(office.version("3"), actor=boss, at=at + DAY, **days)

    take_back(second, actor=boss, at=at + DAY)
    take_back(third, actor=boss, at=at + DAY)
    assert [found.version for found in packs.in_force(FIRST + 6 * DAY)] == ["1"]
    seen = packs.in_force(FIRST + 6 * DAY, at + dt.timedelta(hours=1))
    assert [found.version for found in seen] == ["2"]


def test_what_was_taken_back_is_no_beginning() -> None:
    """Where nothing has held yet the first version may begin in the past: no day had an answer."""
    boss = people.make_user("manager")
    office = Office("told", {"house": boss})
    at = people.moment(FIRST, 9)
    coming = activate(office.version("1"), actor=boss, at=at, from_on=FIRST + DAY)
    take_back(coming, actor=boss, at=at)

    later = activate(office.version("2"), actor=boss, at=at + 3 * DAY)
    assert later.from_on == FIRST - 2 * DAY


def test_a_version_that_gave_its_days_away_before_they_came_is_not_rolled_back_to() -> None:
    boss = people.make_user("manager")
    office = Office("told", {"house": boss})
    at = people.moment(FIRST, 9)
    activate(office.version("1"), actor=boss, at=at)
    activate(office.version("2"), actor=boss, at=at, from_on=FIRST + 5 * DAY)
    activate(office.version("3"), actor=boss, at=at + DAY, from_on=FIRST + 3 * DAY)

    back = roll_back("told", actor=boss, at=at + 6 * DAY)
    assert back.version.version == "1"
    # What held for an hour alone may be rolled back to.
    activate(office.version("4"), actor=boss, at=at + 6 * DAY)
    activate(office.version("5"), actor=boss, at=at + 6 * DAY)
    assert roll_back("told", actor=boss, at=at + 6 * DAY).version.version == "4"


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_say_it_once_and_take_it_back_once() -> None:
    bosses = [people.make_user("manager"), people.make_user("manager")]
    office = Office("told", {"house": bosses[0]})
    at = people.moment(FIRST, 9)
    activate(office.version("1"), actor=bosses[0], at=at)
    version = office.version("2")

    def says(boss: User) -> int:
        return activate(version, actor=boss, at=at, from_on=FIRST + DAY).pk

    [number] = set(at_once(says, bosses))
    coming = PackActivation.objects.get(pk=number)
    assert PackActivation.objects.count() == 2

    def takes_back(boss: User) -> str:
        try:
            take_back(coming, actor=boss, at=at)
        except NotActivated as refused:
            return type(refused).__name__
        return ""

    assert sorted(at_once(takes_back, bosses)) == ["", "AlreadyTakenBack"]
    assert [found.version for found in packs.in_force(FIRST + DAY)] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_roll_back_once() -> None:
    bosses = [people.make_user("manager"), people.make_user("manager")]
    office = Office("told", {"house": bosses[0]})
    at = people.moment(FIRST, 9)
    activate(office.version("1"), actor=bosses[0], at=at)
    activate(office.version("2"), actor=bosses[0], at=at + DAY)

    def rolls_back(boss: User) -> str:
        try:
            return roll_back("told", actor=boss, at=at + 2 * DAY).version.version
        except NotActivated as refused:
            return type(refused).__name__

    assert sorted(at_once(rolls_back, bosses)) == ["1", "RolledBackAlready"]
    assert [found.version for found in packs.in_force(FIRST + 2 * DAY)] == ["1"]


def at_once(act: Callable[[User], Any], users: list[User]) -> list[Any]:
    """What each of them is answered."""
    together = threading.Barrier(len(users))
    answers = []

    def run(user: User) -> None:
        try:
            together.wait(timeout=20)
            answers.append(act(user))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == len(users)
    return answers


def test_a_newer_version_of_the_program_leaves_a_house_its_own() -> None:
    boss = people.make_user("manager")
    neighbour = people.make_house("neighbour")
    office = Office("told", {"house": boss})
    at = people.moment(FIRST, 9)

    def comes_with_program(name: str, at: dt.datetime) -> None:
        shipped = office.version(name)
        shipped.approved_by = "shipped"
        shipped.save()
        activate(shipped, actor=None, at=at)

    comes_with_program("1", at)
    activate(office.version("2"), actor=boss, at=at)
    comes_with_program("3", at + DAY)
    on = FIRST + 2 * DAY
    assert [found.version for found in packs.in_force_in(boss.organisation, on)] == ["2"]
    assert [found.version for found in packs.in_force_in(neighbour, on)] == ["3"]

    # What held before in this house was 1. Now it follows the program again: 4 takes its place.
    roll_back("told", actor=boss, at=at + 3 * DAY)
    later = on + 4 * DAY
    assert [found.version for found in packs.in_force_in(boss.organisation, later)] == ["1"]
    comes_with_program("4", at + 4 * DAY)
    assert [found.version for found in packs.in_force_in(boss.organisation, later)] == ["4"]
