"""One recording at a time for one human, so that two contacts never both pass the last free place under a cap.

    with transaction.atomic():
        decision = reserve.ask_again(case, point, "call", actor=…, at=…, style="interactive")
        ContactRecord.objects.create(…, decision=decision)

Whoever records a contact does it like this: the second waits until the first has committed, and then counts it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from huikuan.casebook.models import Case, ContactPoint, GateDecision
from huikuan.gate.check import check
from huikuan.people.models import User

#: So long a permission waits to be used; then the hour, or what colleagues did meanwhile, may forbid what it allowed.
HOLDS = dt.timedelta(minutes=10)


def fresh(decision: GateDecision, at: dt.datetime) -> bool:
    """Whether an act that begins at `at` may still rest on the decision."""
    return not decision.asked_afterwards and at - decision.at <= HOLDS


@contextmanager
def person(case: Case) -> Iterator[None]:
    """A transaction that holds the lock of the case's person until it ends."""
    with transaction.atomic():
        lock(case)
        yield


def lock(case: Case) -> None:
    """Takes the lock in the caller's transaction, which must not have been opened with repeatable read."""
    key = case.person.key_id
    name = f"huikuan.gate.key.{key}" if key else f"huikuan.gate.person.{case.person_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7305003))", [name])


def ask_again(
    case: Case,
    point: ContactPoint | None,
    channel: str,
    *,
    actor: User,
    at: dt.datetime,
    **act: Any,
) -> GateDecision:
    """The decision that a recording rests on: takes the lock in the caller's transaction, then asks anew.

    An answer given before the call may be out of date: somebody else may have talked to the same person meanwhile.
    What is refused now is recorded with a reason and flagged. `act`: purpose, style, staff, item and asked_at, as
    for `check`.
    """
    lock(case)
    return check(case, point, channel, actor=actor, at=at, **act)
