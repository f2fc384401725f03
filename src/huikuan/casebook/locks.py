"""Locks on cases, taken in one order by everybody, so that nobody waits in a ring.

The order: the gate's lock of the person (`gate.reserve`), or the creditor's payment files (`payments.rows`); then the summary
rows of cases by their ids; then requests, tasks, calls. Whoever writes history of a case holds its summary row.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from huikuan.casebook import facts
from huikuan.casebook.models import Case

_CASES = (
    "SELECT case_id FROM casebook_casesummary WHERE case_id = ANY(%s) ORDER BY case_id FOR UPDATE"
)
_DEBTOR = """
    SELECT s.case_id, s.balance_minor FROM casebook_casesummary s
    WHERE s.case_id IN (SELECT c.id FROM casebook_case c JOIN casebook_case mine USING (person_id) WHERE mine.id = %s)
    ORDER BY s.case_id FOR UPDATE
"""


def lock_cases(case_ids: Collection[int]) -> None:
    """Nobody else writes to these cases until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [sorted(case_ids)])


def lock_debtor(case: Case) -> dict[int, int]:
    """Case id → balance of the debtor's cases, locked together: a status of a number or a hold of the person changes the
    facts of all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_DEBTOR, [case.pk])
        balances = dict(cursor.fetchall())
        if case.pk not in balances:
            facts.refresh([case.pk])
            cursor.execute(_DEBTOR, [case.pk])
            balances = dict(cursor.fetchall())
    return balances
