"""A time of day as people write it, 08:05, and as the program counts it: a minute of the day."""

from __future__ import annotations

import re

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
_WRITTEN = re.compile(r"(\d{1,2}):([0-5]\d)")


def minute_of(text: str) -> int | None:
    """14:30 as 870, and 24:00, the end of the day, as 1440. None for what is no time of day."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    minute = int(match[1]) * HOUR_MINUTES + int(match[2])
    return minute if minute <= DAY_MINUTES else None


def clock(minute: int) -> str:
    """870 as 14:30."""
    return f"{minute // HOUR_MINUTES:02}:{minute % HOUR_MINUTES:02}"
