"""What collectors do while the plan of the day is being made counts, and nobody waits in a ring."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import CaseSummary, Task
from huikuan.lib.calendar import china
from huikuan.people.models import User
from huikuan.planning import load
from huikuan.planning.done import find
from huikuan.planning.plan import plan
from huikuan.planning.tests.conftest import AT, ON, Office


def plan_aside(manager: User) -> threading.Thread:
    def run() -> None:
        try:
            plan(ON, actor=manager, at=AT, calendar=china())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_somebody_waits() -> None:
    """Until another connection waits for a lock of ours."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    pytest.fail("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_done_while_the_plan_runs_stays_done() -> None:
    load.load_all(at=people.moment(people.PLACED_ON))
    case, manager = people.make_case(), people.make_user("manager")
    facts.refresh([case.pk])
    task = people.make_task(case, ON, "asked_no_more", pack="phone_collection")
    with transaction.atomic():
        Task.objects.filter(pk=task.pk).update(
            status=Task.Status.DONE, status_reason="contact", status_on=ON
        )
        thread = plan_aside(manager)
        until_somebody_waits()
    thread.join(timeout=60)
    task.refresh_from_db()
    assert (task.status, task.status_reason) == ("done", "contact")


@pytest.mark.django_db(transaction=True)
def test_the_case_is_locked_before_its_task_as_by_whoever_records_a_contact() -> None:
    case, manager = people.make_case(), people.make_user("manager")
    facts.refresh([case.pk])
    task, found = people.make_task(case, ON), []

    def lock() -> None:
        try:
            with transaction.atomic():
                found.append(find(task.pk, manager, lock=True))
        finally:
            connection.close()

    with transaction.atomic():
        list(CaseSummary.objects.select_for_update().filter(case_id=case.pk))
        thread = threading.Thread(target=lock)
        thread.start()
        until_somebody_waits()
        # Whoever waits does not hold it.
        assert Task.objects.select_for_update(nowait=True).get(pk=task.pk) == task
    thread.join(timeout=60)
    assert found == [task]


def test_a_task_that_comes_back_is_opened_again(planned: Office) -> None:
    task = planned.task("review_sheet")
    Task.objects.filter(pk=task.pk).update(status=Task.Status.MISSED)
    planned.plan(ON)
    assert planned.task("review_sheet") == task
