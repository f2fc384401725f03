"""What stands in the way of saving a contact: everything at once, by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from huikuan.casebook.act_names import name_of
from huikuan.casebook.models import Case, ContactPoint, ContactRecord, GateDecision, PointStatus
from huikuan.contacts.entry import ContactEntry, ContactLimits
from huikuan.contacts.moment import day_and_minute, local_time
from huikuan.contacts.sentences import problem
from huikuan.engine.acts import CHANNELS, POINT_KINDS
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.promises import make

WILLINGNESS = ("willing", "wavering", "unable", "refusing", "wilful")
#: Persons who owe the debt themselves: they may promise, and their refusal is not a third person's.
OBLIGED = ("debtor", "guarantor", "co_debtor")
CALL = "call"
LONGEST_CALL = 24 * 3600
#: Fields of the form in words.
FIELDS = {
    "answered": _("who answered"),
    "identified": _("identified"),
    "exchange": _("real exchange"),
    "willingness": _("willingness to repay"),
    "promise": _("promise"),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the entry is checked against. `last_status` is the point's; `local` is when, where the debtor is.

    `decision_is_theirs`: whoever records it asked the gate.
    """

    case: Case
    point: ContactPoint | None
    last_status: str | None
    decision: GateDecision | None
    decision_used: bool
    decision_is_theirs: bool
    balance_minor: int
    local: dt.datetime
    now: dt.datetime


def check(entry: ContactEntry, seen: Situation, limits: ContactLimits) -> list[Problem]:
    """Every problem of the entry. Empty, or warnings only: it can be saved."""
    problems = [
        *_choices(entry, limits),
        *_point(entry, seen),
        *_time(entry, seen),
        *_talk(entry, seen, limits),
    ]
    problems += _next(entry, seen, limits)
    if not entry.inbound:
        problems += _decision(entry, seen)
    elif entry.task_ids and entry.channel != CALL:
        # What the debtor sends or comes for is not what a step asks us to send or to go for.
        problems.append(problem("contact.inbound_task", column="task_ids"))
    if entry.promise is not None:
        problems += make.check(
            entry.promise,
            on=seen.local.date(),
            limits=limits.promise,
            balance_minor=seen.balance_minor,
            currency=seen.case.currency,
        )
    return problems


def _choices(entry: ContactEntry, limits: ContactLimits) -> Iterator[Problem]:
    fields = {
        "channel": list(CHANNELS),
        "style": ContactRecord.Style.values,
        "answered": ContactRecord.Answered.values,
        "willingness": ["", *WILLINGNESS],
        "point_status": ["", *PointStatus.Status.values],
    }
    for name, known in fields.items():
        value = getattr(entry, name)
        if value not in known:
            yield problem("contact.choice", column=name, value=value, known=_list(known))
    yield from _word("outcome", entry.outcome, limits.outcomes)
    yield from _word("reason_code", entry.reason_code, limits.reasons)


def _word(column: str, value: str, known: frozenset[str] | None) -> Iterator[Problem]:
    """A word that the procedure must have. `known`: its words; None: nobody asks."""
    if not value or known is None or value in known:
        return
    if not known:
        yield problem("contact.no_words", column=column, value=value)
        return
    code = {"outcome": "contact.outcome", "reason_code": "contact.reason"}[column]
    yield problem(code, column=column, value=value, known=_list(sorted(known)))


def _list(words: Iterable[str]) -> str:
    return ", ".join(filter(None, words))


def _point(entry: ContactEntry, seen: Situation) -> Iterator[Problem]:
    point = seen.point
    if point is None:
        if entry.point_id is not None:
            yield problem("contact.point_other", column="point_id")
        elif not entry.inbound or entry.point_status:
            yield problem("contact.point_missing", column="point_id")
        return
    if not entry.inbound and point.kind not in POINT_KINDS.get(entry.channel, (point.kind,)):
        channel = name_of(entry.channel)
        yield problem(
            "contact.point_kind", column="channel", channel=channel, kind=point.get_kind_display()
        )
    if entry.point_status == PointStatus.Status.REFUSED and point.whose in OBLIGED:
        yield problem("contact.debtor_refuses", column="point_status")


def _time(entry: ContactEntry, seen: Situation) -> Iterator[Problem]:
    if seen.local > seen.now:
        yield problem("contact.future", column="at")
    if seen.local.date() < seen.case.placed_on:
        yield problem("contact.before_placement", column="at", placed=seen.case.placed_on)
    if entry.seconds is not None and not 0 <= entry.seconds <= LONGEST_CALL:
        yield problem("contact.seconds", column="seconds", seconds=entry.seconds)


def _talk(entry: ContactEntry, seen: Situation, limits: ContactLimits) -> Iterator[Problem]:
    by_voice = entry.channel in ("call", "visit")
    nobody = entry.answered == ContactRecord.Answered.NOBODY
    if not entry.connected:
        said = {
            "answered": not nobody,
            "identified": entry.identified,
            "exchange": bool(entry.exchange),
            "willingness": bool(entry.willingness),
            "promise": entry.promise is not None,
        }
        for name in (name for name, filled in said.items() if filled):
            yield problem("contact.not_connected", column=name, field=gettext(FIELDS[name]))
        return
    if by_voice and nobody and entry.style != ContactRecord.Style.INFORMING:
        yield problem("contact.who", column="answered")
    if by_voice and not nobody and limits.note_after_talk and not entry.note.strip():
        yield problem("contact.note", column="note")
    debtor = entry.answered == ContactRecord.Answered.DEBTOR
    if entry.identified and not debtor:
        yield problem("contact.identified", column="identified")
    # A company speaks through whoever answers for it; a guarantor or co-debtor speaks for himself.
    speaks = (
        debtor
        or seen.case.person.kind == "company"
        or (seen.point is not None and seen.point.whose in OBLIGED[1:])
    )
    for name, filled in {
        "willingness": bool(entry.willingness),
        "promise": entry.promise is not None,
    }.items():
        if filled and not speaks:
            yield problem("contact.not_the_debtor", column=name, field=gettext(FIELDS[name]))


def _next(entry: ContactEntry, seen: Situation, limits: ContactLimits) -> Iterator[Problem]:
    on, minute = entry.next_contact_on, entry.next_contact_minute
    if on is None:
        if minute is not None:
            yield problem("contact.next_time", column="next_contact_on")
        return
    today, this_minute = day_and_minute(seen.local)
    if (minute is None and limits.next_contact_time) or (
        minute is not None and not 0 <= minute < 1440
    ):
        yield problem("contact.next_time", column="next_contact_minute")
    if (on, 1440 if minute is None else minute) <= (today, this_minute):
        yield problem("contact.next_past", column="next_contact_on")
    if limits.next_contact_days is not None:
        last = today + dt.timedelta(days=limits.next_contact_days)
        if on > last:
            yield problem(
                "contact.next_far",
                column="next_contact_on",
                limit=last,
                days=limits.next_contact_days,
            )


def _decision(entry: ContactEntry, seen: Situation) -> Iterator[Problem]:
    given = seen.decision
    if given is None:
        yield problem("contact.no_decision")
        return
    if (given.case_id, given.channel, given.point_id) != (
        seen.case.pk,
        entry.channel,
        entry.point_id,
    ):
        yield problem("contact.decision_other")
        return
    if not seen.decision_is_theirs:
        yield problem("contact.decision_colleague")
    given_on = local_time(given.at, seen.case.person, seen.case.organisation).date()
    if given_on != seen.local.date():
        yield problem("contact.decision_old", column="at", given=given_on, on=seen.local.date())
    if seen.decision_used:
        yield problem("contact.decision_used")
    if not given.allowed and not entry.override_reason.strip():
        yield problem("contact.refused", column="override_reason", rule=given.rule)
