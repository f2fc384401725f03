"""Events that named their month get the statement of it; both dates of the first one are kept."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.db import connection

MIGRATION = importlib.import_module("huikuan.casebook.migrations.0021_statements")
#: The columns that the migration reads, as they stood before it, in the place of the tables.
BEFORE = """
CREATE TEMP TABLE casebook_case (id bigint, currency text) ON COMMIT DROP;
CREATE TEMP TABLE casebook_statement (id bigserial, organisation_id bigint, creditor_id bigint,
    act_id bigint, valid_on date, recorded_at timestamptz, case_id bigint, month date, currency text
) ON COMMIT DROP;
CREATE TEMP TABLE casebook_statementevent (id bigserial, organisation_id bigint, creditor_id bigint,
    act_id bigint, valid_on date, recorded_at timestamptz, case_id bigint, month date, kind text,
    statement_id bigint) ON COMMIT DROP;
INSERT INTO casebook_case VALUES (1, 'CNY'), (2, 'USD');
INSERT INTO casebook_statementevent
    (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, month, kind)
VALUES
    (1, 1, 12, '2026-11-05', '2026-11-05 10:00+08', 1, '2026-10-01', 'sent'),
    (1, 1, 11, '2026-11-03', '2026-11-03 10:00+08', 1, '2026-10-01', 'submitted'),
    (1, 1, 13, '2026-10-28', '2026-11-06 10:00+08', 1, '2026-09-01', 'receipts'),
    (1, 1, 14, '2026-10-28', '2026-10-29 10:00+08', 2, '2026-10-01', 'receipts');
"""


@pytest.mark.django_db
def test_one_statement_for_each_case_and_month_that_has_events() -> None:
    with connection.cursor() as cursor:
        for text in (BEFORE, MIGRATION.STATEMENTS):
            for statement in filter(str.strip, text.split(";")):
                cursor.execute(statement)

        cursor.execute(
            "SELECT case_id, month, currency, act_id, valid_on, recorded_at::date"
            " FROM casebook_statement ORDER BY case_id, month"
        )
        made = cursor.fetchall()
        cursor.execute(
            "SELECT e.kind, m.month FROM casebook_statementevent e"
            " JOIN casebook_statement m ON m.id = e.statement_id ORDER BY e.id"
        )
        joined = cursor.fetchall()

    assert made == [
        (1, dt.date(2026, 9, 1), "CNY", 13, dt.date(2026, 10, 1), dt.date(2026, 11, 6)),
        (1, dt.date(2026, 10, 1), "CNY", 11, dt.date(2026, 11, 1), dt.date(2026, 11, 3)),
        (2, dt.date(2026, 10, 1), "USD", 14, dt.date(2026, 10, 28), dt.date(2026, 10, 29)),
    ]
    assert [kind for kind, _month in joined] == ["sent", "submitted", "receipts", "receipts"]
    assert [month.month for _kind, month in joined] == [10, 10, 9, 10]
