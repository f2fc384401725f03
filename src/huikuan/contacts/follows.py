"""What follows 后续: what a saved contact wrote and set in motion, read back from the book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.casebook import packs
from huikuan.casebook.models import Agreement, Approval, ContactPoint, ContactRecord, PointStatus, Promise, Task
from huikuan.contacts.moment import clock
from huikuan.contacts.procedure import Procedure
from huikuan.engine.texts import Text
from huikuan.lib.problems import Problem
from huikuan.web.undo import SECONDS, WINDOW

#: The promise is reminded of one or two days before its day (P1.3), and checked on the day.
REMIND_DAYS = 2


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
    mine = {"act_id": contact.act_id, "case_id": contact.case_id}
    outcome = procedure.outcome(contact.answered, contact.outcome)
    left = SECONDS - int((now - contact.recorded_at).total_seconds())
    return {
        "contact": contact,
        "outcome": outcome,
        "outcome_title": outcome.title if outcome else {},
        "promises": [
            _due(one, contact.valid_on) for one in contact.promises.filter(case_id=contact.case_id).order_by("due_on")
        ],
        "done": _done(contact),
        "approvals": list(Approval.objects.filter(**mine)),
        "statuses": list(PointStatus.objects.filter(**mine).select_related("point")),
        "points": list(ContactPoint.objects.filter(act_id=contact.act_id, person_id=contact.case.person_id)),
        "hours": Agreement.objects.filter(**mine).first(),
        "next_at": "" if contact.next_contact_minute is None else clock(contact.next_contact_minute),
        "warnings": problems,
        "undo_seconds": max(0, min(left, SECONDS)) if now - contact.recorded_at <= WINDOW else 0,
    }


def _due(promise: Promise, on: dt.date) -> DueShown:
    remind_on = promise.due_on - dt.timedelta(days=REMIND_DAYS)
    return DueShown(promise, remind_on if remind_on > on else None, promise.due_on)


def _done(contact: ContactRecord) -> list[Text]:
    """Titles of the tasks that it did."""
    tasks = contact.tasks.filter(status=Task.Status.DONE).select_related("step").order_by("pk")
    return [packs.step_of(task.pack_version_id, task.step.code).title for task in tasks]
