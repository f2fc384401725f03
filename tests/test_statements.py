"""Which plan a statement gets: one for all values made once, one for these values, or what Postgres thinks best."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, connection, transaction

from huikuan.casebook.models import Case, Task
from huikuan.casebook.statements import kept, once

pytestmark = pytest.mark.django_db
SUM = "SELECT %(a)s::int + %(b)s::int AS sum, %(a)s::int AS first, '100 %%' AS text"


def asked(statement: str, *given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        return list(cursor.fetchall())


def plans(beginning: str) -> list[tuple[int, int]]:
    """How often a prepared statement was run by the plan for all values, and by one made for its values."""
    return asked(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
        f"{beginning}%",
    )


def test_a_kept_statement_gives_its_rows_by_name() -> None:
    assert kept(SUM, {"b": 2, "a": 1, "unused": 0}) == [{"sum": 3, "first": 1, "text": "100 %"}]


def test_a_kept_statement_is_planned_once() -> None:
    for number in range(4):
        kept("SELECT %(n)s::bigint AS planned_once", {"n": number + 2**40})
    assert plans("SELECT $1::bigint AS planned_once") == [(4, 0)]


def test_a_statement_run_once_is_planned_for_its_values() -> None:
    for number in range(4):
        once("SELECT %(n)s::bigint AS planned_anew", {"n": number + 2**40})
    assert plans("SELECT $1::bigint AS planned_anew") == []


def test_what_is_asked_again_is_prepared() -> None:
    for number in range(4):
        list(Case.objects.filter(pk=2**40 + number).values_list("hand"))
    assert plans('SELECT "casebook_case"."hand"') == [(0, 2)]


def test_the_setting_ends_with_the_statement() -> None:
    kept(SUM, {"a": 1, "b": 2})
    assert asked("SHOW plan_cache_mode") == [("auto",)]


def test_an_error_is_djangos_and_takes_the_setting_back() -> None:
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        kept("SELECT 1 / %(n)s::int", {"n": 0})
    assert asked("SHOW plan_cache_mode") == [("auto",)]
    assert kept(SUM, {"a": 1, "b": 2})[0]["sum"] == 3


@pytest.mark.django_db(transaction=True)
def test_an_error_outside_a_transaction_takes_the_setting_back_too() -> None:
    with pytest.raises(DataError, match="division by zero"):
        kept("SELECT 1 / %(n)s::int", {"n": 0})
    assert asked("SHOW plan_cache_mode") == [("auto",)]
    assert Task.objects.count() == 0
