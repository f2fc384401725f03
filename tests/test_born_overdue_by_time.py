"""Where time alone makes a step be demanded, its task is not overdue on the first day.

A grid of histories (`tests/silence.py`), each planned day by day after its last act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from huikuan.planning import load
from huikuan.planning.pack_files import texts_of
from tests import silence
from tests.test_no_case_falls_silent import DAY, PACKS, Lived, live

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.mark.parametrize("pack", PACKS)
def test_what_time_makes_so_can_be_done_in_time(pack: str) -> None:
    """Whatever happened before: what is demanded of a day and was not of the day before it is not
    over yet."""
    lived = live(pack)
    born: Counter[str] = Counter()
    for number in lived.courses:
        born.update(_born_overdue(lived, number))
    assert born == {}


def _born_overdue(lived: Lived, number: int) -> Iterator[str]:
    """The steps of one history whose task is overdue on the first day after its last act on which
    it is demanded."""
    course = lived.courses[number]
    acted_on = lived.given[number - 1].acted_on or silence.PLACED_ON
    for on, demands in course.items():
        if on <= acted_on:
            continue
        for step, anchor in demands - course.get(on - DAY, set()):
            last_day = lived.last_days[number, step, anchor]
            if last_day is not None and last_day < on:
                yield step


def test_a_visit_that_a_promise_put_off_is_not_due_before_it_is_over() -> None:
    """Without the day that the step names, the days would go on while nobody may visit."""
    files = texts_of(load.SHIPPED / "phone_collection")
    text = files["playbook.yaml"].replace("    not_before: promise_last_day + 1\n", "")
    lived = live("phone_collection", text)
    born = Counter(step for number in lived.courses for step in _born_overdue(lived, number))
    assert set(born) == {"first_call", "visit_local"}
