"""On which days a step occurs, as a playbook writes it.

{from: promise_due_on, occurs: [{day: 1, until: 13, every: 2}, {day: 14, every: 1}]}
{from: placed_on, occurs: [{monthly: last, roll: previous}]}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huikuan.engine.nodes import Node
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

#: The last day of a month: the 31st, or the last of a shorter one.
LAST = 31
ROLLS = ("next", "previous")
_KEYS = ("day", "until", "every", "working_days", "monthly", "roll")
#: Reads a whole number or the name of a parameter.
Figure = Callable[[yamlfile.Node | None], int | None]


@dataclass(frozen=True)
class Segment:
    """Occurrences at base + day, then every `every` days until base + `until`, both included.

    every 0: once. monthly: once a month on that day, from base + day on. roll: what happens to a
    day off, '' leaves it there. working_days: the occurrence of a day is the last working day.
    """

    day: int
    until: int | None
    every: int
    working_days: bool = False
    monthly: int = 0
    roll: str = ""


@dataclass(frozen=True)
class Cadence:
    """The day from which a step counts, and its occurrences."""

    base: Node
    segments: tuple[Segment, ...]

    @property
    def needs_calendar(self) -> bool:
        return any(segment.roll for segment in self.segments)


@dataclass(frozen=True)
class Delay:
    """Days from an occurrence on; working days where it says so."""

    days: int
    working: bool = False


def read_delay(node: yamlfile.Node | None, figure: Figure, problems: list[Problem]) -> Delay | None:
    """`3`, a parameter, or {working_days: 3}."""
    if not isinstance(node, yamlfile.Mapping):
        days = figure(node)
        return None if days is None else Delay(days)
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
    if "day" not in node and "monthly" not in node:
        problems.append(node.problem("yaml.missing_key", key="day"))

    segment = Segment(
        day=figure(node.get("day")) or 0,
        until=figure(node.get("until")),
        every=_every(node, figure, problems),
        working_days=bool(yamlfile.as_bool(node.get("working_days"), problems)),
        monthly=_monthly(node.get("monthly"), figure, problems),
        roll=yamlfile.as_choice(node.get("roll"), ROLLS, problems) or "",
    )
    _check_together(node, segment, problems)
    return segment if len(problems) == before else None


def _every(node: yamlfile.Mapping, figure: Figure, problems: list[Problem]) -> int:
    number = figure(node.get("every"))
    if number is not None and number < 1:
        place = node["every"]
        problems.append(place.problem("yaml.range", value=str(place), low=1, high="…"))
    return number or 0


def _monthly(node: yamlfile.Node | None, figure: Figure, problems: list[Problem]) -> int:
    """The day of the month; 31 is the last day of every month."""
    if node is None:
        return 0
    if str(node) == "last":
        return LAST
    number = figure(node)
    if number is not None and not 1 <= number <= LAST:
        problems.append(node.problem("yaml.range", value=str(node), low=1, high=LAST))
    return number or 0


def _check_together(node: yamlfile.Mapping, segment: Segment, problems: list[Problem]) -> None:
    """What a segment says must fit together."""
    if segment.until is not None and segment.until < segment.day:
        message = _("this never occurs: until {until} lies before day {day}")
        params: dict[str, object] = {"day": segment.day, "until": segment.until}
        problems.append(_problem("until", message, node["until"], params))
    if segment.monthly and (segment.every or segment.working_days):
        message = _("a monthly occurrence has no 'every' and no 'working_days'")
        problems.append(_problem("monthly", message, node["monthly"], {}))
    if segment.roll and (segment.every or segment.working_days):
        message = _("'roll' moves a single day or a day of the month, not 'every' so many days")
        problems.append(_problem("roll", message, node["roll"], {}))


def _problem(code: str, message: str, node: yamlfile.Node, params: dict[str, object]) -> Problem:
    problem = Problem(f"playbook.{code}", message, "", params, node.file)
    return problem.at(line=node.line, column=node.column)


def cadence_text(node: yamlfile.Node | None) -> str:
    """The cadence as the page of a pack shows it; nothing where none is written."""
    if not isinstance(node, yamlfile.Mapping) or "from" not in node:
        return ""
    occurs = node.get("occurs")
    if not isinstance(occurs, yamlfile.Sequence):
        return ""

    parts = [_segment_text(entry) for entry in occurs if isinstance(entry, yamlfile.Mapping)]
    return f"{node['from']}: {'; '.join(parts)}"


def _segment_text(entry: yamlfile.Mapping) -> str:
    return ", ".join(f"{key} {value}" for key, value in entry.items())
