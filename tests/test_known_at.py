"""A past day has two answers: as it was seen then, and as all that was learned since corrects it.

`known_at` gives the first one for ever, whatever comes later: a recall, a prolongation 留案, late
knowledge, a version that is rolled back, a binding that is corrected.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection

from huikuan.casebook import bindings, facts, journal
from huikuan.casebook import done as memory
from huikuan.casebook.models import Case, PackActivation, PackVersion, Task
from huikuan.engine.pack import hash_of
from huikuan.lib.calendar import china
from huikuan.people.models import User
from huikuan.planning.activate import activate, roll_back, take_back
from huikuan.planning.not_activated import NotActivated
from huikuan.planning.plan import demanded, plan
from tests import people
from tests.laws import examples
from tests.shipped import load_packs, texts_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
FIRST = people.PLACED_ON
PACK = "phone_collection"
#: What a plan demands: case, subject, step, anchor, deadline, verdict, the facts that made it.
Plan = list[tuple[object, ...]]


@dataclass
class Book:
    """Cases of a bank and what is learned of them. `now` runs on with every act."""

    boss: User
    cases: list[Case]
    minutes: int = 0
    day: dt.date = FIRST + 10 * DAY
    in_time: bool = False
    activations: list[PackActivation] = field(default_factory=list)

    @property
    def now(self) -> dt.datetime:
        return people.moment(self.day, 9) + dt.timedelta(minutes=self.minutes)

    def learns(self, on: dt.date) -> dict[str, dt.datetime]:
        """When something of the day is recorded: now; in a book that learns in time, that day."""
        if self.in_time:
            return {"recorded_at": people.moment(on, 1)}
        return {"recorded_at": self.now}

    def plan_of(self, on: dt.date, known_at: dt.datetime | None = None) -> Plan:
        query = (
            "SELECT k.number, s.code, d.anchor, d.deadline_on, d.verdict, d.reason, v.hash"
            " FROM demanded d JOIN casebook_case k ON k.id = d.case_id"
            " JOIN casebook_step s ON s.id = d.step_id"
            " JOIN casebook_packversion v ON v.id = d.pack_version_id"
            " ORDER BY 1, 2, 3, 7"
        )
        with connection.cursor() as cursor, demanded(cursor, on, china(), known_at):
            cursor.execute(query)
            return list(cursor.fetchall())


def make_book(mark: str, *, in_time: bool = False) -> Book:
    """The same cases in every book of this name; their numbers are compared."""
    house = people.make_house(mark)
    creditor = people.make_creditor("bank", house)
    cases = []
    for number in range(3):
        person = people.make_person(creditor, born_on=dt.date(1905, 1, 1))
        placed = FIRST + number * DAY
        case = people.make_case(
            person,
            number=f"C-{number}",
            placed_on=placed,
            told_on=placed,
            return_on=FIRST + 30 * DAY,
            items=[(FIRST - 60 * DAY, 500_000)],
        )
        people.make_point(case)
        cases.append(case)

    boss = people.make_user("manager", house)
    book = Book(boss, cases, in_time=in_time)
    act = journal.begin(boss, "tests", at=people.moment(FIRST, 0))
    bindings.set_packs(creditor.pk, "card", [PACK], from_on=dt.date(2020, 1, 1), act=act)
    facts.refresh([case.pk for case in cases])
    return book


# --- what is learned, each of a day that may be long over


def some_day(chance: random.Random, book: Book) -> dt.date:
    return book.day - chance.randint(0, 6) * DAY


def a_payment(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    amount = chance.choice([100, 200_000, 500_000])
    people.make_payment(case, on, amount, to=case.charges.get(), **book.learns(on))


def a_talk(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    answered = chance.choice(["debtor", "nobody"])
    connected = answered == "debtor"
    point = case.person.points.get()
    people.make_contact(
        case, on, point=point, connected=connected, answered=answered, **book.learns(on)
    )


def a_promise(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    due = on + chance.randint(0, 3) * DAY
    people.make_promise(case, on, [(due, 10_000)], **book.learns(on))


def a_hold(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    people.make_hold(case, on, **book.learns(on))


def a_recall(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    people.make_event(case, on, "recalled", **book.learns(on))


def a_prolongation(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    until_on = on + chance.randint(5, 60) * DAY
    people.make_event(case, on, "retained", until_on=until_on, **book.learns(on))


def a_charge(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    charge = people.make_charge(case.items.get(), "fee", 5_000, on=on)
    type(charge).objects.filter(pk=charge.pk).update(**book.learns(on))


def a_number_that_is_a_strangers(book: Book, case: Case, chance: random.Random) -> None:
    on = some_day(chance, book)
    people.make_status(case.person.points.get(), case, "stranger", on, **book.learns(on))


FACTS: tuple[Callable[[Book, Case, random.Random], None], ...] = (
    a_payment,
    a_talk,
    a_promise,
    a_hold,
    a_recall,
    a_prolongation,
    a_charge,
    a_number_that_is_a_strangers,
)


def a_binding(book: Book, case: Case, chance: random.Random) -> None:
    """Corrected from a day that may be over: cases that are there follow it."""
    from_on = some_day(chance, book)
    named = chance.choice([[], [PACK], ["b2b_receivables"], [PACK, "b2b_receivables"]])
    at = book.learns(from_on)["recorded_at"]
    act = journal.begin(book.boss, "tests", at=at)
    bindings.set_packs(case.creditor_id, "card", named, from_on=from_on, act=act)


def a_version(book: Book, _case: Case, chance: random.Random) -> None:
    days = {"from_on": book.day + chance.randint(0, 2) * DAY}
    version = own_version(chance.choice([1, 450_000]))
    book.activations.append(activate(version, actor=book.boss, at=book.now, **days))


def a_roll_back(book: Book, _case: Case, _chance: random.Random) -> None:
    with contextlib.suppress(NotActivated):
        roll_back(PACK, actor=book.boss, at=book.now)


def a_version_that_is_taken_back(book: Book, _case: Case, _chance: random.Random) -> None:
    for activation in book.activations[-1:]:
        with contextlib.suppress(NotActivated):
            take_back(activation, actor=book.boss, at=book.now)


def own_version(amount: int) -> PackVersion:
    """The shipped procedure, which asks for a review only of cases with so large a balance."""
    files = dict(texts_of(PACK))
    before = "when: not known(first_attempt_on) and balance > 0\n"
    after = f"when: not known(first_attempt_on) and balance > {amount}\n"
    assert before in files["playbook.yaml"]
    files["playbook.yaml"] = files["playbook.yaml"].replace(before, after)
    made, _new = PackVersion.objects.get_or_create(
        pack=PACK,
        hash=hash_of(files),
        defaults={
            "kind": "playbook",
            "version": f"own-{amount}",
            "content": files,
            "effective_from": FIRST,
            "approved_by": "boss",
            "loaded_at": people.moment(FIRST),
        },
    )

    return made


DECISIONS = (a_binding, a_version, a_roll_back, a_version_that_is_taken_back)


def something(book: Book, chance: random.Random, kinds: tuple[Callable, ...]) -> None:
    """One act, a minute or some days after the one before."""
    book.minutes += 1
    if chance.random() < 0.3:
        book.day += chance.randint(1, 2) * DAY
    case = chance.choice(book.cases)
    chance.choice(kinds)(book, case, chance)
    facts.refresh([case.pk])


@pytest.mark.parametrize("seed", range(examples(4, 40)))
def test_with_known_at_a_day_is_for_ever_as_it_was_seen(seed: int) -> None:
    load_packs()
    chance = random.Random(seed)
    book = make_book("house")
    seen: list[tuple[dt.date, dt.datetime, Plan]] = []
    for _number in range(12):
        something(book, chance, (*FACTS, *DECISIONS))
        on = book.day - chance.randint(0, 4) * DAY
        seen.append((on, book.now, book.plan_of(on)))

    for on, known_at, as_seen in seen:
        assert book.plan_of(on, known_at) == as_seen, (on, known_at)


@pytest.mark.parametrize("seed", range(examples(4, 40)))
def test_without_it_a_day_is_that_of_a_book_which_knew_all_in_time(seed: int) -> None:
    """The same things, told late and in any order, and told on their own days."""
    load_packs()
    late = make_book("late")
    in_time = make_book("in_time", in_time=True)
    for book in (late, in_time):
        chance = random.Random(seed)
        for _number in range(12):
            something(book, chance, (*FACTS, a_binding))

    for days in range(14):
        on = FIRST + days * DAY
        ours = {number for number, *_rest in late.plan_of(on)}
        assert ours <= {"C-0", "C-1", "C-2"}
        assert of_house(late, on) == of_house(in_time, on), on


def of_house(book: Book, on: dt.date) -> Plan:
    """The plan of the day for the cases of the book's own house."""
    query = (
        "SELECT k.number, s.code, d.anchor, d.deadline_on, d.verdict, d.reason"
        " FROM demanded d JOIN casebook_case k ON k.id = d.case_id"
        " JOIN casebook_step s ON s.id = d.step_id"
        " WHERE d.organisation_id = %s ORDER BY 1, 2, 3"
    )
    with connection.cursor() as cursor, demanded(cursor, on, china()):
        cursor.execute(query, [book.boss.organisation_id])
        return list(cursor.fetchall())


def test_what_was_done_later_is_not_known_before() -> None:
    """The memory of steps: a task that is done at noon was to be done in the morning."""
    load_packs()
    book = make_book("house")
    plan(book.day, actor=book.boss, at=book.now, calendar=china())
    before = book.plan_of(book.day)
    task = Task.objects.filter(step__code="review_sheet", status="open").first()
    assert task is not None
    Task.objects.filter(pk=task.pk).update(status="done", status_on=book.day)
    memory.remember([task.pk], at=book.now + dt.timedelta(hours=3))
    assert book.plan_of(book.day, book.now) == before
