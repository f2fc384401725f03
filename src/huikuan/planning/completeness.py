"""What the specification of a playbook does not show yet.

Of each step it shows a case in which the step fires, and one with exactly one fact changed in
which it is silent. Of each figure of the step's days it shows the boundary from both sides, with
the same facts: the day before, the day, the day after; the last day, and the day after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huikuan.engine.playbook import Playbook, Step
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import specification_run
from huikuan.planning.expected import Fired
from huikuan.planning.specification import Example

ONE_DAY = dt.timedelta(1)
#: A day off is moved no further: the longest holidays with the weekends beside them.
LONGEST_ROLL = 10
FAR = 10_000


@dataclass(frozen=True)
class Lack:
    """One kind of case that a step has not. The message is a sentence with the parameters."""

    step: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """The cases of a specification with what came out, case by case."""

    examples: Sequence[Example]
    fired: Sequence[Mapping[str, Fired]]

    def cases_of(self, step: str) -> list[int]:
        """Numbers of the cases in which the step fires."""
        return [number for number, fired in enumerate(self.fired) if step in fired]


def lacks(
    book: Playbook,
    examples: Sequence[Example],
    fired: Sequence[Mapping[str, Fired]],
) -> list[Lack]:
    """Everything that the cases, which stand prepared, do not show, step by step."""
    shown = Shown(examples, fired)
    found: list[Lack] = []
    for step in book.steps:
        ages = specification_run.ages(step, book)
        begun: set[int] = set()
        if any(segment.roll for segment in step.cadence.segments):
            begun = specification_run.began_today(step, book)
        found += lacks_of_step(step, shown, ages, begun)
    return found


def lacks_of_step(
    step: Step, shown: Shown, ages: Mapping[int, int], begun: Collection[int] = ()
) -> Iterator[Lack]:
    """The same of one step. ages: case → days since the date from which the step counts. begun: the
    cases on whose day an occurrence begins, for days off that are rolled.
    """
    cases = shown.cases_of(step.id)
    if not cases:
        yield Lack(step.id, _("{step}: there is no case in which it fires"), {"step": step.id})
        return

    if not any(_silent_by_one_fact(number, step.id, shown) for number in cases):
        message = _("{step}: no case differs in one fact from one in which it fires, and is silent")
        yield Lack(step.id, message, {"step": step.id})

    days = specification_run.days_of(shown.examples)
    for edge, neighbours, rolls in dict.fromkeys(_edges(step)):
        wanted = [offset * ONE_DAY for offset in neighbours]
        at_edge = [number for number in cases if ages.get(number) == edge]
        if rolls:
            # The day on which it falls is another one in each month.
            near = [one for one in cases if abs(ages.get(one, FAR) - edge) <= LONGEST_ROLL]
            at_edge = [number for number in near if number in begun]
        if not any(_has_days(shown.examples[one].on, days[one], wanted) for one in at_edge):
            message = _("{step}: day {day} is not shown with the days beside it, all else equal")
            yield Lack(step.id, message, {"step": step.id, "day": edge})


def _edges(step: Step) -> Iterator[tuple[int, tuple[int, ...], bool]]:
    """The days on which something begins or ends, each with the days to be shown beside it, and
    whether a day off is rolled."""
    for segment in step.cadence.segments:
        # Calendar months have no one number of days.
        if segment.months or segment.every_months:
            continue
        # The day of a month is no number of days after the base: its segment begins as written.
        rolls = bool(segment.roll) and not segment.monthly
        yield segment.day, (-1, 1), rolls
        if segment.until is not None:
            yield segment.until, (1,), False


def _has_days(on: dt.date, days: set[dt.date], offsets: Sequence[dt.timedelta]) -> bool:
    return all(on + offset in days for offset in offsets)


def _silent_by_one_fact(number: int, step: str, shown: Shown) -> bool:
    """Whether a case of the same day with one other fact leaves the step silent."""
    example = shown.examples[number]
    for other, fired in zip(shown.examples, shown.fired, strict=True):
        same_day = other.on == example.on
        if same_day and step not in fired and changed_facts(example, other) == 1:
            return True
    return False


def changed_facts(one: Example, other: Example) -> int:
    """How many facts differ between two cases. Not given and unknown are the same."""
    left = {**one.facts, **one.totals}
    right = {**other.facts, **other.totals}
    return sum(left.get(name) != right.get(name) for name in {*left, *right})
