"""No open, unpaid case that nothing holds waits for its next step longer than its procedure says.

A grid of histories (`tests/silence.py`) is planned day by day, by the compiled query on real
Postgres, from the placement until 120 days after the last act. Each day must be followed by a new
occurrence of some step within `ask_again_days` of the procedure, or have a step open that only an
act ends. A reason for a silence stands in a closed list there.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from django.db import connection

from huikuan.engine import plan
from huikuan.engine.playbook import Playbook, read_playbook
from huikuan.engine.tests.differential import VOCABULARY
from huikuan.lib.calendar import china
from huikuan.planning import load
from huikuan.planning.pack_files import texts_of
from huikuan.planning.run_row import with_run
from tests import silence
from tests.silence import History

pytestmark = [pytest.mark.django_db, pytest.mark.long]

#: So many days are looked at after the last act.
AFTER = 120
DAY = dt.timedelta(1)
#: The procedures that work a case from its placement to its end.
PACKS = list(silence.SHIPPED)
#: Day → (step, the day of its occurrence).
Course = Mapping[dt.date, set[tuple[str, dt.date]]]


@dataclass
class Lived:
    """What a playbook demands of each history on each day."""

    book: Playbook
    given: list[History]
    courses: dict[int, Course] = field(default_factory=dict)
    #: (number of the history, step, day of its occurrence) → last day of the task.
    last_days: dict[tuple[int, str, dt.date], dt.date | None] = field(default_factory=dict)

    def silences(self) -> dict[str, list[dt.date]]:
        """History → days after which nothing comes in time, and for which there is no reason."""
        found = {}
        for number, history in enumerate(self.given, 1):
            silent = [on for on in self._days(history) if self._is_silent(number, history, on)]
            if silent:
                found[history.name] = silent
        return found

    def _days(self, history: History) -> list[dt.date]:
        last = history.acted_on or silence.PLACED_ON
        return [last + DAY * number for number in range(1, AFTER + 1)]

    def _is_silent(self, number: int, history: History, on: dt.date) -> bool:
        course = self.courses[number]
        longest = self.book.days("ask_again_days")
        assert longest is not None
        coming = [on + DAY * ahead for ahead in range(1, longest + 1)]
        if any(anchor > on for day in coming for _step, anchor in course.get(day, ())):
            return False
        if any(self._waits_for_an_act(*demand, history) for demand in course.get(on, ())):
            return False
        # A hold may begin before the next step comes.
        return not any(silence.reasons(history, day) for day in [on, *coming])

    def _waits_for_an_act(self, code: str, anchor: dt.date, history: History) -> bool:
        """The step is open, and nothing but an act ends it that the facts will tell of.

        Not a step that needs approval: it may be refused. Not one of the house: a note ends it.
        """
        step = self.book.step(code)
        if step.records:
            return True
        done_since = history.acted_on is not None and history.acted_on >= anchor
        return step.contacts and not step.approval and not done_since


@functools.cache
def live(pack: str, text: str | None = None) -> Lived:
    """Plans every day of all histories of a pack. `text`: another playbook.yaml in its place."""
    files = texts_of(load.SHIPPED / pack)
    if text is not None:
        files = files | {"playbook.yaml": text}
    book, problems = read_playbook(files, VOCABULARY)
    assert book is not None, [str(problem) for problem in problems]

    lived = Lived(book, silence.histories(pack))
    courses: dict[int, dict[dt.date, set[tuple[str, dt.date]]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for on, case, step, anchor, deadline in _demanded(book, lived.given):
        courses[case][on].add((step, anchor))
        lived.last_days[case, step, anchor] = deadline
    lived.courses = {number: courses[number] for number, _ in enumerate(lived.given, 1)}
    return lived


def _demanded(book: Playbook, given: list[History]) -> list[tuple[Any, ...]]:
    """(day, case, step, day of its occurrence, its last day), one query for all days."""
    last = max(history.acted_on or silence.PLACED_ON for history in given)
    longest = book.days("ask_again_days") or 0
    count = (last - silence.PLACED_ON).days + AFTER + longest
    sql = plan.plan_sql(book).replace("%", "%%")

    with connection.cursor() as cursor:
        for statement, rows in silence.book(given).statements("date[]"):
            if rows == [[]]:  # a statement without values makes a table
                cursor.execute(statement)
            else:
                cursor.executemany(statement, rows)
        cursor.execute("UPDATE pack_bound SET pack = %s", [book.pack.name])
        cursor.execute("DELETE FROM pack_bound a USING pack_bound b WHERE a.ctid > b.ctid")
        _one_row_a_day(cursor, count)
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT r.on_day, d.case_id, d.step, d.anchor, d.deadline_on FROM silence_days r,"
            " LATERAL (WITH run AS (SELECT r.*)"
            f" SELECT q.case_id, q.step, q.anchor, q.deadline_on FROM ({sql}) q) d",
            [],
        )
        return cursor.fetchall()


def _one_row_a_day(cursor: Any, count: int) -> None:
    for number, on in enumerate(silence.days(count)):
        run, parameters = with_run(on, china(), [], counts_working_days=False)
        verb = "INSERT INTO silence_days" if number else "CREATE TEMP TABLE silence_days AS"
        cursor.execute(f"{verb} {run} SELECT run.* FROM run", cast(Any, parameters))


@pytest.mark.parametrize("pack", PACKS)
def test_no_history_is_left_without_a_next_step(pack: str) -> None:
    silences = live(pack).silences()
    shown = [f"{name}: from {days[0]} on {len(days)} days" for name, days in silences.items()]
    assert shown == [], f"{len(shown)} of {len(silence.histories(pack))}"


def test_every_reason_for_a_silence_is_met() -> None:
    """The list of reasons holds nothing that no history needs."""
    given = [history for pack in PACKS for history in silence.histories(pack)]
    met = set()
    for history in given:
        for on in silence.days(AFTER):
            met.update(silence.reasons(history, on))
    assert met == set(silence.REASONS)


#: What once made local cases fall silent, and what they waited for in vain.
ONLY_A_VISIT = {"and not visit_awaited": "and not (register_local and has_address)"}


def test_a_case_that_only_a_visit_could_end_is_found() -> None:
    """Where calls end with the visit, whoever was visited in vain is silent for ever."""
    text = texts_of(load.SHIPPED / "phone_collection")["playbook.yaml"]
    for now, before in ONLY_A_VISIT.items():
        assert now in text
        text = text.replace(now, before)

    silences = live("phone_collection", text).silences()
    name = "local, address, phone, reached twice, then not, none, none broken before, in vain"
    assert len(silences[name]) == AFTER


def test_calls_come_closer_from_one_collection_to_the_next() -> None:
    """The most days between two calls: first, second, third and fourth collection."""
    courses = live("phone_collection")
    of_stages = [
        "elsewhere, address, phone, never reached, none, none broken before, none",
        "elsewhere, address, phone, reached once, none, none broken before, none",
        "elsewhere, address, phone, reached once, none, one, none",
        "elsewhere, address, phone, reached once, none, two, none",
    ]
    numbers = {history.name: number for number, history in enumerate(courses.given, 1)}

    first, second, third, fourth = [
        most_between_calls(courses, numbers[name], within=within)
        for name, within in zip(of_stages, ((2, 7), (9, 40), (9, 40), (9, 40)), strict=True)
    ]

    assert first > second > third >= fourth


def most_between_calls(lived: Lived, number: int, within: tuple[int, int]) -> int:
    """The longest gap between the calls of a case, among those of some days after the placement."""
    first, last = (silence.PLACED_ON + DAY * days for days in within)
    calls = {
        anchor
        for demands in lived.courses[number].values()
        for step, anchor in demands
        if lived.book.step(step).action == "call" and first <= anchor <= last
    }
    ordered = sorted(calls)
    return max((after - before).days for before, after in itertools.pairwise(ordered))
