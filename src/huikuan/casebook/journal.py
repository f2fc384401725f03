"""Acts: who writes, why, in answer to which request. Every row of the case book points to one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Case
from huikuan.people.models import User


def begin(
    actor: User,
    verb: str,
    *,
    at: dt.datetime,
    reason: str = "",
    request_id: str = "",
    request_content: str = "",
) -> Act:
    """Records an act before its rows. `verb` is the room and verb, such as 'intake.accept'.

    `request_id`, `request_content`: the key of a form, and the digest of what it said.
    """
    if actor.organisation is None:
        raise ValueError(f"user {actor.pk} belongs to no organisation")

    return Act.objects.create(
        actor=actor,
        organisation_id=actor.organisation.pk,
        verb=verb,
        reason=reason[:300],
        request_id=request_id or uuid.uuid4().hex,
        request_content=request_content,
        at=at,
        day=day_of(actor.organisation, at),
    )


def columns(case: Case, act: Act, *, on: dt.date, at: dt.datetime) -> dict[str, Any]:
    """What every row of a case's history has: whose it is, by which act, the local day it is true of, when it was recorded."""
    return {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act": act,
        "valid_on": on,
        "recorded_at": at,
    }
