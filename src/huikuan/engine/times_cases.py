"""A pack's own specification of its times: how good a moment is for a step, and when to try again.

In `tests/times/*.yaml` of the pack:

cases:
  - name: 周一上午最好
    serves: [P5.craft.3]
    step: chase_call
    at: 2026-03-16 09:00
    is: good
    because: [mornings, mondays]
  - name: 下班前，改到次日上午
    step: chase_call
    at: 2026-03-17 17:30
    until: 2026-03-18
    is: bad
    because: [before_closing]
    better: 2026-03-18 08:30
  - name: 上午未接通，次日晚间再拨
    tried: 2026-03-17 10:00
    next: 2026-03-18 18:30

A moment is local. `taken` names moments at which whoever calls has agreed to call others. `until`
is the last day of the task, the day itself where nothing is said; `better: none` says that nothing
better is proposed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from huikuan.engine import requirements
from huikuan.engine.advice import advise
from huikuan.engine.clock_cases import read_moment
from huikuan.engine.playbook import Playbook, Step
from huikuan.engine.times import Moment, Rank, Tried, WorkingDays
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

FOLDER = "tests/times"
#: The same, seen from the folder of all cases.
PLACE = "times"
NONE = "none"
_OF_MOMENT = ("step", "at", "is")
_OF_TRY = ("tried", "next")
_OPTIONAL = ("until", "because", "better", requirements.KEY)


@dataclass(frozen=True)
class TimesCase:
    """One case, about a moment or about the next try; what the other kind has is empty.

    stated: what the case says must come out, by key.
    """

    name: str
    place: str
    stated: Mapping[str, str]
    step: str = ""
    at: dt.datetime | None = None
    until: dt.date | None = None
    tried: tuple[dt.datetime, ...] = ()
    taken: tuple[dt.datetime, ...] = ()
    serves: tuple[str, ...] = ()


def differences(
    case: TimesCase, book: Playbook, working_days: WorkingDays
) -> Iterator[tuple[str, str, str]]:
    """What the case states and the pack does not: key, found, wanted."""
    if case.tried:
        found = _next_try(case, book, working_days)
    else:
        found = _at_the_moment(case, book.step(case.step), working_days)
    for key, wanted in case.stated.items():
        if found[key] != wanted:
            yield key, found[key], wanted


def _at_the_moment(case: TimesCase, step: Step, working_days: WorkingDays) -> dict[str, str]:
    """What the step says of the moment."""
    assert case.at is not None
    now = Moment.of(case.at)
    judged = step.preference.judge(now, working_days)
    advice = advise(step.preference, now, case.until or now.day, working_days)
    return {
        "is": judged.rank.name.lower(),
        "because": ", ".join(time.name for time in judged.times),
        "better": _written(advice.better_at),
    }


def _next_try(case: TimesCase, book: Playbook, working_days: WorkingDays) -> dict[str, str]:
    """What the pack proposes after these tries."""
    tries = [Moment.of(tried) for tried in case.tried]
    now = tries[-1]
    minutes = [tried.minute for tried in tries if tried.day == now.day]
    taken: dict[dt.date, list[int]] = {}
    for moment in map(Moment.of, case.taken):
        taken.setdefault(moment.day, []).append(moment.minute)

    preference = book.times.preference_of("call")
    found = book.times.next_try(Tried(now, minutes, taken), preference, working_days)
    proposed = found.moment if found else None
    return {"next": _written(proposed)}


def _written(moment: Moment | None) -> str:
    return NONE if moment is None else f"{moment.day} {moment.clock}"


# --- reading --------------------------------------------------------------------------------------


def of_folder(folder: Path, book: Playbook) -> tuple[list[TimesCase], list[Problem]]:
    """The cases of a pack's folder, and everything that is wrong with them."""
    cases: list[TimesCase] = []
    problems: list[Problem] = []
    for file in sorted((folder / FOLDER).glob("*.yaml")):
        read, found = _read_cases(file, book)
        cases += read
        problems += [problem.at(file=f"{FOLDER}/{problem.file}") for problem in found]
    return cases, problems


def _read_cases(file: Path, book: Playbook) -> tuple[list[TimesCase], list[Problem]]:
    """The cases of one file."""
    problems: list[Problem] = []
    root, found = yamlfile.load(file, file.name)
    problems += found
    node = yamlfile.known_part(root, ("cases",), (), problems)
    if node is None:
        return [], problems

    problems += requirements.check_tree(root)
    listed = yamlfile.as_sequence(node.get("cases"), problems)
    reader = _Reader([step.id for step in book.steps], tuple(book.times.named), problems)
    cases = [case for entry in listed or () if (case := reader.case(entry))]
    if problems:
        return [], problems
    return cases, problems


@dataclass
class _Reader:
    steps: Collection[str]
    names: Collection[str]
    problems: list[Problem]

    def case(self, entry: yamlfile.Node) -> TimesCase | None:
        """One case; None, with its problems, when something is wrong with it."""
        before = len(self.problems)
        is_try = isinstance(entry, yamlfile.Mapping) and "tried" in entry
        required = _OF_TRY if is_try else _OF_MOMENT
        optional = ("taken", requirements.KEY) if is_try else _OPTIONAL
        node = yamlfile.known_part(entry, ("name", *required), optional, self.problems)
        if node is None:
            return None

        case = TimesCase(
            name=yamlfile.as_text(node.get("name"), self.problems) or "",
            place=f"{PLACE}/{node.file}:{node.line}",
            stated=self._stated(node),
            step=yamlfile.as_choice(node.get("step"), self.steps, self.problems) or "",
            at=read_moment(node.get("at"), self.problems),
            until=yamlfile.as_date(node.get("until"), self.problems),
            tried=self._moments(node.get("tried")),
            taken=self._moments(node.get("taken")),
            serves=requirements.served(node.get(requirements.KEY), self.problems),
        )
        return case if len(self.problems) == before else None

    def _stated(self, node: yamlfile.Mapping) -> dict[str, str]:
        """What must come out, in the words of the file."""
        stated = {}
        if "is" in node:
            ranks = [rank.name.lower() for rank in Rank]
            stated["is"] = yamlfile.as_choice(node["is"], ranks, self.problems) or ""

        if "because" in node:
            listed = yamlfile.as_sequence(node["because"], self.problems) or ()
            named = [yamlfile.as_choice(each, self.names, self.problems) for each in listed]
            stated["because"] = ", ".join(name for name in named if name)

        for key in ("better", "next"):
            if key in node:
                stated[key] = self._moment_or_none(node[key])
        return stated

    def _moment_or_none(self, node: yamlfile.Node) -> str:
        if str(node) == NONE:
            return NONE
        moment = read_moment(node, self.problems)
        return _written(Moment.of(moment)) if moment else ""

    def _moments(self, node: yamlfile.Node | None) -> tuple[dt.datetime, ...]:
        """One moment, or several."""
        if node is None:
            return ()
        entries = node if isinstance(node, yamlfile.Sequence) else (node,)
        read = [read_moment(entry, self.problems) for entry in entries]
        return tuple(moment for moment in read if moment)
