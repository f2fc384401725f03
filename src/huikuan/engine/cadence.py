"""On which days a step occurs, as a playbook writes it.

{from: promise_due_on, occurs: [{day: 1, until: 13, every: 2}, {day: 14, every: 1}]}
{from: placed_on, occurs: [{monthly: last, roll: previous}]}
{from: placed_on, occurs: [{monthly: 1}, {monthly: 15}]}
{from: item_due_on, occurs: [{months: 1}, {months: 2}, {months: 3, every_months: 1}]}
{undone: first_call, after: {working_days: 2}}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from huikuan.engine import history
from huikuan.engine.nodes import Node
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

#: The last day of a month: the 31st, or the last of a shorter one.
LAST = 31
ROLLS = ("next", "previous")
#: The keys of a cadence that follows another step.
UNDONE = "undone"
AFTER = "after"
#: How long a month is on average: tells only which of two segments begins first.
_AVERAGE_MONTH = 30.4375
_MONTHS_OF_YEAR = 12
_KEYS = (
    "day",
    "until",
    "every",
    "working_days",
    "monthly",
    "in_months",
    "months",
    "every_months",
    "roll",
)
#: Each of them says when a segment begins.
_BEGINS = ("day", "monthly", "months", "every_months")
#: A word in quotes, or a name.
_QUOTED_OR_NAME = re.compile(r"'[^']*'|[A-Za-z_]\w*")
#: Reads a whole number or the name of a parameter.
Figure = Callable[[yamlfile.Node | None], int | None]


@dataclass(frozen=True)
class Segment:
    """Occurrences at base + day, then every `every` days until base + `until`, both included.

    every 0: once. months: the corresponding day so many months after the base takes the place of
    the base; every_months: and every so many months after that. monthly: once a month on that day,
    from base + day on; in_months: only in these months of a year, 1 to 12. roll: what happens to a
    day off, '' leaves it there. working_days: the occurrence of a day is the last working day.
    """

    day: int
    until: int | None
    every: int
    working_days: bool = False
    monthly: int = 0
    roll: str = ""
    months: int = 0
    every_months: int = 0
    in_months: tuple[int, ...] = ()

    @property
    def place(self) -> float:
        """Where it stands among the others. Segments of one place hold together."""
        return self.months * _AVERAGE_MONTH + self.day


@dataclass(frozen=True)
class Delay:
    """Days from an occurrence on; working days where it says so.

    roll: where the day that is reached is a day off, the next or the previous working day takes its
    place; '' leaves it there.
    """

    days: int
    working: bool = False
    roll: str = ""

    @property
    def needs_calendar(self) -> bool:
        """It asks which days are worked."""
        return self.working or bool(self.roll)

    def counts_like(self, other: Delay) -> bool:
        """Whether the two figures can be compared."""
        return (self.working, self.roll) == (other.working, other.roll)


@dataclass(frozen=True)
class Cadence:
    """The day from which a step counts, and its occurrences.

    done: a day; an occurrence that is not after it is over. of, after: in place of segments, the
    occurrences of another step, so many days later; what is left undone until then goes on.
    """

    base: Node
    segments: tuple[Segment, ...]
    done: Node | None = None
    of: Cadence | None = None
    after: Delay | None = None

    @property
    def needs_calendar(self) -> bool:
        if self.of is not None and self.of.needs_calendar:
            return True
        after_asks = self.after is not None and self.after.needs_calendar
        return after_asks or any(segment.roll for segment in self.segments)

    @property
    def reads(self) -> tuple[Node, ...]:
        """What decides on the days."""
        own = (self.base,) if self.done is None else (self.base, self.done)
        return own if self.of is None else (*own, *self.of.reads)


def read_delay(node: yamlfile.Node | None, figure: Figure, problems: list[Problem]) -> Delay | None:
    """`3`, a parameter, {working_days: 3}, or {days: 3, roll: next}."""
    if not isinstance(node, yamlfile.Mapping):
        days = figure(node)
        return None if days is None else Delay(days)

    if "days" in node:
        if not yamlfile.check_keys(node, ("days", "roll"), (), problems):
            return None
        days = figure(node["days"])
        roll = yamlfile.as_choice(node["roll"], ROLLS, problems)
        return None if days is None or roll is None else Delay(days, roll=roll)

    if not yamlfile.check_keys(node, ("working_days",), (), problems):
        return None
    days = figure(node["working_days"])
    return None if days is None else Delay(days, working=True)


def read_segment(entry: yamlfile.Node, figure: Figure, problems: list[Problem]) -> Segment | None:
    """One entry of `occurs`; None, with its problems, when it is wrong."""
    before = len(problems)
    node = yamlfile.known_part(entry, (), _KEYS, problems)
    if node is None:
        return None
    if not any(key in node for key in _BEGINS):
        problems.append(node.problem("yaml.missing_key", key="day"))

    segment = Segment(
        day=figure(node.get("day")) or 0,
        until=figure(node.get("until")),
        every=_at_least_one(node.get("every"), figure, problems),
        working_days=bool(yamlfile.as_bool(node.get("working_days"), problems)),
        monthly=_monthly(node.get("monthly"), figure, problems),
        roll=yamlfile.as_choice(node.get("roll"), ROLLS, problems) or "",
        months=figure(node.get("months")) or 0,
        every_months=_at_least_one(node.get("every_months"), figure, problems),
        in_months=_months_of_year(node.get("in_months"), figure, problems),
    )
    _check_together(node, segment, problems)
    return segment if len(problems) == before else None


def check_segments(
    node: yamlfile.Node | None, segments: Sequence[Segment], problems: list[Problem]
) -> None:
    """Days of a month that begin apart do not hold together, which is easily meant and not seen.

    [{monthly: 1}, {monthly: 15, day: 30}] would end the 1st where the 15th begins. Whoever means
    that says so with `until`; whoever means both gives both the same `day`.
    """
    if node is None:
        return

    monthly = sorted((one for one in segments if one.monthly), key=lambda one: one.place)
    for first, second in pairwise(monthly):
        if first.place < second.place and first.until is None:
            message = _("{first} of a month ends where {second} begins, so they do not join")
            remedy = _("give both the same 'day', or the first one its 'until'")
            params: dict[str, object] = {
                "first": _day_name(first.monthly),
                "second": _day_name(second.monthly),
            }
            problems.append(_problem("monthly_apart", message, node, params, remedy))


def check_order(
    node: yamlfile.Node | None, segments: Sequence[Segment], problems: list[Problem]
) -> None:
    """Segments are read from the top: one that begins before the one above it is a slip.

    A day of a month begins with the base where nothing else is written, wherever it stands.
    """
    in_days = [segment for segment in segments if not segment.monthly]
    for above, below in pairwise(in_days):
        if node is not None and below.place < above.place:
            message = _("a later line begins before the one above it: the lines go by their days")
            problems.append(_problem("segments", message, node, {}))
            return


def check_deadline(
    node: yamlfile.Node | None, due: Delay, deadline: Delay | None, problems: list[Problem]
) -> None:
    """The last day of a task is not before the day on which it is due; compared where both count
    alike."""
    if node is None or deadline is None or not deadline.counts_like(due):
        return
    if deadline.days < due.days:
        message = _("the deadline, day {deadline}, lies before the due day {due}")
        params: dict[str, object] = {"deadline": deadline.days, "due": due.days}
        problems.append(_problem("deadline", message, node, params))


@dataclass(frozen=True)
class Late:
    """The days of a step that follows an undone one: which step, and the cadence."""

    step: str
    cadence: Cadence


def read_undone(
    node: yamlfile.Mapping,
    above: Mapping[str, Cadence | None],
    figure: Figure,
    problems: list[Problem],
) -> Late | None:
    """{undone: STEP, after: 3}. above: the steps that it may follow, each with its days.

    None for the days of one that could not be read: what is wrong there is said there.
    """
    part = yamlfile.known_part(node, (UNDONE, AFTER), (), problems)
    code = str(node[UNDONE])
    after = read_delay(part.get(AFTER), figure, problems) if part else None
    if code not in above:
        near = did_you_mean(code, list(above))
        message = _("no step {step} about the same subject stands above this one")
        remedy = _("did you mean {near}?") if near else ""
        params: dict[str, object] = {"step": code, "near": near}
        problems.append(_problem("undone_step", message, node[UNDONE], params, remedy))
        return None
    if after is None:
        return None
    if after.days < 1:
        message = _("what follows an undone step comes at least a day after it")
        problems.append(_problem("after", message, node[AFTER], {}))

    other = above[code]
    if other is None:
        return None
    done = history.last_done(code)
    return Late(code, Cadence(other.base, (), done, other, after))


def _day_name(number: int) -> str:
    return "last" if number == LAST else str(number)


def _at_least_one(node: yamlfile.Node | None, figure: Figure, problems: list[Problem]) -> int:
    """So many days or months between two occurrences; 0 where nothing is written."""
    number = figure(node)
    if node is not None and number is not None and number < 1:
        problems.append(node.problem("yaml.range", value=str(node), low=1, high="…"))
    return number or 0


def _months_of_year(
    node: yamlfile.Node | None, figure: Figure, problems: list[Problem]
) -> tuple[int, ...]:
    """Months by their numbers, 1 to 12."""
    found = []
    for entry in yamlfile.as_sequence(node, problems) or ():
        number = figure(entry)
        if number is None:
            continue
        if not 1 <= number <= _MONTHS_OF_YEAR:
            range_ = {"low": 1, "high": _MONTHS_OF_YEAR}
            problems.append(entry.problem("yaml.range", value=str(entry), **range_))
        found.append(number)
    return tuple(found)


def _monthly(node: yamlfile.Node | None, figure: Figure, problems: list[Problem]) -> int:
    """The day of the month; 31 is the last day of every month."""
    if node is None:
        return 0
    if str(node) == "last":
        return LAST

    before = len(problems)
    number = figure(node)
    # What is wrong with a day of a month is said in one sentence of its own.
    del problems[before:]
    if number is None or not 1 <= number <= LAST:
        message = _("'{value}' is no day of a month")
        remedy = _("write a number from 1 to {last}, or last")
        params: dict[str, object] = {"value": str(node), "last": LAST}
        problems.append(_problem("monthly_day", message, node, params, remedy))
    return number or 0


def _check_together(node: yamlfile.Mapping, segment: Segment, problems: list[Problem]) -> None:
    """What a segment says must fit together."""
    if segment.until is not None and segment.until < segment.day:
        message = _("this never occurs: until {until} lies before day {day}")
        params: dict[str, object] = {"day": segment.day, "until": segment.until}
        problems.append(_problem("until", message, node["until"], params))

    repeated = segment.every or segment.working_days or segment.every_months
    if segment.monthly and (repeated or segment.months):
        message = _("a monthly occurrence has no {others}")
        others = _named("every", "working_days", "months", "every_months")
        problems.append(_problem("monthly", message, node["monthly"], {"others": others}))
    if segment.roll and repeated:
        message = _("'roll' moves a single day or a day of the month, not 'every' so many days")
        problems.append(_problem("roll", message, node["roll"], {}))
    if segment.in_months and not segment.monthly:
        message = _("'in_months' says in which months a 'monthly' occurrence comes; it is missing")
        problems.append(_problem("in_months", message, node["in_months"], {}))
    if segment.every_months and (segment.day or segment.every or segment.working_days):
        message = _("an occurrence every so many months has no {others}")
        others = _named("day", "every", "working_days")
        place = node["every_months"]
        problems.append(_problem("every_months", message, place, {"others": others}))


def _named(*keys: str) -> tuple[str, ...]:
    return tuple(f"'{key}'" for key in keys)


def _problem(
    code: str, message: str, node: yamlfile.Node, params: dict[str, object], remedy: str = ""
) -> Problem:
    problem = Problem(f"playbook.{code}", message, remedy, params, node.file)
    return problem.at(line=node.line, column=node.column)


def cadence_text(node: yamlfile.Node | None, parameters: Mapping[str, Decimal]) -> str:
    """The cadence as pages and explanations show it, with the figures of its parameters; nothing
    where none is written.
    """
    if not isinstance(node, yamlfile.Mapping):
        return ""
    if UNDONE in node and AFTER in node:
        after = _after_text(node[AFTER], parameters)
        return f"{UNDONE} {node[UNDONE]}: {AFTER} {after}"
    if "from" not in node:
        return ""
    occurs = node.get("occurs")
    if not isinstance(occurs, yamlfile.Sequence):
        return ""

    entries = [entry for entry in occurs if isinstance(entry, yamlfile.Mapping)]
    parts = [_segment_text(entry, parameters) for entry in entries]
    return f"{_with_figures(str(node['from']), parameters)}: {'; '.join(parts)}"


def _after_text(node: yamlfile.Node, parameters: Mapping[str, Decimal]) -> str:
    if isinstance(node, yamlfile.Mapping):
        return _segment_text(node, parameters)
    return _with_figures(str(node), parameters)


def _segment_text(entry: yamlfile.Mapping, parameters: Mapping[str, Decimal]) -> str:
    written = {key: _with_figures(str(value), parameters) for key, value in entry.items()}
    return ", ".join(f"{key} {value}" for key, value in written.items())


def _with_figures(text: str, parameters: Mapping[str, Decimal]) -> str:
    """The text with the figure in the place of each parameter; ids in quotes stay."""

    def figure(found: re.Match[str]) -> str:
        value = parameters.get(found[0])
        return found[0] if value is None else f"{value.normalize():f}"

    return _QUOTED_OR_NAME.sub(figure, text)
