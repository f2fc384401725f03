"""Counts of very many tasks are kept for a while, and the worker makes them anew."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests import people

from huikuan.casebook import facts
from huikuan.reports import tally, tasks
from huikuan.reports.scope import Scope, scope_of
from huikuan.reports.tests.conftest import House

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house has many tasks."""
    monkeypatch.setattr(tally, "MANY", 0)


def test_a_count_of_few_is_not_kept(house: House):
    tally.standing(scope_of(house.manager), house.today, ZONE)

    assert _kept() == 0


def test_a_kept_count_says_when_it_was_made(house: House, many: None):
    scope = scope_of(house.manager)

    first = tally.standing(scope, house.today, ZONE)
    second = tally.standing(scope, house.today, ZONE)

    assert first.counted_at is None
    assert second.counted_at is not None
    assert second.facts == first.facts
    assert _jobs() == []


def test_an_old_count_is_shown_once_more_and_the_worker_counts_anew(house: House, many: None):
    scope = scope_of(house.lead)
    before = tally.standing(scope, house.today, ZONE)
    _one_more_case(house)
    _age(dt.timedelta(minutes=6))

    shown = [tally.standing(scope, house.today, ZONE) for _look in range(3)]

    assert [one.facts for one in shown] == [before.facts] * 3
    [job] = _jobs()
    tasks.renew_tally(**job.args)
    anew = tally.standing(scope, house.today, ZONE)
    assert _held(anew) == _held(before) + 1


def test_a_count_of_half_an_hour_ago_is_not_shown(house: House, many: None):
    scope = scope_of(house.manager)
    before = tally.standing(scope, house.today, ZONE)
    _one_more_case(house)
    _age(dt.timedelta(minutes=31))

    anew = tally.standing(scope, house.today, ZONE)

    assert anew.counted_at is None
    assert _held(anew) == _held(before) + 1


def test_a_scope_comes_back_from_a_job_as_it_was(house: House):
    for user in (house.manager, house.lead, house.collectors[0], house.client):
        scope = scope_of(user)

        again = Scope.named(scope.as_named())

        assert (again.users, again.creditor, again.roles, again.house_roles) == (
            scope.users,
            scope.creditor,
            scope.roles,
            scope.house_roles,
        )


def _held(standing: tally.Standing) -> int:
    return sum(fact.n for fact in standing.facts if fact.measure == "held")


def _one_more_case(house: House) -> None:
    case = people.make_case(
        creditor=house.creditors[0],
        placed_on=house.today,
        items=[(house.today - dt.timedelta(40), 100_000)],
        collector=house.collectors[0],
    )
    facts.refresh([case.pk])


def _age(by: dt.timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casebook_tally SET counted_at = counted_at - %s", [by])


def _kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casebook_tally")
        return int(cursor.fetchone()[0])


def _jobs() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=tally.RENEW))
