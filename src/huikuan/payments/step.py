"""The charge of a step: posted once, when somebody does its task after the approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from huikuan.approvals.step import latest_requests
from huikuan.casebook import packs
from huikuan.casebook.models import Act, Correction, ItemSummary, Task
from huikuan.casebook.open_steps import asked_of
from huikuan.engine.charge import Charge
from huikuan.engine.charge_law import ITEM
from huikuan.engine.expression import condition_sql
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.payments.correct import Kind, back_again, charge_item, write_correction
from huikuan.payments.lawful import Claim, is_consumers, most_left, refusal
from huikuan.payments.sentences import problem
from huikuan.people.models import User
from huikuan.web.templatetags.huikuan_facts import in_language


class ChargeSteps:
    """A step that posts a charge posts it against an item, on the day on which it is done.

    The amount is that of the day of the act, and never more than what was approved or than the law
    allows on that day. It stands
    under the number of the task, so that one occurrence charges once; taken back, it is charged by
    the opposite amount, and both stay in the book.
    """

    def takes(self, step: Step) -> bool:
        return step.charge is not None

    def check(
        self, task: Task, step: Step, text: str, actor: User, on: dt.date
    ) -> Iterable[Problem]:
        """Nothing may be left to charge: it was paid, or the case changed, since the plan."""
        item_id = _item_of(task, step)
        amount = _amount(task, step, on)
        if item_id is None or task.case is None or amount <= 0:
            yield problem("correction.no_charge")
            return

        against_law = refusal(task.case, _claim(step, item_id, amount, on))
        if against_law is not None:
            yield against_law

    def write(
        self, task: Task, step: Step, text: str, act: Act, on: dt.date, at: dt.datetime
    ) -> None:
        case = task.case
        item_id = _item_of(task, step)
        assert case is not None and item_id is not None  # `check` was asked before
        charge = _charge_of(step)

        amount = _amount(task, step, on)
        claim = _claim(step, item_id, amount, on)
        posted = charge_item(case, act, claim, charge.clause, at)
        reason = text.strip() or in_language(step.title)
        write_correction(case, act, posted, Kind.STEP, _reference(task), reason, None)

    def take_back(self, task: Task, act: Act, at: dt.datetime) -> None:
        """The opposite amount on the same day, under the act that takes the task back."""
        standing = Correction.objects.filter(charge__act=act, case_id=task.case_id or 0)
        for correction in standing.select_related("charge", "case"):
            back_again(correction, act, on=correction.valid_on, reason=correction.reason)


def _charge_of(step: Step) -> Charge:
    assert step.charge is not None, step.id
    return step.charge


def _claim(step: Step, item_id: int, amount_minor: int, on: dt.date) -> Claim:
    """What the step asks the law."""
    charge = _charge_of(step)
    return Claim(item_id, charge.kind, charge.basis, amount_minor, on)


def _item_of(task: Task, step: Step) -> int | None:
    """The item that is charged: its own, or of a case the oldest that is not paid."""
    if step.per == ITEM:
        return task.subject_id

    unpaid = ItemSummary.objects.filter(case_id=task.case_id or 0, open_minor__gt=0)
    # Of items of one due day the number decides: ids depend on the order of entry.
    oldest = unpaid.order_by("due_on", "item__number", "item_id").first()
    return oldest.item_id if oldest else None


def _amount(task: Task, step: Step, on: dt.date) -> int:
    """What is to be charged today, in minor units: not more than was approved."""
    words = packs.playbook_of(packs.version(task.pack_version_id)).vocabulary
    subject = words.subjects[step.per]
    day = f"DATE '{on.isoformat()}'"
    value = condition_sql(_charge_of(step).amount, words, step.per, row="f", day=day)
    query = f"SELECT {value} FROM {subject.summary} f WHERE f.{subject.key} = %(subject)s"

    with connection.cursor() as cursor:
        cursor.execute(query, {"subject": task.subject_id})
        row = cursor.fetchone()
    amount = int(row[0] or 0) if row else 0
    amount = _within_law(task, step, amount, on)

    request = latest_requests(asked_of([task], on)).get(task.pk)
    if request is None or request.amount_minor is None:
        return amount
    return min(amount, request.amount_minor)


def _within_law(task: Task, step: Step, amount: int, on: dt.date) -> int:
    """A day later the year leaves another amount than on the day of the plan."""
    charge = _charge_of(step)
    if step.per != ITEM or task.case is None or not is_consumers(task.case, on):
        return amount
    most = most_left(task.subject_id, charge.kind, on)
    return amount if most is None else min(amount, most)


def _reference(task: Task) -> str:
    """Unique for the occurrence; a task that was taken back and done again counts on."""
    reference = f"STEP-{task.pk}"
    assert task.creditor_id is not None  # it charges an item, which somebody is owed
    mine = Correction.objects.filter(creditor_id=task.creditor_id, reference__startswith=reference)
    before = sum(one.reference.split("/")[0] == reference for one in mine)
    return f"{reference}/{before + 1}" if before else reference
