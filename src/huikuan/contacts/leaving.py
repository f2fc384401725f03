"""A mail to a debtor is asked about again when it leaves: it may have waited for days.

What was so when it was posted may be so no more: the hour, a hold, a recall, a payment, the
address, the approval. And what failed is sent again as a new act, by whoever sends it again.
"""

from __future__ import annotations

import datetime as dt

from huikuan.approvals.step import hindrances
from huikuan.casebook.contact_of_mail import contact_of
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Case,
    ContactPoint,
    ContactRecord,
    GateDecision,
    OutboxMessage,
    Spent,
    Task,
)
from huikuan.contacts.sentences import problem
from huikuan.gate import reserve
from huikuan.gate.check import check
from huikuan.lib.problems import Problem
from huikuan.people.models import User


def hindrance(message: OutboxMessage, user: User, at: dt.datetime) -> Problem | None:
    """Why the mail may not leave now; None where nothing is in the way.

    `user` answers for it: who posted it, or sent it again. Nothing is written.
    """
    if message.kind != OutboxMessage.Kind.EMAIL or message.case_id is None:
        return None

    contact = contact_of(message)
    lacking = _of_tasks(message, contact, user, at)
    if lacking is not None:
        return lacking
    decision = _decision_of(message, contact)
    if decision is None:
        return None
    return _of_gate(decision, user, at)


def _of_tasks(
    message: OutboxMessage, contact: ContactRecord | None, user: User, at: dt.datetime
) -> Problem | None:
    """What the tasks that it did want: their role, and a grant that still stands for them."""
    if contact is None:
        return None
    tasks = list(contact.tasks.values_list("pk", "status", "status_reason"))
    lacking = hindrances([key for key, *_rest in tasks], user, day_of(message.organisation, at))
    if lacking:
        return next(iter(lacking.values()))

    if tasks and all(_is_over(message, status, reason) for _key, status, reason in tasks):
        return problem("contact.mail_over")
    return None


def _is_over(message: OutboxMessage, status: str, reason: str) -> bool:
    """Whether a task waits for this mail no more: it was closed, or something else has done it.

    A mail that failed has opened its tasks again, so what is done now was done by another way.
    """
    if status == Task.Status.OPEN:
        return False
    failed = message.status == OutboxMessage.Status.FAILED
    return failed or (status, reason) != (Task.Status.DONE, "contact")


def _decision_of(message: OutboxMessage, contact: ContactRecord | None) -> GateDecision | None:
    """What the gate said last of this mail; None where it was never asked."""
    if contact is not None:
        return contact.decision
    spent = Spent.objects.filter(kind=Spent.Kind.MESSAGE, row_id=message.pk)
    newest = spent.order_by("-decision_id").values_list("decision_id", flat=True).first()
    if newest is None or message.case_id is None:
        return None
    return GateDecision.objects.filter(pk=newest, case_id=message.case_id).first()


def _of_gate(decision: GateDecision, user: User, at: dt.datetime) -> Problem | None:
    """The gate asked anew, for the same act. What it said a moment ago still holds."""
    if reserve.fresh(decision, at):
        return None

    case = Case.objects.select_related("person", "organisation").get(pk=decision.case_id)
    points = ContactPoint.objects.filter(person_id=case.person_id)
    point = points.filter(pk=decision.point_id or 0).first()
    if point is None:
        return problem("contact.mail_address")
    now = check(
        case,
        point,
        decision.channel,
        actor=user,
        at=at,
        purpose=decision.purpose,
        style=decision.style,
        record=False,
    )
    if now.allowed:
        return None
    return problem("contact.mail_held", rule=now.rule)
