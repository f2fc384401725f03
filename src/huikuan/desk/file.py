"""The file of a case as its page shows it: its state in a line, what is owed and of what kind, what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from huikuan.approvals.step import latest_requests
from huikuan.casebook.labels import add_labels
from huikuan.casebook.models import (
    Allocation,
    Approval,
    Case,
    Charge,
    Item,
    ItemSummary,
    Payment,
    Task,
)
from huikuan.casebook.open_steps import asked_of
from huikuan.casebook.statements import named
from huikuan.documents.kinds import CONTRACT
from huikuan.engine.expression import fact_sql
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_do

ITEMS, PAYMENTS = 100, 50
_STATE = f"""
SELECT EXISTS (SELECT 1 FROM casebook_hold WHERE case_id = %(case)s) AS holds,
    EXISTS (SELECT 1 FROM casebook_approval WHERE case_id = %(case)s) AS approvals,
    EXISTS (SELECT 1 FROM casebook_casenote WHERE case_id = %(case)s) AS notes,
    EXISTS (SELECT 1 FROM casebook_payment WHERE case_id = %(case)s) AS payments,
    EXISTS (
        SELECT 1 FROM casebook_document
        WHERE subject_kind = 'case' AND subject_id = %(case)s AND kind = '{CONTRACT}'
    ) AS contract,
    {fact_sql("days_past_due", row="f", day="%(on)s::date")} AS days_past_due,
    {fact_sql("overdue", row="f", day="%(on)s::date")} AS overdue,
    {fact_sql("promise", row="f", day="%(on)s::date")} AS promise,
    f.promise_due_on <= %(on)s AS promise_is_due
FROM casebook_casesummary f WHERE f.case_id = %(case)s
"""
_PARTS = ("holds", "approvals", "notes", "payments", "contract")


@dataclass(frozen=True)
class State:
    """The debt's age in days, what of it is overdue (minor units), how the promise stands, and what
    the case has at all.

    promise: as the fact of that name, with `due` for an open one whose day has come.
    has: which of holds, approvals, notes, payments and the contract there are; most cases have
    none of them.
    """

    days_past_due: int | None
    overdue_minor: int
    promise: str
    has: frozenset[str]


@dataclass
class Owed:
    """Open amounts by kind of charge (label, minor units), the items and the payments. `more`: items that are not listed."""

    kinds: list[tuple[str, int]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    more: int = 0
    payments: list[Payment] = field(default_factory=list)


def state_of(case: Case, today: dt.date) -> State:
    """One question for the head of the page and for which of its parts are needed."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"case": case.pk, "on": today})
        row = named(cursor)[0]

    promise = row["promise"]
    if promise == "open" and row["promise_is_due"]:
        promise = "due"
    parts = frozenset(part for part in _PARTS if row[part])
    return State(row["days_past_due"], row["overdue"], promise, parts)


def owed(case: Case, *, paid: bool) -> Owed:
    """`paid`: the case has payments. A few queries whatever the number of items."""
    items = (
        Item.objects.filter(case=case)
        .select_related("summary")
        .order_by(F("summary__open_minor").desc(), "due_on")
    )
    listed = list(items[: ITEMS + 1])
    more = items.count() - ITEMS if len(listed) > ITEMS else 0
    newest = (
        Payment.objects.filter(case=case).select_related("reversal").order_by("-valid_on", "-id")
    )
    payments = list(newest[:PAYMENTS]) if paid else []
    return Owed(_kinds(case, paid=_paid(case) if paid else {}), listed[:ITEMS], more, payments)


def _paid(case: Case) -> dict[str, int]:
    """What payments that stand covered, by kind of charge."""
    standing = Allocation.objects.filter(item__case=case, payment__reversal__isnull=True)
    return dict(standing.values_list("charge__kind").annotate(Sum("amount_minor")))


def _kinds(case: Case, paid: dict[str, int]) -> list[tuple[str, int]]:
    charged = dict(
        Charge.objects.filter(item__case=case).values_list("kind").annotate(Sum("amount_minor"))
    )
    open_minor = {kind: charged[kind] - paid.get(kind, 0) for kind in charged}
    return [(str(kind.label), open_minor[kind]) for kind in Charge.Kind if open_minor.get(kind)]


def open_tasks(case: Case, on: dt.date, user: User) -> list[Any]:
    """Open tasks, each with its step as the version that made it has it (`detail`), under the
    approval that holds on the day, and with what it is about where that is not the case itself
    (`about`). For a step that needs approval, the request that stands (`request`) and whether it
    was granted; `may_start`: none is lacking, and the step is one of the user's. What is one act
    stands once, with all that it is about and what is open on it (`open_minor`).
    """
    tasks: list[Any] = list(
        Task.objects.filter(case=case, status=Task.Status.OPEN).select_related(
            "step", "case", "run"
        )
    )
    add_labels(tasks)
    steps = asked_of(tasks, on)
    for task in tasks:
        task.detail = steps[task.pk]
    requests = latest_requests(steps)
    ranks = roles.ranks(user.organisation_id)
    for task in tasks:
        task.request = requests.get(task.pk)
        task.granted = bool(task.request and task.request.status == Approval.Status.GRANTED)
        is_theirs = may_do(task.detail.role, user, ranks)
        task.may_start = is_theirs and (task.granted or not task.detail.approval)
    shown = [_as_one(same) for same in _acts(tasks)]
    return sorted(shown, key=lambda task: (task.detail.priority, task.due_on))


def _acts(tasks: Sequence[Any]) -> list[list[Any]]:
    """The tasks, those together that are one act: of the same step, and under the same request."""
    acts: dict[object, list[Any]] = {}
    for task in tasks:
        key: object = task.pk
        if task.detail.together:
            key = (task.step_id, task.request and task.request.pk)
        acts.setdefault(key, []).append(task)
    return list(acts.values())


def _as_one(same: list[Any]) -> Any:
    """One task for all of them: due with the first, allowed where each is."""
    first = min(same, key=lambda task: (task.due_on, task.pk))
    if len(same) == 1:
        return first

    first.about = "、".join(sorted(task.about for task in same))
    first.deadline_on = min((task.deadline_on for task in same if task.deadline_on), default=None)
    items = [task.subject_id for task in same if task.step.subject == "item"]
    summaries = ItemSummary.objects.filter(pk__in=items)
    first.open_minor = summaries.aggregate(total=Sum("open_minor"))["total"]
    barred = [task for task in same if task.verdict != "allowed"]
    if barred:
        first.verdict, first.earliest_on = barred[0].verdict, barred[0].earliest_on
    return first
