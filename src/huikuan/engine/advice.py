"""What a step says of a moment, for people: a good time or a bad one, why, and when is better."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.engine.texts import Text
from huikuan.engine.times import (
    WEEK,
    Judged,
    Moment,
    OpenHours,
    Preference,
    Rank,
    WorkingDays,
)


@dataclass(frozen=True)
class Advice:
    """How good the moment is, and the better one where there is one.

    because: titles of the times for which it is good or bad. better_at: a later moment that ranks
    higher; better_because: the titles for it.
    """

    rank: Rank = Rank.NEUTRAL
    because: tuple[Text, ...] = ()
    better_at: Moment | None = None
    better_because: tuple[Text, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell."""
        return self.rank != Rank.NEUTRAL or self.better_at is not None


def advise(
    preference: Preference,
    now: Moment,
    last: dt.date | None,
    working_days: WorkingDays,
    hours: OpenHours | None = None,
) -> Advice:
    """What the preference of a step says of the moment, and of the time that is left.

    last: the last day of the task; None where it has none. A task whose last day is over is still
    demanded today, so the rest of today is looked at.
    """
    judged = preference.judge(now, working_days)
    if judged.rank == Rank.GOOD:
        return Advice(judged.rank, _titles(judged))

    latest = now.day + WEEK * dt.timedelta(days=1)
    if last is not None:
        latest = max(last, now.day)
    better = preference.best(now, latest, working_days, hours)
    if better is None or better.judged.rank >= judged.rank:
        return Advice(judged.rank, _titles(judged))
    return Advice(judged.rank, _titles(judged), better.moment, _titles(better.judged))


def _titles(judged: Judged) -> tuple[Text, ...]:
    return tuple(time.title for time in judged.times)
