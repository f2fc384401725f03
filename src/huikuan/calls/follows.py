"""What follows 后续: what a saved contact wrote and set in motion, read back from the book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from huikuan.casebook.labels import with_words
from huikuan.casebook.models import (
    Agreement,
    Approval,
    ContactPoint,
    ContactRecord,
    PointStatus,
    Promise,
    Task,
)
from huikuan.casebook.statements import named
from huikuan.contacts.procedure import Procedure
from huikuan.engine.parameters import REMIND_DAYS
from huikuan.engine.time_of_day import clock
from huikuan.lib.problems import Problem
from huikuan.web.undo import SECONDS, WINDOW

_WROTE = """
SELECT EXISTS (SELECT 1 FROM casebook_promise WHERE case_id = %(case)s AND contact_id = %(contact)s) AS promises,
    EXISTS (SELECT 1 FROM casebook_approval WHERE case_id = %(case)s AND act_id = %(act)s) AS approvals,
    EXISTS (SELECT 1 FROM casebook_pointstatus WHERE case_id = %(case)s AND act_id = %(act)s) AS statuses,
    EXISTS (SELECT 1 FROM casebook_contactpoint p JOIN casebook_case c ON c.person_id = p.person_id
        WHERE c.id = %(case)s AND p.act_id = %(act)s) AS points,
    EXISTS (SELECT 1 FROM casebook_paymentclaim WHERE case_id = %(case)s AND act_id = %(act)s) AS claims,
    EXISTS (SELECT 1 FROM casebook_agreement WHERE case_id = %(case)s AND act_id = %(act)s) AS hours
"""


@dataclass(frozen=True)
class DueShown:
    """One instalment with the days on which the procedure comes back to it."""

    promise: Promise
    remind_on: dt.date | None
    check_on: dt.date


def of(
    contact: ContactRecord, *, procedure: Procedure, problems: Sequence[Problem], now: dt.datetime
) -> dict[str, Any]:
    """The context of the fragment. `problems` are the warnings beside the saved record."""
    wrote = _wrote(contact)
    mine = {"act_id": contact.act_id, "case_id": contact.case_id}
    outcome = procedure.outcome(contact.answered, contact.outcome)
    left = SECONDS - int((now - contact.recorded_at).total_seconds())
    return {
        "contact": contact,
        "outcome": outcome,
        "outcome_title": outcome.title if outcome else {},
        "leads_to": procedure.leads_to(outcome) if outcome else [],
        "promises": _promises(contact, procedure) if "promises" in wrote else [],
        "done": _done(contact),
        "approvals": list(Approval.objects.filter(**mine)) if "approvals" in wrote else [],
        "statuses": list(PointStatus.objects.filter(**mine).select_related("point"))
        if "statuses" in wrote
        else [],
        "claimed": _claimed(contact) if "claims" in wrote else [],
        "points": _points(contact) if "points" in wrote else [],
        "hours": Agreement.objects.filter(**mine).first() if "hours" in wrote else None,
        "next_at": ""
        if contact.next_contact_minute is None
        else clock(contact.next_contact_minute),
        "warnings": problems,
        "undo_seconds": max(0, min(left, SECONDS)) if now - contact.recorded_at <= WINDOW else 0,
    }


def _wrote(contact: ContactRecord) -> set[str]:
    """Which of these the contact wrote: most write none, and one question says so."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WROTE, {"case": contact.case_id, "act": contact.act_id, "contact": contact.pk}
        )
        return {name for name, found in named(cursor)[0].items() if found}


def _promises(contact: ContactRecord, procedure: Procedure) -> list[DueShown]:
    promises = contact.promises.filter(case_id=contact.case_id).order_by("due_on")
    days = procedure.parameters.get(REMIND_DAYS)
    return [_due(promise, contact.valid_on, days) for promise in promises]


def _claimed(contact: ContactRecord) -> list[str]:
    """Numbers of the items that the debtor says are paid."""
    claims = contact.payment_claims.filter(case_id=contact.case_id)
    return list(claims.order_by("item__due_on", "item").values_list("item__number", flat=True))


def _points(contact: ContactRecord) -> list[ContactPoint]:
    return list(
        ContactPoint.objects.filter(act_id=contact.act_id, person_id=contact.case.person_id)
    )


def _due(promise: Promise, on: dt.date, days: Decimal | None) -> DueShown:
    """A procedure that reminds of no promise shows no day of a reminder."""
    if days is None:
        return DueShown(promise, None, promise.due_on)
    remind_on = promise.due_on - dt.timedelta(days=int(days))
    return DueShown(promise, remind_on if remind_on > on else None, promise.due_on)


def _done(contact: ContactRecord) -> list[Task]:
    """The tasks that it did, each with its step (`detail`) and what it was about (`about`)."""
    done = contact.tasks.filter(status=Task.Status.DONE).select_related("step")
    return with_words(done.order_by("pk"))
