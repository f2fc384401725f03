"""What becomes of a call: told by the telephone system, or by the collector where the system is silent.

Reports come in any order and more than once; the row ends up the same. They belong to the act of dialling.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from huikuan.casebook import journal
from huikuan.casebook.access import visible_cases
from huikuan.casebook.calls import NOT_STARTED, line_of
from huikuan.casebook.models import ContactRecord, PhoneCall
from huikuan.lib.days import is_in_book
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.telephony.adapters import SILENT
from huikuan.telephony.sentences import problem

EVENTS = ("ringing", "answered", "ended", "recording")
MARKS = ("answered", "ended")
#: A report's moment may lie this far outside the call: the clocks of two machines differ.
DRIFT = dt.timedelta(minutes=5)


class NotUnderstood(ValueError):
    """The report lacks something or holds what cannot be; the text says which field."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the line. `recording` is an address, `cause` a short word of the telephone system."""

    call_id: uuid.UUID
    event: str
    at: dt.datetime
    cause: str = ""
    recording: str = ""

    @classmethod
    def of(cls, message: Any) -> Report:
        """From JSON: {"call_id", "event", "at", "cause"?, "recording"?}. Raises NotUnderstood."""
        if not isinstance(message, Mapping):
            raise NotUnderstood("body")
        event = message.get("event")
        if event not in EVENTS:
            raise NotUnderstood("event")
        try:
            call_id = uuid.UUID(str(message.get("call_id")))
        except ValueError:
            raise NotUnderstood("call_id") from None
        try:
            at = dt.datetime.fromisoformat(str(message.get("at")))
        except ValueError:
            raise NotUnderstood("at") from None
        if at.tzinfo is None or not is_in_book(at):
            raise NotUnderstood("at")
        recording = str(message.get("recording") or "")
        if event == "recording" and not _address(recording):
            raise NotUnderstood("recording")
        return cls(call_id, event, at, str(message.get("cause") or "")[:40], recording)


def _address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(text) <= 300


@transaction.atomic
def report(told: Report, *, at: dt.datetime) -> PhoneCall | None:
    """Takes a report into the call's row; None for a call that we do not know. Raises NotUnderstood for a moment that
    cannot be. Of several answers the earliest counts, of several ends the latest."""
    call = PhoneCall.objects.select_for_update().filter(call_id=told.call_id).first()
    if call is None:
        return None
    if not call.started_at - DRIFT <= told.at <= at + DRIFT:
        raise NotUnderstood("at")
    if call.cause == NOT_STARTED:  # the system was slow, not deaf
        call.ended_at, call.cause = None, ""
    if told.event == "answered":
        call.answered_at = min(told.at, call.answered_at or told.at)
    elif told.event == "ended" and (call.ended_at is None or told.at > call.ended_at):
        call.ended_at, call.cause = told.at, told.cause
    elif told.event == "recording":
        call.recording = told.recording
    call.save(update_fields=["answered_at", "ended_at", "cause", "recording"])
    _tell_contact(call)
    return call


def _tell_contact(call: PhoneCall) -> None:
    """A contact that was saved before the line had told everything gets what it still lacks."""
    if call.contact_id is None:
        return
    line = line_of(call)
    contact = ContactRecord.objects.filter(pk=call.contact_id)
    if line.seconds is not None:
        contact.filter(seconds__isnull=True).update(seconds=line.seconds)
    if line.recording:
        contact.filter(recording="").update(recording=line.recording)


@dataclass(frozen=True, slots=True)
class Marked:
    """The call as it now stands, and what stood in the way."""

    call: PhoneCall | None
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def mark(call_id: uuid.UUID, event: str, *, actor: User, at: dt.datetime) -> Marked:
    """The collector says: answered, or ended. Only whoever dialled, and only where the line is silent. A second mark of
    the same changes nothing; an end comes without an answer when nobody answered."""
    call = find(call_id, actor, lock=True)
    if call is None:
        return Marked(None)
    if call.act.actor_id != actor.pk:
        return Marked(call, (problem("line.not_yours"),))
    if event not in MARKS:
        return Marked(call, (problem("line.event", value=event),))
    if call.adapter not in SILENT:
        return Marked(call, (problem("line.busy"),))
    if call.ended_at is not None or (event == "answered" and call.answered_at is not None):
        return Marked(call)
    journal.begin(actor, f"telephony.{event}", at=at)
    if event == "answered":
        call.answered_at = at
    else:
        call.ended_at, call.cause = at, "hung_up" if call.answered_at else "no_answer"
    call.save(update_fields=["answered_at", "ended_at", "cause"])
    _tell_contact(call)
    return Marked(call)


def find(call_id: uuid.UUID, user: User, *, lock: bool = False) -> PhoneCall | None:
    """The call, if the user sees its case."""
    calls = PhoneCall.objects.select_related("act", "point", "case").filter(
        call_id=call_id, case__in=visible_cases(user).values("pk")
    )
    return (calls.select_for_update(of=("self",)) if lock else calls).first()
