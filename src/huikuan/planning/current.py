"""The list of the day is one answer: whatever came in since the morning's plan is in it.

Whoever learns something marks it in the same transaction (casebook/to_plan.py). Whoever reads a
list asks here first: every page, every command, the worker. Few marked cases are planned one by
one, many together, and for a mark of all cases the whole day is planned anew; either way the open
tasks are those of a plan of the day from nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Q

from huikuan.casebook import to_plan
from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case, PlanRun, Task, ToPlan
from huikuan.planning.one_case import Changed, bring_up_to_date
from huikuan.planning.plan import TASKS_LOCK, NoPlaybook, PackChanged, plan_again

#: One after the other: whoever waits finds the answer that the one before has made.
_LOCK = 7_305_012
#: So many cases are planned one by one, which tells their pages what changed. More are planned by
#: one query over all of them.
FEW = 50


def catch_up() -> None:
    """Plans anew what was learned of since the last planned day was planned.

    While a plan is being made nothing is done: that plan takes the marks along.
    """
    if to_plan.is_waiting():
        _catch_up()


@transaction.atomic
def _catch_up() -> None:
    """Reads the marks before the facts: what is learned meanwhile keeps its own mark."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [TASKS_LOCK])
        if not cursor.fetchone()[0]:
            return

    marks = list(ToPlan.objects.filter(closed__isnull=True).order_by("pk"))
    run = PlanRun.objects.order_by("-pk").first()
    # A run that names no version planned nothing, and without a planned day there is no list.
    if run is None or not run.packs.exists():
        _forget(marks)
        return

    cases = {mark.case_id for mark in marks if mark.case_id is not None}
    concerns_many = any(mark.case_id is None for mark in marks)
    if concerns_many or len(cases) > to_plan.MOST:
        _together(run, marks, None)
        return
    if len(cases) > FEW:
        _together(run, marks, sorted(cases))
        return
    for case in Case.objects.filter(pk__in=cases).order_by("pk"):
        _one(case, run.on, marks)


def _together(run: PlanRun, marks: Sequence[ToPlan], only: list[int] | None) -> None:
    """These cases anew by one query, or all (None), where no plan is being made."""
    try:
        was_planned = plan_again(run, calendar(), only=only)
    except NoPlaybook:
        # Nothing holds on the day any more; the next plan says so to whoever makes it.
        was_planned = True
    except PackChanged:
        # The marks stay: once the text that was signed is back, these cases are asked about.
        was_planned = False
    if was_planned:
        _forget(marks)


def _one(case: Case, on: dt.date, marks: Sequence[ToPlan]) -> None:
    """One case anew; what came of it is kept for the page of the case."""
    changed = bring_up_to_date(case, on)
    if not changed.planned:
        return

    # Written as a new mark: that page may have taken the others away while this one waited for it.
    _forget([mark for mark in marks if mark.case_id == case.pk])
    if changed.opened or changed.closed:
        ToPlan.objects.create(
            case_id=case.pk, opened=list(changed.opened), closed=list(changed.closed)
        )


def _forget(marks: Sequence[ToPlan]) -> None:
    ToPlan.objects.filter(pk__in=[mark.pk for mark in marks]).delete()


@transaction.atomic
def told(case: Case, on: dt.date) -> Changed:
    """The case brought up to date, and what changed of its tasks since its page told of it last.

    Somebody else's page may have planned it anew a moment ago; that counts here, once.
    """
    # Before the facts are read: what is learned from here on keeps its mark.
    waiting = list(
        ToPlan.objects.filter(case_id=case.pk, closed__isnull=True).values_list("pk", flat=True)
    )
    changed = bring_up_to_date(case, on)
    if not changed.planned:
        return changed

    # After it: somebody else's page may have planned the case while this one waited for its row.
    marks = list(
        ToPlan.objects.filter(Q(pk__in=waiting) | Q(closed__isnull=False), case_id=case.pk)
    )
    _forget(marks)
    opened = [*changed.opened, *(key for mark in marks for key in mark.opened or ())]
    closed = [*changed.closed, *(key for mark in marks for key in mark.closed or ())]

    # What was opened may be done by now, and what was closed be open again.
    open_now = set(
        Task.objects.filter(case=case, status=Task.Status.OPEN).values_list("pk", flat=True)
    )
    return replace(
        changed,
        opened=tuple(key for key in dict.fromkeys(opened) if key in open_now),
        closed=tuple(key for key in dict.fromkeys(closed) if key not in open_now),
    )
