"""No task is born overdue: its last day lies neither before the placement nor before the day on
which what it asks for came to be so."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from huikuan.casebook.models import Task
from huikuan.desk import clock
from huikuan.lib.calendar import china
from huikuan.ops.demo.load import load
from huikuan.planning.plan import demanded
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.long]
#: Case, subject, step, anchor.
Key = tuple[int | None, int, str, dt.date]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker) -> Iterator[dt.date]:
    """The demo, loaded once; the day on which it was loaded."""
    with django_db_blocker.unblock(), transaction.atomic():
        on = clock.now().astimezone(people.SHANGHAI).date()
        load(150)
        yield on
        transaction.set_rollback(True)


def demanded_on(on: dt.date) -> set[Key]:
    """What the procedures demanded on the day, by what is known of it."""
    with transaction.atomic(), connection.cursor() as cursor, demanded(cursor, on, china()):
        cursor.execute(
            "SELECT d.case_id, d.subject_id, s.code, d.anchor"
            " FROM demanded d JOIN casebook_step s ON s.id = d.step_id"
        )
        return set(cursor.fetchall())


def test_no_task_of_the_demo_is_due_before_the_placement(demo: dt.date) -> None:
    tasks = Task.objects.filter(case__isnull=False).select_related("case", "step")
    early = [
        (task.step.code, task.due_on, task.case.placed_on)
        for task in tasks
        if task.due_on < task.case.placed_on
        or (task.deadline_on is not None and task.deadline_on < task.case.placed_on)
    ]
    assert early == []


def test_what_is_overdue_could_be_done_in_time(demo: dt.date) -> None:
    """On its last day the procedure demanded it already."""
    overdue: dict[dt.date, list[Key]] = defaultdict(list)
    late = Task.objects.filter(status="open", deadline_on__lt=demo).select_related("step")
    # A complaint is planned apart, when something of it is recorded: the plan of cases has none.
    for task in late.exclude(step__subject="complaint"):
        overdue[task.deadline_on].append(
            (task.case_id, task.subject_id, task.step.code, task.anchor)
        )
    assert overdue, "the demo shows what is late"

    born: Counter[str] = Counter()
    for on, tasks in overdue.items():
        there = demanded_on(on)
        born.update(
            code
            for case, subject, code, anchor in tasks
            if (case, subject, code, anchor) not in there
        )
    assert born == {}
