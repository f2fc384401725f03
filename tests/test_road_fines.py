"""Road fines, a procedure of another field: its own cases, and the log of an office against it.

The log tells on which day each fine was served, raised and handed over. The plan of those days
must demand exactly that: the raise on its day and not before, the hand-over when the list is made.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest

from huikuan.casebook.models import Task
from huikuan.engine import playbook, vocabulary
from huikuan.lib.calendar import china
from huikuan.planning import specification, specification_run
from huikuan.planning.expected import differences
from huikuan.planning.pack_files import texts_of
from tests.pinned import books, fines

pytestmark = pytest.mark.long

FOLDER = books.OWN_PACKS / "road_fines"
LOG = books.DATA / "road_fines_dev_10pct.csv"
VOCABULARY = vocabulary.standard()
#: Every so manyth fine of the log, in its order.
EVERY = 150


def read_book() -> playbook.Playbook:
    """The procedure, which has no mistake."""
    book, problems = playbook.read_playbook(texts_of(FOLDER), VOCABULARY)
    assert book is not None, [str(problem) for problem in problems]
    return book


def examples() -> Iterator[object]:
    """Each case of the specification under its own name."""
    for file in sorted((FOLDER / "tests").glob("*.yaml")):
        read, problems = specification.read_examples(file, read_book(), VOCABULARY)
        assert not problems
        yield from (pytest.param(example, id=example.name) for example in read)


@pytest.mark.django_db
@pytest.mark.parametrize("example", list(examples()))
def test_specification(example):
    book = read_book()
    (fired,) = specification_run.answers(book, [example], VOCABULARY, china())
    assert list(differences(example.fires, fired, book)) == [], example.place


# Each day is committed: in one transaction, every temporary table of every plan would keep a lock.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [books.SAMPLE, LOG], ids=["sample", "log"])
def test_what_the_office_did_is_what_the_plan_demands(path):
    if not path.exists():
        pytest.skip("skipped: ../shared absent")
    log = fines.read_fines(path)
    if path == LOG:
        log = log[::EVERY]

    demanded, happened = live(log)
    print(dict(demanded), "of", dict(happened))
    assert demanded == happened
    assert raises_that_nobody_made(log) == []


def live(log: list[fines.Fine]) -> tuple[Counter[str], Counter[str]]:
    """Plans every day on which something happened. How often a step was demanded when it was done,
    and how often it was done; a raise counts only when it was demanded for that very day."""
    demanded: Counter[str] = Counter()
    happened: Counter[str] = Counter()

    with books.own_packs():
        manager = books.bring_in_fines(log, dt.date(2000, 1, 1))
        for on in days_of(log):
            books.plan_day(on, manager)
            for fine in log:
                steps = steps_on(fine, on)
                happened.update(steps)
                demanded.update(step for step in steps if is_demanded(fine, step, on))
                books.do_events(fine, on, manager)
    return demanded, happened


def days_of(log: list[fines.Fine]) -> list[dt.date]:
    """The days on which a step of these fines was done."""
    days = set()
    for fine in log:
        days.update(event.on for event in fine.events if event.what in books.STEP_OF_EVENT)
    return sorted(days)


def steps_on(fine: fines.Fine, on: dt.date) -> list[str]:
    """The steps that the office did of a fine on a day."""
    done = [books.STEP_OF_EVENT.get(event.what) for event in fine.events if event.on == on]
    return [step for step in done if step]


def is_demanded(fine: fines.Fine, step: str, on: dt.date) -> bool:
    """Whether the plan of the day asks for the step, and for a raise whether it is due that day."""
    task: Task | None = books.open_task(fine.number, step)
    if task is None:
        return False
    return task.due_on == on or step != "add_penalty"


def raises_that_nobody_made(log: list[fines.Fine]) -> list[str]:
    """The fines whose raise was demanded although the office never raised them."""
    raised = {fine.number for fine in log if fine.first(fines.PENALTY)}
    demanded = Task.objects.filter(step__code="add_penalty")
    numbers = set(demanded.values_list("case__person__number", flat=True))
    return sorted(numbers - raised)
