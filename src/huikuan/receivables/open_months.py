"""The statement of a month comes into being: when the month is over, for every open case with one.

Without it nothing is demanded: steps about a statement need the statement.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Case, Statement
from huikuan.clocks.refresh import refresh
from huikuan.lib.days import add_months
from huikuan.people.models import User

#: A case without statements begins with the month that ended last; one with statements goes on
#: where it stopped, so that no month is lost on a day on which nobody planned.
_MISSING = """
SELECT c.id AS case_id, c.organisation_id, c.creditor_id, c.shard, c.currency,
    wanted.month::date AS month,
    greatest((wanted.month + interval '1 month')::date, s.placed_on) AS from_on
FROM casebook_casesummary s
JOIN casebook_case c ON c.id = s.case_id
LEFT JOIN (
    SELECT case_id, max(month) AS newest FROM casebook_statement GROUP BY case_id
) m ON m.case_id = c.id
CROSS JOIN LATERAL generate_series(
    coalesce(m.newest + interval '1 month', %(ended)s::date)::timestamp, %(ended)s::timestamp,
    interval '1 month'
) AS wanted(month)
WHERE s.is_open AND s.statement_cycle AND s.placed_on <= %(on)s
"""
_INSERT = f"""
INSERT INTO casebook_statement
    (organisation_id, creditor_id, act_id, valid_on, recorded_at, case_id, month, currency, shard)
SELECT organisation_id, creditor_id, %(act)s, from_on, %(at)s, case_id, month, currency, shard
FROM ({_MISSING}) missing
ON CONFLICT (case_id, month) DO NOTHING
RETURNING case_id
"""


@transaction.atomic
def open_months(on: dt.date, *, actor: User, at: dt.datetime) -> int:
    """Makes the statements that are missing on the day, and answers how many.

    Only months that are over both on the day and by now: a day that is planned ahead opens nothing.
    A second run makes nothing.
    """
    assert actor.organisation is not None
    day = min(on, day_of(actor.organisation, at))
    ended = add_months(day.replace(day=1), -1)

    with connection.cursor() as cursor:
        given = {"ended": ended, "on": day}
        cursor.execute(f"SELECT EXISTS ({_MISSING})", given)
        if not cursor.fetchone()[0]:
            return 0

        act = _begin(actor, at, ended)
        cursor.execute(_INSERT, {**given, "act": act.pk, "at": at})
        cases = [row[0] for row in cursor.fetchall()]

    facts.refresh(cases, wrote={"casebook_statement"})
    refresh({"case": cases}, by=act, at=at)
    return len(cases)


def of_month(case: Case, month: dt.date, act: Act, at: dt.datetime) -> Statement:
    """The statement of a case and month; made where the month has none yet."""
    first = max(add_months(month, 1), case.placed_on)
    row = journal.columns(case, act, on=first, at=at) | {"currency": case.currency}
    statement, is_new = Statement.objects.get_or_create(case=case, month=month, defaults=row)
    if is_new:
        facts.refresh([case.pk], wrote={"casebook_statement"})
        refresh({"statement": [statement.pk]}, by=act, at=at)
    return statement


def _begin(actor: User, at: dt.datetime, ended: dt.date) -> Act:
    return journal.begin(actor, "receivables.open_months", at=at, reason=f"{ended:%Y-%m}")
