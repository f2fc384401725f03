"""Reads the clocks of a pack: clocks.yaml beside playbook.yaml. All that is wrong is said at once.

clocks:
  - id: imported
    title: {zh: 一小时内导入, en: imported within the hour}
    source: P4.1
    per: placement
    starts: arrived
    stops: [imported, refused]
    within: {hours: 1}
    role: data_admin
    extension: {at_most: {hours: 3}, by: [data_admin], reason_within: {hours: 1}}
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from huikuan.engine import options, outcomes, requirements
from huikuan.engine.clock import (
    ASKED,
    PENALTIES,
    SCORE,
    UNITS,
    Clock,
    Extension,
    Length,
    Office,
    Penalty,
    Rung,
    Table,
    Told,
)
from huikuan.engine.moments import TIMED, events_of
from huikuan.engine.texts import both_languages
from huikuan.engine.time_of_day import DAY_MINUTES, HOUR_MINUTES, minute_of
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

FILE = "clocks.yaml"
#: A day that has begun: to be done by its end.
SAME_DAY = "same_day"
_REQUIRED = ("id", "title", "source", "per", "starts", "stops", "within", "role")
_OPTIONAL = (
    "cut_off",
    "office",
    "pauses",
    "extension",
    "penalty",
    "creditors",
    "law",
    requirements.KEY,
)
#: Reads a whole number or the name of a parameter.
Figure = Callable[[yamlfile.Node | None], int | None]


def read_clocks(
    files: Mapping[str, str],
    figure: Figure,
    problems: list[Problem],
    *,
    roles: Collection[str] | None = None,
) -> tuple[Clock, ...]:
    """The clocks of a pack; none where it has no such file. Wrong ones are left out.

    `figure` reads a number or the name of a parameter. `roles`: as in `read_playbook`.
    """
    if FILE not in files:
        return ()

    root, found = yamlfile.load(files[FILE], FILE)
    problems += found
    node = yamlfile.known_part(root, ("clocks",), (), problems)
    listed = yamlfile.as_sequence(node.get("clocks"), problems) if node is not None else None
    reader = _Reader(problems, figure, roles)
    clocks = [clock for entry in listed or () if (clock := reader.clock(entry))]
    return tuple(clocks)


@dataclass
class _Reader:
    problems: list[Problem]
    figure: Figure
    roles: Collection[str] | None
    ids: dict[str, int] = field(default_factory=dict)

    def clock(self, entry: yamlfile.Node) -> Clock | None:
        """One clock; None, with its problems, when something is wrong with it."""
        before = len(self.problems)
        node = yamlfile.known_part(entry, _REQUIRED, _OPTIONAL, self.problems)
        if node is None:
            return None

        per = yamlfile.as_choice(node.get("per"), TIMED, self.problems) or ""
        starts = self._events(node.get("starts"), per)
        clock = Clock(
            id=self._id(node.get("id")),
            title=both_languages(node.get("title"), self.problems),
            source=yamlfile.as_text(node.get("source"), self.problems) or "",
            per=per,
            starts=starts,
            stops=self._events(node.get("stops"), per, begun=starts),
            within=self._within(node.get("within"), per),
            role=self._answers(node.get("role"), per),
            cut_off=self._time(node.get("cut_off")),
            office=self._office(node.get("office")),
            pauses=self._pauses(node.get("pauses"), per),
            extension=self._extension(node.get("extension")),
            penalty=self._penalty(node.get("penalty")),
            creditors=self._creditors(node.get("creditors")),
            serves=requirements.served(node.get(requirements.KEY), self.problems),
            law=both_languages(node.get("law"), self.problems),
            line=node.line,
        )
        if len(self.problems) > before:
            return None

        self._check_together(node, clock)
        return clock if len(self.problems) == before else None

    def report(
        self, node: yamlfile.Node, code: str, message: str, remedy: str = "", /, **params: object
    ) -> None:
        problem = Problem(f"clock.{code}", message, remedy, params, node.file)
        self.problems.append(problem.at(line=node.line, column=node.column))

    def _id(self, node: yamlfile.Node | None) -> str:
        name = yamlfile.as_text(node, self.problems) or ""
        if node is None or not name:
            return name
        if name in self.ids:
            message = _("clock {id} stands twice; it is also in line {first}")
            remedy = _("give one of them another id")
            self.report(node, "twice", message, remedy, id=name, first=self.ids[name])
        self.ids.setdefault(name, node.line)
        return name

    def _texts(self, node: yamlfile.Node | None) -> list[yamlfile.Node]:
        """One word, or a list of words."""
        if node is None:
            return []
        if isinstance(node, yamlfile.Sequence):
            return list(node)
        return [node]

    def _events(
        self, node: yamlfile.Node | None, per: str, *, begun: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Events of the subject or of what it belongs to. An unknown subject has none.

        `begun`: what starts the clock. It is never advised as the end: such a clock never runs.
        """
        listed = self._texts(node)
        if node is not None and not listed:
            self.report(node, "no_event", _("no event is named"), _("name one"))
        if per not in TIMED:
            return ()

        known = events_of(per)
        fitting = [name for name in known if name not in begun]
        named = []
        for entry in listed:
            offered = list(known) if str(entry) in known else fitting
            named.append(yamlfile.as_choice(entry, offered, self.problems))
        return tuple(name for name in named if name)

    def _role(self, node: yamlfile.Node | None) -> str:
        if self.roles is None:
            return yamlfile.as_text(node, self.problems) or ""
        return yamlfile.as_choice(node, tuple(self.roles), self.problems) or ""

    def _answers(self, node: yamlfile.Node | None, per: str) -> str:
        """Who answers for the clock: a role, or whoever was asked where each subject says that."""
        names_role = per in TIMED and bool(TIMED[per].role)
        if names_role and str(node) == ASKED:
            return ASKED
        return self._role(node)

    def _creditors(self, node: yamlfile.Node | None) -> tuple[str, ...]:
        """Kinds of creditor for which it runs."""
        known = tuple(options.CREDITOR_KINDS)
        named = [yamlfile.as_choice(entry, known, self.problems) for entry in self._texts(node)]
        return tuple(name for name in named if name)

    def _within(self, node: yamlfile.Node | None, per: str) -> Length | Table | Told:
        """A length, a table of lengths by a count, or the moment that an event told."""
        if isinstance(node, yamlfile.Mapping) and "told" in node:
            return self._told(node, per)
        if isinstance(node, yamlfile.Mapping) and "by" in node:
            return self._table(node, per) or Length("days", 0)
        return self._length(node) or Length("days", 0)

    def _told(self, node: yamlfile.Mapping, per: str) -> Told:
        """{told: reply_promised}: an event of the subject that tells a moment."""
        part = yamlfile.known_part(node, ("told",), (), self.problems)
        if part is None or per not in TIMED:
            return Told("")
        return Told(yamlfile.as_choice(part.get("told"), TIMED[per].told, self.problems) or "")

    def _length(self, node: yamlfile.Node | None) -> Length | None:
        """{hours: 1}, {working_days: 2}, same_day …; 0 only of days: the day itself."""
        if node is None:
            return None
        if isinstance(node, yamlfile.Scalar) and str(node) == SAME_DAY:
            return Length("days", 0)

        mapping = yamlfile.known_part(node, (), UNITS, self.problems)
        if mapping is None:
            return None
        if len(mapping) != 1:
            message = _("a length has one unit: {units}, or {same_day}")
            units = ", ".join(UNITS)
            self.report(node, "length", message, units=units, same_day=SAME_DAY)
            return None

        unit, value = next(iter(mapping.items()))
        amount = self.figure(value)
        if amount is None:
            return None
        least = 0 if unit in ("days", "working_days") else 1
        if amount < least:
            problem = value.problem("yaml.range", value=str(value), low=least, high="…")
            self.problems.append(problem)
            return None
        return Length(unit, amount)

    def _table(self, node: yamlfile.Mapping, per: str) -> Table | None:
        """{by: accounts, table: [{up_to: 300, days: 2}, …], above: {every: 200, days: 1}}."""
        part = yamlfile.known_part(node, ("by", "table", "above"), (), self.problems)
        if part is None or per not in TIMED:
            return None

        by = yamlfile.as_choice(part.get("by"), TIMED[per].counts, self.problems)
        listed = yamlfile.as_sequence(part.get("table"), self.problems)
        rungs = [rung for entry in listed or () if (rung := self._rung(entry))]
        above = self._rung(part.get("above"), "every")
        if by is None or above is None or not rungs or len(rungs) < len(listed or ()):
            return None

        units = {rung.length.unit for rung in [*rungs, above]}
        limits = [rung.up_to for rung in rungs]
        if len(units) > 1 or limits != sorted(set(limits)):
            message = _("a table has one unit, and its lines go up")
            self.report(node, "table", message)
            return None
        return Table(by, tuple(rungs), above.up_to, above.length.amount)

    def _rung(self, entry: yamlfile.Node | None, limit: str = "up_to") -> Rung | None:
        """A limit and a length beside it."""
        if entry is None:
            return None
        part = yamlfile.known_part(entry, (limit,), UNITS, self.problems)
        if part is None or limit not in part:
            return None

        up_to = self.figure(part[limit])
        rest = {key: value for key, value in part.items() if key != limit}
        lengths = yamlfile.Mapping(part.file, part.line, part.column, rest, part.keys_at)
        length = self._length(lengths)
        if up_to is None or length is None:
            return None
        if up_to < 1:
            problem = part[limit].problem("yaml.range", value=str(part[limit]), low=1, high="…")
            self.problems.append(problem)
            return None
        return Rung(up_to, length)

    def _time(self, node: yamlfile.Node | None) -> dt.time | None:
        """A local time of day such as 17:30."""
        if node is None:
            return None
        minute = minute_of(str(node))
        if minute is None or minute >= DAY_MINUTES:
            message = _("{value} is no time of day")
            self.report(node, "time", message, _("write it as 17:30"), value=str(node))
            return None
        return dt.time(*divmod(minute, HOUR_MINUTES))

    def _office(self, node: yamlfile.Node | None) -> Office | None:
        """{opens: 09:00, closes: 18:00}."""
        if node is None:
            return None
        part = yamlfile.known_part(node, ("opens", "closes"), (), self.problems)
        if part is None:
            return None

        opens = self._time(part.get("opens"))
        closes = self._time(part.get("closes"))
        if opens is None or closes is None:
            return None
        if opens >= closes:
            self.report(node, "office", _("the office closes before it opens"))
            return None
        return Office(opens, closes)

    def _pauses(self, node: yamlfile.Node | None, per: str) -> tuple[str, ...]:
        """Kinds of holds; only what lies in a case can be held."""
        if node is None:
            return ()
        if per in TIMED and not TIMED[per].case_column:
            message = _("a {subject} has no case, so no hold pauses its clock")
            self.report(node, "pauses", message, _("leave it out"), subject=per)
            return ()
        named = [
            yamlfile.as_choice(entry, outcomes.HOLDS, self.problems) for entry in self._texts(node)
        ]
        return tuple(name for name in named if name)

    def _extension(self, node: yamlfile.Node | None) -> Extension | None:
        """{at_most: {hours: 3}, by: [data_admin], reason_within: {hours: 1}}.

        `at_most` may be a list: each extension goes to the next of these lengths.
        """
        if node is None:
            return None
        part = yamlfile.known_part(node, ("at_most", "by"), ("reason_within",), self.problems)
        if part is None:
            return None

        lengths = [self._length(entry) for entry in self._texts(part.get("at_most"))]
        known = [length for length in lengths if length is not None]
        roles = [self._role(entry) for entry in self._texts(part.get("by"))]
        reason_within = self._length(part.get("reason_within"))
        if not known or len(known) < len(lengths):
            return None
        by = tuple(role for role in roles if role)
        return Extension(known[-1], by, reason_within, tuple(known[:-1]))

    def _penalty(self, node: yamlfile.Node | None) -> Penalty | None:
        """What may be proposed: no deduction from wages, which needs a proved loss."""
        if node is None:
            return None
        part = yamlfile.known_part(node, ("kind", "title"), ("points",), self.problems)
        if part is None:
            return None

        if str(part.get("kind")) == "deduction":
            message = _("no breach of a deadline proposes a deduction from wages")
            remedy = _("the law allows it for a proved loss only; choose {known}")
            known = ", ".join(PENALTIES)
            self.report(part["kind"], "deduction", message, remedy, known=known)
            return None

        kind = yamlfile.as_choice(part.get("kind"), PENALTIES, self.problems)
        title = both_languages(part.get("title"), self.problems)
        points = self.figure(part.get("points")) if "points" in part else 0
        if kind is None:
            return None
        if points is not None and (points < 0 or (kind == SCORE and points == 0)):
            message = _("a penalty takes {value} points off the score")
            remedy = _(
                "write how many points it takes, 1 at the least; 0 beside training or a warning"
            )
            at = part["points"] if "points" in part else part["kind"]
            self.report(at, "points", message, remedy, value=points)
            return None
        return Penalty(kind, title, points or 0)

    def _check_together(self, node: yamlfile.Mapping, clock: Clock) -> None:
        """What each key says may be right, and all of it together wrong."""
        both = [name for name in clock.starts if name in clock.stops]
        if both:
            message = _("this clock never runs: {event} starts it and stops it")
            self.report(node["stops"], "never", message, event=both[0])

        lengths = _lengths(clock)
        if any(each.unit == "office_hours" for each in lengths) and clock.office is None:
            message = _("office hours are counted, but it is not said when the office is open")
            remedy = _("add office: {example}")
            example = "{opens: 09:00, closes: 18:00}"
            self.report(node["within"], "office_missing", message, remedy, example=example)

        if isinstance(clock.within, Told) and clock.extension is not None:
            message = _("this clock ends at the moment that was told; nothing extends it")
            self.report(node["extension"], "told_extension", message, _("leave it out"))

        if clock.cut_off is not None and all(each.runs for each in lengths):
            message = _("a cut-off moves the day from which days are counted; this counts hours")
            self.report(node["cut_off"], "cut_off", message, _("leave it out"))

        if clock.extension is not None and _is_no_longer(clock, clock.extension):
            message = _("the extension is no longer than the clock itself")
            self.report(node["extension"], "extension", message)


def _lengths(clock: Clock) -> list[Length]:
    """Every length that the clock counts, its extension's included; none of what ends as told."""
    found: list[Length]
    if isinstance(clock.within, Told):
        found = []
    elif isinstance(clock.within, Table):
        found = [rung.length for rung in clock.within.rungs]
    else:
        found = [clock.within]
    if clock.extension is not None:
        found += clock.extension.lengths
    return found


def _is_no_longer(clock: Clock, extension: Extension) -> bool:
    """Whether the extension, or a stage of it, adds nothing to what is before it.

    Only lengths of one unit can be compared.
    """
    within = clock.within
    if isinstance(within, Told):
        return False
    shortest = within.rungs[0].length if isinstance(within, Table) else within
    in_order = (shortest, *extension.lengths)
    return any(
        before.unit == after.unit and after.amount <= before.amount
        for before, after in itertools.pairwise(in_order)
    )
