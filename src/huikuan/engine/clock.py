"""A clock as a pack declares it: from which event to which, how long, whose, what pauses it.

The words of the file are read by `clock_file`; when a clock is due is worked out by `clock_due`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from huikuan.engine.texts import Text

#: How a length counts. Minutes and hours run day and night; office hours in the office's hours of
#: working days; days and working days end with the local day.
UNITS = ("minutes", "hours", "office_hours", "days", "working_days")
RUNNING_UNITS = ("minutes", "hours", "office_hours")
#: What may be proposed after a breach. No deduction from wages: it needs a proved loss.
PENALTIES = ("score", "training", "warning")
#: The one that takes points.
SCORE = PENALTIES[0]


@dataclass(frozen=True)
class Length:
    """So many minutes, hours, office hours, days or working days."""

    unit: str
    amount: int

    @property
    def runs(self) -> bool:
        """It runs within the day, and is not counted in days."""
        return self.unit in RUNNING_UNITS

    @property
    def needs_calendar(self) -> bool:
        return self.unit in ("office_hours", "working_days")


@dataclass(frozen=True)
class Rung:
    """Up to so many, this length."""

    up_to: int
    length: Length


@dataclass(frozen=True)
class Table:
    """A length that depends on a count of the subject, such as its accounts.

    Above the last rung each further `every`, or part of it, adds `more` to the last length.
    """

    by: str
    rungs: tuple[Rung, ...]
    every: int
    more: int

    def length(self, count: int) -> Length:
        """The length for this count."""
        for rung in self.rungs:
            if count <= rung.up_to:
                return rung.length

        last = self.rungs[-1]
        beyond = count - last.up_to
        steps = -(-beyond // self.every)
        return Length(last.length.unit, last.length.amount + steps * self.more)


#: In the place of a role: the one that was asked, which each subject says of itself.
ASKED = "asked"


@dataclass(frozen=True)
class Told:
    """It ends at the moment that an event told, such as a promised time of reply."""

    event: str


@dataclass(frozen=True)
class Extension:
    """How a clock may be made longer.

    at_most: the longest it may then be, counted from the start. stages: shorter lengths that come
    first, one extension each: what may last 60 days is made 30 days long before. reason_within: the
    reason must be given within this time of the start; without it, before the clock is missed.
    """

    at_most: Length
    by: tuple[str, ...]
    reason_within: Length | None = None
    stages: tuple[Length, ...] = ()

    @property
    def lengths(self) -> tuple[Length, ...]:
        """Every length that an extension may give, the shortest first."""
        return (*self.stages, self.at_most)


@dataclass(frozen=True)
class Penalty:
    """What a breach lets somebody propose. It is never applied by itself."""

    kind: str
    title: Text
    points: int = 0


@dataclass(frozen=True)
class Office:
    """The hours of the office, local, in which office hours count."""

    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class Clock:
    """One clock of a pack. cut_off: what starts after this local time counts from the next working
    day. pauses: kinds of holds that stop it while they hold. creditors: the kinds of creditor for
    which it runs; empty: for all, also where none is known.
    """

    id: str
    title: Text
    source: str
    per: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    within: Length | Table | Told
    role: str
    cut_off: dt.time | None = None
    office: Office | None = None
    pauses: tuple[str, ...] = ()
    extension: Extension | None = None
    penalty: Penalty | None = None
    creditors: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    law: Text = field(default_factory=dict)
    line: int = 0

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that it names."""
        return (*self.starts, *self.stops)

    @property
    def counts_by(self) -> str:
        """The count on which its length depends; empty where it depends on none."""
        return self.within.by if isinstance(self.within, Table) else ""

    def length(self, counts: Mapping[str, int]) -> Length:
        """How long it runs for a subject with these counts. Not for a clock that ends as told."""
        assert not isinstance(self.within, Told)
        if isinstance(self.within, Table):
            return self.within.length(counts.get(self.within.by, 0))
        return self.within
