"""A permission of the gate serves once: what used it up is one row, whatever came of it.

Acts of different tables may rest on decisions (a contact, a call on the line), so no key of one
table could hold this; this one does, for all of them.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

from huikuan.casebook.calls import NOT_STARTED
from huikuan.casebook.models import GateDecision, PhoneCall, Spent
from huikuan.people.models import User

_SPEND = """
INSERT INTO casebook_spent (decision_id, kind, row_id, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (decision_id) DO NOTHING
"""


class NotTheirs(ValueError):
    """A permission was to be used by somebody else than who asked the gate for it."""


def is_theirs(decision: GateDecision, actor: User) -> bool:
    """Whether this user asked the gate: a permission serves nobody else.

    The gate answered what this person was about to do, at that moment; a colleague's act is another
    act. Nobody stands in for somebody here: who takes over asks again, which takes a second.
    """
    return decision.act.actor_id == actor.pk


def spend(decision: GateDecision, kind: str, row_id: int, *, actor: User, at: dt.datetime) -> bool:
    """Uses the decision up for this row. False where something else did before.

    Raises NotTheirs: a verb that forgot to ask `is_theirs` fails, and writes nothing.
    """
    if not is_theirs(decision, actor):
        raise NotTheirs(decision.pk)

    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [decision.pk, kind, row_id, at])
        return cursor.rowcount == 1


def may_be_recorded(decision: GateDecision) -> bool:
    """Whether a contact may rest on it: nothing did yet, or a call that has no record so far."""
    row = Spent.objects.filter(pk=decision.pk).first()
    if row is None:
        return True
    if row.kind != Spent.Kind.DIAL:
        return False
    calls = PhoneCall.objects.filter(case_id=decision.case_id, decision=decision)
    return not calls.filter(contact__isnull=False).exists()


def did_not_take_place(decision: GateDecision) -> bool:
    """Whether somebody said that the call which it allowed was none."""
    return Spent.objects.filter(pk=decision.pk, kind=Spent.Kind.NO_CALL).exists()


def may_be_dialled(decision: GateDecision) -> bool:
    """Whether a call may rest on it. A call that the line did not take left it as it was."""
    row = Spent.objects.filter(pk=decision.pk).first()
    if row is not None and row.kind != Spent.Kind.DIAL:
        return False
    calls = PhoneCall.objects.filter(case_id=decision.case_id, decision=decision)
    return not calls.exclude(cause=NOT_STARTED).exists()


def give_back(kind: str, row_id: int) -> None:
    """The row was taken back a moment after it was saved: its decision serves the corrected one."""
    Spent.objects.filter(kind=kind, row_id=row_id).delete()
