"""A pack's own specification of its clocks: what happened → when it is due, and how it stands.

In `tests/clocks/*.yaml` of the pack:

cases:
  - name: 十点十七分到达，十一点十七分前取回
    serves: [P4.1.3]
    clock: fetched
    happened: {arrived: 2026-11-23 10:17}
    role: supply_chain
    due: 2026-11-23 11:17
    stands: open
  - name: 首小时内说明理由，放宽到三小时
    clock: fetched
    happened: {arrived: 2026-11-23 10:17, fetched: 2026-11-23 13:00}
    extended: [{by: supply_chain, at: 2026-11-23 11:17}]
    due: 2026-11-23 13:17
    stands: met

A moment is local; a day alone is a day of which no moment is known. `counts` gives the numbers on
which a table of lengths depends, `held` the holds: {kind: complaint, from: day, until: day},
`told` the moments that were told: {at: moment, until: moment}, `creditor` the kind of creditor.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from huikuan.engine import options, outcomes, requirements
from huikuan.engine.clock import Clock
from huikuan.engine.clock_due import Granted, Happened, History, House, Pause, Reading, read_clock
from huikuan.lib import yamlfile
from huikuan.lib.calendar import Calendar
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

FOLDER = "tests/clocks"
#: The same, seen from the folder of all cases.
PLACE = "clocks"
#: Local moments are moments of one zone, and nothing in a case depends on which.
ZONE = dt.UTC
STATES = ("not_begun", "paused", "open", "met", "late")
_REQUIRED = ("name", "clock", "happened", "stands")
_OPTIONAL = ("due", "role", "counts", "held", "extended", "told", "creditor", requirements.KEY)
_MINUTES = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Extended:
    """A reason that was given, by a role; until a moment, or as long as the pack lets."""

    by: str
    at: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True)
class Held:
    """A hold of a kind, for whole days."""

    kind: str
    from_on: dt.date
    until_on: dt.date | None


@dataclass(frozen=True)
class ClockCase:
    """One case. `due` and `role` are empty where the case says nothing of them."""

    name: str
    place: str
    clock: str
    happened: Mapping[str, dt.datetime | dt.date]
    stands: str
    due: str = ""
    role: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    extended: tuple[Extended, ...] = ()
    told: tuple[Granted, ...] = ()
    creditor: str = ""
    serves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What the clock says in a case, in the words of the case."""

    stands: str
    due: str
    role: str


def differences(
    case: ClockCase, clocks: Mapping[str, Clock], calendar: Calendar
) -> Iterator[tuple[str, str, str]]:
    """What the case states and the pack does not: key, found, wanted."""
    clock = clocks.get(case.clock)
    if clock is None:
        yield "clock", "-", case.clock
        return

    outcome = outcome_of(case, clock, calendar)
    wanted = {"stands": case.stands, "due": case.due, "role": case.role}
    for key, value in wanted.items():
        if value and getattr(outcome, key) != value:
            yield key, getattr(outcome, key), value


def outcome_of(case: ClockCase, clock: Clock, calendar: Calendar) -> Outcome:
    """How the clock stands after what happened in the case."""
    house = House(ZONE, calendar)
    reading = read_clock(clock, _history(case, clock, house), house)
    if reading is None:
        return Outcome("not_begun", "none", clock.role)

    due = "none" if reading.due_at is None else reading.due_at.strftime(_MINUTES)
    return Outcome(_stands(reading), due, clock.role)


def _stands(reading: Reading) -> str:
    if reading.met_at is not None:
        return "late" if reading.is_late else "met"
    return "paused" if reading.due_at is None else "open"


def _history(case: ClockCase, clock: Clock, house: House) -> History:
    """What happened as the law of the clock asks for it."""
    allowed: tuple[str, ...] = ()
    if clock.extension is not None:
        allowed = clock.extension.by

    return History(
        starts=_events(case, clock.starts, house),
        stops=_events(case, clock.stops, house),
        pauses=[_pause(hold, house) for hold in case.held if hold.kind in clock.pauses],
        extensions=[Granted(each.at, each.until) for each in case.extended if each.by in allowed],
        counts=case.counts,
        told=case.told,
        creditor=case.creditor,
    )


def _events(case: ClockCase, names: Iterable[str], house: House) -> list[Happened]:
    """Those of these events that happened in the case."""
    return [_event(case.happened[name], house) for name in names if name in case.happened]


def _event(when: dt.datetime | dt.date, house: House) -> Happened:
    """Known at once where its moment is known; a day alone was entered on a later day."""
    if isinstance(when, dt.datetime):
        return Happened.at(when, when)
    return Happened.on(when, house.moment(when + dt.timedelta(days=1)), house)


def _pause(hold: Held, house: House) -> Pause:
    until_at = None if hold.until_on is None else house.moment(hold.until_on)
    return Pause(hold.from_on, hold.until_on, house.moment(hold.from_on), until_at)


def lacks(clock: Clock, cases: Iterable[ClockCase]) -> Iterator[str]:
    """What the cases of a clock do not show: a sentence for each, with {clock} in it."""
    own = [case for case in cases if case.clock == clock.id]
    if not any(case.due for case in own):
        yield _("no case says when clock {clock} is due")
    if not any(case.role for case in own):
        yield _("no case says who answers for clock {clock}")
    if not {"met", "late"} <= {case.stands for case in own}:
        yield _("no case shows clock {clock} both met and late")


# --- reading --------------------------------------------------------------------------------------


def of_folder(folder: Path, clocks: Iterable[Clock]) -> tuple[list[ClockCase], list[Problem]]:
    """The cases of a pack's folder, and everything that is wrong with them."""
    by_id = {clock.id: clock for clock in clocks}
    cases: list[ClockCase] = []
    problems: list[Problem] = []
    for file in sorted((folder / FOLDER).glob("*.yaml")):
        read, found = read_cases(file, by_id)
        cases += read
        problems += [problem.at(file=f"{FOLDER}/{problem.file}") for problem in found]
    return cases, problems


def read_cases(file: Path, clocks: Mapping[str, Clock]) -> tuple[list[ClockCase], list[Problem]]:
    """The cases of one file, and everything that is wrong with it."""
    problems: list[Problem] = []
    root, found = yamlfile.load(file, file.name)
    problems += found
    node = yamlfile.known_part(root, ("cases",), (), problems)
    if node is None:
        return [], problems

    problems += requirements.check_tree(root)
    listed = yamlfile.as_sequence(node.get("cases"), problems)
    reader = _Reader(clocks, problems)
    cases = [case for entry in listed or () if (case := reader.case(entry))]
    if problems:
        return [], problems
    return cases, problems


def read_moment(node: yamlfile.Node | None, problems: list[Problem]) -> dt.datetime | None:
    """2026-11-23 10:17; None, with a problem, for what is no moment."""
    text = yamlfile.as_text(node, problems)
    if node is None or text is None:
        return None

    try:
        return dt.datetime.strptime(text, _MINUTES).replace(tzinfo=ZONE)
    except ValueError:
        message = _("{value} is no moment")
        remedy = _("write it as 2026-11-23 10:17")
        problem = Problem("specification.moment", message, remedy, {"value": text}, node.file)
        problems.append(problem.at(line=node.line, column=node.column))
        return None


@dataclass
class _Reader:
    clocks: Mapping[str, Clock]
    problems: list[Problem]

    def case(self, entry: yamlfile.Node) -> ClockCase | None:
        """One case; None, with its problems, when something is wrong with it."""
        before = len(self.problems)
        node = yamlfile.known_part(entry, _REQUIRED, _OPTIONAL, self.problems)
        if node is None:
            return None

        case = ClockCase(
            name=yamlfile.as_text(node.get("name"), self.problems) or "",
            place=f"{PLACE}/{node.file}:{node.line}",
            clock=yamlfile.as_choice(node.get("clock"), tuple(self.clocks), self.problems) or "",
            happened=self._happened(node.get("happened"), node.get("clock")),
            stands=yamlfile.as_choice(node.get("stands"), STATES, self.problems) or "",
            due=self._due(node.get("due")),
            role=yamlfile.as_text(node.get("role"), self.problems) or "",
            counts=self._counts(node.get("counts")),
            held=tuple(self._held(each) for each in self._list(node.get("held"))),
            extended=tuple(self._extended(each) for each in self._list(node.get("extended"))),
            told=tuple(self._told(each) for each in self._list(node.get("told"))),
            creditor=yamlfile.as_choice(
                node.get("creditor"), tuple(options.CREDITOR_KINDS), self.problems
            )
            or "",
            serves=requirements.served(node.get(requirements.KEY), self.problems),
        )
        return case if len(self.problems) == before else None

    def _list(self, node: yamlfile.Node | None) -> list[yamlfile.Node]:
        return list(yamlfile.as_sequence(node, self.problems) or ())

    def _happened(
        self, node: yamlfile.Node | None, named: yamlfile.Node | None
    ) -> dict[str, dt.datetime | dt.date]:
        """Event → its moment or day; only events that the clock asks for."""
        clock = self.clocks.get(str(named))
        if clock is None:
            return {}
        events = yamlfile.known_part(node, (), clock.events, self.problems)
        if events is None:
            return {}

        happened: dict[str, dt.datetime | dt.date] = {}
        for name, value in events.items():
            when = self._when(value)
            if when is not None:
                happened[name] = when
        return happened

    def _when(self, node: yamlfile.Node) -> dt.datetime | dt.date | None:
        """2026-11-23 10:17, or a day alone."""
        if ":" in str(node):
            return read_moment(node, self.problems)
        return yamlfile.as_date(node, self.problems)

    def _due(self, node: yamlfile.Node | None) -> str:
        """A moment as it is written, or `none`."""
        if node is None or str(node) == "none":
            return str(node or "")
        moment = read_moment(node, self.problems)
        return moment.strftime(_MINUTES) if moment is not None else ""

    def _counts(self, node: yamlfile.Node | None) -> dict[str, int]:
        part = yamlfile.as_mapping(node, self.problems)
        if part is None:
            return {}
        return {
            name: yamlfile.as_int(value, self.problems, minimum=0) or 0
            for name, value in part.items()
        }

    def _held(self, node: yamlfile.Node) -> Held:
        """{kind: complaint, from: 2026-11-24, until: 2026-11-26}; no `until`: it still holds."""
        part = yamlfile.known_part(node, ("kind", "from"), ("until",), self.problems)
        if part is None:
            return Held("", dt.date.min, None)

        kind = yamlfile.as_choice(part.get("kind"), outcomes.HOLDS, self.problems) or ""
        from_on = yamlfile.as_date(part.get("from"), self.problems) or dt.date.min
        until_on = yamlfile.as_date(part.get("until"), self.problems)
        return Held(kind, from_on, until_on)

    def _told(self, node: yamlfile.Node) -> Granted:
        """{at: 2026-11-23 10:00, until: 2026-11-26 17:00}: what was told, and when."""
        part = yamlfile.known_part(node, ("at", "until"), (), self.problems)
        never = dt.datetime.min.replace(tzinfo=ZONE)
        if part is None:
            return Granted(never)
        at = read_moment(part.get("at"), self.problems)
        return Granted(at or never, read_moment(part.get("until"), self.problems))

    def _extended(self, node: yamlfile.Node) -> Extended:
        """{by: supply_chain, at: 2026-11-23 11:17}, with `until` where the reason names it."""
        nobody = Extended("", dt.datetime.min.replace(tzinfo=ZONE), None)
        part = yamlfile.known_part(node, ("by", "at"), ("until",), self.problems)
        if part is None:
            return nobody

        at = read_moment(part.get("at"), self.problems)
        until = read_moment(part.get("until"), self.problems)
        by = yamlfile.as_text(part.get("by"), self.problems) or ""
        if at is None:
            return nobody
        return Extended(by, at, until)
