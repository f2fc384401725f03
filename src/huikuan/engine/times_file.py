"""The key `times` of playbook.yaml, read into `engine.times`, which shows an example of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from huikuan.engine import requirements, words
from huikuan.engine.texts import both_languages
from huikuan.engine.time_of_day import DAY_MINUTES, minute_of
from huikuan.engine.times import NONE, WHOLE_DAY, Preference, Retry, Span, Time, Times
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

KEY = "times"
#: What a step says of its own times, in the place of what holds for its kind of act.
OF_STEP = ("prefer", "avoid")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = ("from", "until", "minutes")
_DAYS = ("weekdays", "first_days", "last_days", "days_off")
#: The longest month.
_MONTH = 31
#: Reads a whole number or the name of a parameter.
Figure = Callable[[yamlfile.Node | None], int | None]


def read_times(node: yamlfile.Node | None, figure: Figure, problems: list[Problem]) -> Times:
    """The times of a playbook; without the key, none."""
    if node is None:
        return Times()
    part = yamlfile.known_part(node, (), ("day", "named", "best", "retry"), problems)
    if part is None:
        return Times()

    reader = _Reader(figure, problems)
    reader.day = reader.hours_of_day(part.get("day"))
    named = reader.named(part.get("named"))
    best = reader.best(part.get("best"), named)
    retry = reader.retry(part.get("retry"), named)
    return Times(named, best, retry, reader.day)


def read_preference(
    node: yamlfile.Mapping, times: Times, usual: Preference, problems: list[Problem]
) -> Preference:
    """What `prefer` and `avoid` under a step say; each that is not written is as `usual`."""
    reader = _Reader(lambda _node: None, problems, times.day)
    return reader.preference(node, times.named, usual)


@dataclass
class _Reader:
    figure: Figure
    problems: list[Problem]
    day: Span = WHOLE_DAY
    #: Names of times with a mistake of their own: nothing else is said of them.
    wrong: set[str] = field(default_factory=set)

    def report(
        self, node: yamlfile.Node, code: str, message: str, remedy: str = "", /, **params: object
    ) -> None:
        problem = Problem(f"times.{code}", message, remedy, params, node.file)
        self.problems.append(problem.at(line=node.line, column=node.column))

    def hours_of_day(self, node: yamlfile.Node | None) -> Span:
        """The hours in which anything is proposed; the whole day where it is not said."""
        part = yamlfile.known_part(node, ("from", "until"), (), self.problems)
        if part is None:
            return WHOLE_DAY
        return self._span(part) or WHOLE_DAY

    def named(self, node: yamlfile.Node | None) -> dict[str, Time]:
        """Every time by its name, also one with a mistake: what names it is no second mistake."""
        mapping = yamlfile.as_mapping(node, self.problems)
        if mapping is None:
            return {}

        read = {}
        for name, entry in mapping.items():
            before = len(self.problems)
            read[name] = self._time(name, entry)
            if len(self.problems) > before:
                self.wrong.add(name)
        return read

    def best(self, node: yamlfile.Node | None, named: Mapping[str, Time]) -> dict[str, Preference]:
        """By kind of act."""
        mapping = yamlfile.known_part(node, (), words.ACTIONS, self.problems)
        if mapping is None:
            return {}

        read = {}
        for action, entry in mapping.items():
            part = yamlfile.known_part(entry, (), OF_STEP, self.problems)
            if part is not None:
                read[action] = self.preference(part, named, NONE)
        return read

    def preference(
        self, node: yamlfile.Mapping, named: Mapping[str, Time], usual: Preference
    ) -> Preference:
        """The two lists of names, the first of which is better, the second worse."""
        if not any(key in node for key in OF_STEP):
            return usual

        prefer = usual.prefer
        if "prefer" in node:
            prefer = self._names(node["prefer"], named)
        avoid = usual.avoid
        if "avoid" in node:
            avoid = self._names(node["avoid"], named)

        both = [time.name for time in prefer if time in avoid]
        if both:
            message = _("{name} is to be preferred and to be avoided")
            self.report(node, "both", message, _("leave it out of one"), name=both[0])
        return Preference(prefer, avoid, self.day)

    def retry(self, node: yamlfile.Node | None, named: Mapping[str, Time]) -> Retry | None:
        """When to try again after nobody answered."""
        optional = ("after_days", requirements.KEY)
        part = yamlfile.known_part(node, ("slots", "apart"), optional, self.problems)
        if part is None:
            return None

        listed = self._names(part.get("slots"), named)
        slots = [slot for slot in listed if slot.name not in self.wrong]
        timed = tuple(slot for slot in slots if self._is_slot(part, slot))
        written = part.get("slots")
        if isinstance(written, yamlfile.Sequence) and not len(written):
            message = _("no slot is named, so nothing can be proposed")
            self.report(part["slots"], "no_slot", message, _("name one, or leave retry out"))
        self._check_apart(part, timed)
        return Retry(
            timed,
            self._count(part.get("after_days"), 0, _MONTH) or 0,
            self._count(part.get("apart"), 1, DAY_MINUTES) or 1,
            requirements.served(part.get(requirements.KEY), self.problems),
        )

    def _is_slot(self, part: yamlfile.Mapping, slot: Time) -> bool:
        """A slot is a part of the day."""
        if slot.hours is None:
            message = _("{name} names no hours, so it is no slot of a day")
            self.report(part["slots"], "slot", message, _("give it from and until"), name=slot.name)
        return slot.hours is not None

    def _check_apart(self, part: yamlfile.Mapping, slots: tuple[Time, ...]) -> None:
        """No minute lies in two slots: else it could not be said which of them was tried."""
        for number, slot in enumerate(slots):
            for other in slots[number + 1 :]:
                assert slot.hours is not None and other.hours is not None
                if slot.hours.first < other.hours.last and other.hours.first < slot.hours.last:
                    message = _("the slots {name} and {other} overlap")
                    remedy = _("let each minute of the day lie in one slot at most")
                    params = {"name": slot.name, "other": other.name}
                    self.report(part["slots"], "overlap", message, remedy, **params)

    def _time(self, name: str, entry: yamlfile.Node) -> Time:
        """A time under its name."""
        optional = (*_HOURS, *_DAYS, requirements.KEY)
        part = yamlfile.known_part(entry, ("title",), optional, self.problems)
        if part is None:
            return Time(name, {})

        says_when = any(key in part for key in (*_HOURS, *_DAYS))
        is_misspelt = isinstance(entry, yamlfile.Mapping) and len(part) < len(entry)
        if not says_when and not is_misspelt:
            message = _("{name} says neither days nor hours, so it is always")
            self.report(part, "always", message, _("add from and until, or weekdays"), name=name)
        hours = None
        if any(key in part for key in _HOURS):
            hours = self._span(part)
        return Time(
            name=name,
            title=both_languages(part.get("title"), self.problems),
            weekdays=self._weekdays(part.get("weekdays")),
            first_days=self._count(part.get("first_days"), 1, _MONTH) or 0,
            last_days=self._count(part.get("last_days"), 1, _MONTH) or 0,
            days_off=bool(yamlfile.as_bool(part.get("days_off"), self.problems)),
            hours=hours,
            serves=requirements.served(part.get(requirements.KEY), self.problems),
            line=part.line,
        )

    def _span(self, part: yamlfile.Mapping) -> Span | None:
        """`from` and `until`, or the last `minutes` before `until`.

        What is not said, the day says.
        """
        problems_before = len(self.problems)
        first = self._minute(part.get("from"), self.day.first)
        last = self._minute(part.get("until"), self.day.last)
        if "minutes" in part:
            length = self._count(part["minutes"], 1, DAY_MINUTES)
            if "from" in part:
                message = _("'from' and 'minutes' both say when it begins")
                self.report(part["minutes"], "begins", message, _("leave one of them out"))
            first = last - (length or 0)
        if len(self.problems) > problems_before:
            return None

        span = Span(first, last)
        if first >= last:
            self.report(part, "empty", _("it ends before it begins, so no minute lies in it"))
            return None
        if not span.within(self.day):
            message = _("part of it lies outside the day of this procedure")
            self.report(part, "outside", message, _("change it, or the hours under 'day'"))
            return None
        return span

    def _minute(self, node: yamlfile.Node | None, usual: int) -> int:
        if node is None:
            return usual
        minute = minute_of(str(node))
        if minute is None:
            message = _("{value} is no time of day")
            self.report(node, "time", message, _("write it as 17:30"), value=str(node))
            return usual
        return minute

    def _count(self, node: yamlfile.Node | None, least: int, most: int) -> int | None:
        """A figure between two bounds, both included."""
        value = self.figure(node)
        if node is None or value is None:
            return None
        if not least <= value <= most:
            problem = node.problem("yaml.range", value=value, low=least, high=most)
            self.problems.append(problem)
            return None
        return value

    def _weekdays(self, node: yamlfile.Node | None) -> frozenset[int]:
        listed = yamlfile.as_sequence(node, self.problems)
        read = [yamlfile.as_choice(entry, WEEKDAYS, self.problems) for entry in listed or ()]
        return frozenset(WEEKDAYS.index(name) for name in read if name)

    def _names(self, node: yamlfile.Node | None, named: Mapping[str, Time]) -> tuple[Time, ...]:
        listed = yamlfile.as_sequence(node, self.problems)
        read = [yamlfile.as_choice(entry, named, self.problems) for entry in listed or ()]
        return tuple(named[name] for name in dict.fromkeys(read) if name)
