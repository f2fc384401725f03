"""The good and bad times of steps in a list: how good a moment is for each, and what is said.

They order what is equal in all that counts more, and take nothing from the list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import connection

from huikuan.casebook.calendar import calendar
from huikuan.engine.advice import Advice, advise
from huikuan.engine.playbook import Step
from huikuan.engine.times import Moment, Preference, Rank

#: Version, and id of a step.
OfVersion = tuple[int, int]
#: Each zone once, by one look into the index for each: of a million debtors hardly one has any.
_ZONES = """
WITH RECURSIVE each AS (
    (SELECT timezone FROM casebook_person WHERE timezone <> '' ORDER BY timezone LIMIT 1)
    UNION ALL
    SELECT (
        SELECT p.timezone FROM casebook_person p
        WHERE p.timezone <> '' AND p.timezone > each.timezone ORDER BY p.timezone LIMIT 1
    ) FROM each WHERE each.timezone IS NOT NULL
)
SELECT timezone FROM each WHERE timezone IS NOT NULL AND timezone <> %s
"""


@dataclass(frozen=True)
class Local:
    """A moment as it is in the house, and where debtors elsewhere are."""

    at: dt.datetime
    house: str

    @classmethod
    def of_day(cls, on: dt.date, now: dt.datetime, house: str) -> Local:
        """Now, where that is on the day in the house; of any other day, its beginning."""
        zone = ZoneInfo(house)
        if now.astimezone(zone).date() == on:
            return cls(now, house)
        return cls(dt.datetime.combine(on, dt.time(), zone), house)

    def moment(self, zone: str = "") -> Moment:
        """Day and minute in a zone; without one, or in one that does not exist, in the house."""
        return Moment.of(self.at.astimezone(_zone(zone) or ZoneInfo(self.house)))


@dataclass(frozen=True)
class Ranks:
    """How good the moment is for each step that says anything of times.

    zones: those of debtors who are elsewhere. by_step: the rank in the house, then in each of them.
    """

    zones: tuple[str, ...]
    by_step: dict[OfVersion, tuple[Rank, ...]]

    def of(self, version: int, step: int) -> tuple[Rank, ...]:
        """The ranks of a step; neutral everywhere where it says nothing."""
        neutral = (Rank.NEUTRAL,) * (1 + len(self.zones))
        return self.by_step.get((version, step), neutral)


def ranks(local: Local, steps: Iterable[tuple[OfVersion, Preference]]) -> Ranks | None:
    """The ranks of these steps; None where the moment makes no difference to any order."""
    timed = [(key, preference) for key, preference in steps if preference != Preference()]
    if not timed:
        return None

    zones = _zones_elsewhere(local.house)
    moments = [local.moment(zone) for zone in ("", *zones)]
    days = calendar()
    judged: dict[Preference, tuple[Rank, ...]] = {}
    by_step = {}
    for key, preference in timed:
        if preference not in judged:
            each = (preference.judge(moment, days).rank for moment in moments)
            judged[preference] = tuple(each)
        by_step[key] = judged[preference]

    differs = any(rank != Rank.NEUTRAL for found in judged.values() for rank in found)
    return Ranks(zones, by_step) if differs else None


def best_advice(steps: Sequence[Step], now: Moment, last: dt.date | None) -> Advice | None:
    """What is said of an act that serves these steps: of the step for which the moment is best.

    The list ranks the act by the same one. None where there is nothing to say.
    """
    if all(step.preference == Preference() for step in steps):
        return None

    days = calendar()
    said = [advise(step.preference, now, last, days) for step in steps]
    best = min(said, key=lambda advice: advice.rank, default=None)
    return best if best is not None and best.says_something else None


def _zones_elsewhere(house: str) -> tuple[str, ...]:
    """The zones of debtors that are not the house's, as far as they exist."""
    with connection.cursor() as cursor:
        cursor.execute(_ZONES, [house])
        written = [str(zone) for (zone,) in cursor.fetchall()]
    return tuple(zone for zone in written if _zone(zone))


def _zone(name: str) -> ZoneInfo | None:
    """The zone of this name; None where there is no such zone, as the gate has it."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
