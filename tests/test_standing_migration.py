"""Grants of an older book speak for the standing of their task in which they were asked for."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.db import connection

from huikuan.casebook.models import Approval, Task
from tests import people
from tests.book import make_book

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.mark.parametrize(
    ("reason", "asked_days_later", "speaks_for_it"),
    [("", 0, True), ("demanded again", -1, False), ("demanded again", 0, False),
     ("demanded again", 1, True)],
)  # fmt: skip
def test_a_grant_of_an_older_book_speaks_for_the_task_as_it_was_asked(
    reason: str, asked_days_later: int, speaks_for_it: bool
) -> None:
    migration = importlib.import_module("huikuan.casebook.migrations.0023_standing_of_tasks")
    book = make_book("house", "欧阳甲")
    task = Task.objects.filter(case=book.case, status="open").first()
    assert task is not None
    Task.objects.filter(pk=task.pk).update(status_reason=reason, status_on=book.today)
    asked_on = book.today + asked_days_later * DAY
    row = {"organisation": book.house, "creditor": book.case.creditor, "act_id": book.case.act_id}
    asked = Approval.objects.create(
        **row, case=book.case, kind="step", task=task, asked_at=people.moment(asked_on, 1)
    )

    with connection.cursor() as cursor:
        cursor.execute(migration.STANDING)
        cursor.execute(migration.ASKED_SINCE)
    task.refresh_from_db()
    asked.refresh_from_db()
    assert (task.standing == asked.standing) is speaks_for_it
