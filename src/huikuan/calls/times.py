"""When a call is better made, and when to try again after nobody answered: as the pack says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case, ContactRecord
from huikuan.contacts.file import Covered
from huikuan.contacts.moment import local_time
from huikuan.contacts.procedure import Procedure, at_hand
from huikuan.engine.advice import Advice, advise
from huikuan.engine.times import WEEK, Moment, Preference, Proposal, Tried
from huikuan.gate.ask import Act, ask
from huikuan.gate.earliest import Hours

CALL = "call"
#: What whoever holds the case has agreed with others, in the days in which a next try may lie.
_TAKEN = """
SELECT DISTINCT r.next_contact_on, r.next_contact_minute
FROM casebook_casesummary f
JOIN casebook_contactrecord r ON r.case_id = f.case_id AND r.next_contact_on = f.next_contact_on
WHERE f.assignee_id = %s AND f.is_open AND f.case_id <> %s
    AND f.next_contact_on BETWEEN %s AND %s AND r.next_contact_minute IS NOT NULL
"""


def advice_of(tasks: Sequence[Covered], local: dt.datetime, hours: Hours) -> Advice | None:
    """What the steps that ask for the call say of this moment; None where they say nothing.

    hours: those of the contact rules; nothing is proposed outside them. Of several steps the one
    for which the moment is best speaks, as in the list of the day.
    """
    now = Moment.of(local)
    days = calendar()
    said = [
        advise(task.step.preference, now, task.deadline_on, days, hours)
        for task in tasks
        if task.step.preference != Preference()
    ]
    best = min(said, key=lambda advice: advice.rank, default=None)
    return best if best is not None and best.says_something else None


def next_try(
    case: Case,
    procedure: Procedure,
    local: dt.datetime,
    hours: Hours,
    last: dt.date | None,
) -> Proposal | None:
    """The slot that the form proposes after nobody answered; None where the procedure has no slots.

    hours: those in which the gate lets a call be made; last: the latest day that the procedure
    allows for the next contact.
    """
    times = procedure.times
    if times.retry is None:
        return None

    now = Moment.of(local)
    tried = Tried(
        now,
        minutes=[*_tries_of_today(case, now.day), now.minute],
        taken=_taken(case, now.day),
        last=last,
    )
    return times.next_try(tried, times.preference_of(CALL), calendar(), hours)


def next_slot(case: Case, at: dt.datetime) -> Proposal | None:
    """What the form would propose at a moment, for whoever records a call without the page."""
    local = local_time(at, case.person, case.organisation)
    words = at_hand(case, local.date())
    hours = ask(case, [Act.of(None, CALL)], at)[0].hours
    last = words.last_next_day(local.date())
    return next_try(case, words.first, local, hours, last)


def _tries_of_today(case: Case, today: dt.date) -> list[int]:
    """The minutes of today's calls that reached nobody, the latest last."""
    tries = ContactRecord.objects.filter(
        case=case, valid_on=today, channel=CALL, inbound=False, connected=False
    )
    return list(tries.order_by("at", "pk").values_list("local_minute", flat=True))


def _taken(case: Case, today: dt.date) -> dict[dt.date, set[int]]:
    """Day → the minutes that are agreed with others."""
    holder = case.summary.assignee_id
    if holder is None:
        return {}

    last = today + WEEK * dt.timedelta(days=1)
    given: list[Any] = [holder, case.pk, today, last]
    taken: dict[dt.date, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, given)
        for day, minute in cursor.fetchall():
            taken.setdefault(day, set()).add(minute)
    return taken
