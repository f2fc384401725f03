"""What a collector enters about one contact, and what saving it gave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from huikuan.casebook.models import ContactRecord, Promise
from huikuan.lib.problems import Problem
from huikuan.promises.make import PromiseEntry, PromiseLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEntry:
    """One contact, tried or made. Codes are those of ContactRecord; days and minutes are the debtor's local ones."""

    case_id: int
    channel: str
    connected: bool
    point_id: int | None = None
    inbound: bool = False
    style: str = ContactRecord.Style.INTERACTIVE
    answered: str = ContactRecord.Answered.NOBODY
    identified: bool = False
    seconds: int | None = None
    exchange: bool | None = None
    #: When it took place; the moment of saving when not said.
    at: dt.datetime | None = None
    #: The credit product spoken about; the case's when not said.
    product: str = ""
    outcome: str = ""
    reason_code: str = ""
    willingness: str = ""
    note: str = ""
    analysis: str = ""
    recording: str = ""
    next_contact_on: dt.date | None = None
    next_contact_minute: int | None = None
    promise: PromiseEntry | None = None
    #: What was learned about the contact point: valid, invalid, suspended, stranger, refused.
    point_status: str = ""
    #: Tasks that this contact covered.
    task_ids: tuple[int, ...] = ()
    #: What the gate was asked about, where it is not plain from the contact: purpose, staff of a visit.
    purpose: str | None = None
    staff: int | None = None
    #: Made although the gate refused, and why.
    override_reason: str = ""
    #: One form, one key: a double click saves once.
    request_key: str = ""


@dataclass(frozen=True, slots=True)
class ContactLimits:
    """What the procedure in force asks of a record, such as the next contact at a definite time.

    next_contact_days: how many days away the next contact may lie. None: the procedure says nothing.
    """

    next_contact_days: int | None = None
    next_contact_time: bool = True
    note_after_talk: bool = True
    outcomes: frozenset[str] | None = None
    reasons: frozenset[str] | None = None
    promise: PromiseLimits = field(default_factory=PromiseLimits)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The saved record, or none and the problems. Warnings stand in `problems` beside a saved record."""

    contact: ContactRecord | None
    problems: tuple[Problem, ...] = ()
    promises: tuple[Promise, ...] = ()
    #: Tasks that this contact completed.
    done: tuple[int, ...] = ()
    #: The same form was saved before; `contact` is that record.
    repeated: bool = False

    @property
    def saved(self) -> bool:
        return self.contact is not None
