"""How a telephone call stands, read from its row: dialling, talking, ended, and how long both sides were connected."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from huikuan.casebook.models import PhoneCall

#: Cause of a dialling that never reached the line: its permission may be used again.
NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Line:
    """`state`: ringing, talking, ended or failed. `seconds`: connected from answer to end; None until both are known."""

    state: str
    seconds: int | None
    since: dt.datetime
    cause: str
    recording: str


def line_of(call: PhoneCall) -> Line:
    """What the line (or the collector) has reported so far. A call that nobody answered lasted 0 seconds."""
    if call.cause == NOT_STARTED:
        return Line("failed", None, call.started_at, call.cause, "")
    if call.ended_at is not None:
        talked = call.ended_at - call.answered_at if call.answered_at else dt.timedelta(0)
        return Line(
            "ended", max(0, int(talked.total_seconds())), call.ended_at, call.cause, call.recording
        )
    if call.answered_at is not None:
        return Line("talking", None, call.answered_at, "", call.recording)
    return Line("ringing", None, call.started_at, "", call.recording)
