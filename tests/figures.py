"""What a book says, read by meaning and not by column: for tests that outlive the tables.

Keys are numbers that people see (case, item, step); values are what stands in the book. Every
statement on a table that may change stands here once. Whoever changes the table changes it here,
so that it gives the same answer; the stored answers beside the tests stay as they are.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

#: Tasks with the item or the month of the statement that they are about ('' for the whole case).
_TASKS = """
SELECT c.number AS case, coalesce(i.number, to_char(m.month, 'YYYY-MM'), '') AS item,
    s.pack, s.code AS step, t.anchor, t.due_on, t.deadline_on, t.verdict, t.status
FROM casebook_task t
JOIN casebook_case c ON c.id = t.case_id
JOIN casebook_step s ON s.id = t.step_id
LEFT JOIN casebook_item i ON s.subject = 'item' AND i.id = t.subject_id
LEFT JOIN casebook_statement m ON s.subject = 'statement' AND m.id = t.subject_id
"""

OPEN_TASKS = f"""
SELECT "case", item, pack, step, anchor, due_on, deadline_on, verdict
FROM ({_TASKS}) tasks
WHERE status = 'open'
"""

#: How each task ended, or that it stands.
ENDINGS = f"""
SELECT "case", item, pack, step, anchor, due_on, deadline_on, verdict, status
FROM ({_TASKS}) tasks
"""

#: What is owed, from the ledger and not from a summary: charges less what is set against them.
BALANCES = """
SELECT c.number, c.currency,
    (SELECT coalesce(sum(amount_minor), 0) FROM casebook_charge h WHERE h.case_id = c.id)
    - (SELECT coalesce(sum(a.amount_minor), 0)
       FROM casebook_allocation a
       WHERE a.case_id = c.id
       AND NOT EXISTS (SELECT 1 FROM casebook_reversal r WHERE r.payment_id = a.payment_id))
FROM casebook_case c
"""

#: What the summary says of money, openness, holder and hold: what every screen shows.
SUMMARIES = """
SELECT c.number, s.is_open, s.balance_minor, s.open_items, u.username, s.held_from, s.held_until
FROM casebook_casesummary s
JOIN casebook_case c ON c.id = s.case_id
LEFT JOIN people_user u ON u.id = s.assignee_id
"""

#: Each instalment with the state in which the facts of its case see the promise.
PROMISES = """
SELECT c.number, p.due_on, p.amount_minor, p.valid_on,
    s.promise_due_on, s.promise_paid_minor, s.promise_needed_minor, s.broken_before
FROM casebook_promise p
JOIN casebook_case c ON c.id = p.case_id
JOIN casebook_casesummary s ON s.case_id = c.id
"""

#: Payments and whether they were taken back.
PAYMENTS = """
SELECT c.number, p.reference, p.amount_minor, p.valid_on, r.valid_on
FROM casebook_payment p
JOIN casebook_case c ON c.id = p.case_id
LEFT JOIN casebook_reversal r ON r.payment_id = p.id
"""


def rows_of(statement: str) -> list[tuple[str, ...]]:
    """The rows of a statement as words, sorted; '' is what is not known."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        answered = cursor.fetchall()
    return sorted(_words(row) for row in answered)


def as_lines(rows: list[tuple[str, ...]]) -> list[str]:
    """A line for each row, as files beside the tests keep them."""
    return ["|".join(row) for row in rows]


def _words(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(map(_word, row))


def _word(value: Any) -> str:
    return "" if value is None else str(value)


#: What a dump keeps of its book, so that every later version can be asked for the same.
FIGURES = {
    "balances": BALANCES,
    "summaries": SUMMARIES,
    "promises": PROMISES,
    "payments": PAYMENTS,
    "open_tasks": OPEN_TASKS,
    "endings": ENDINGS,
}

#: Tables of ours. A row of Django's own (content types, rights, sessions) says nothing of a book.
_TABLES = """
SELECT tablename FROM pg_tables
WHERE schemaname = 'public' AND (tablename ~ '^(casebook|people)_')
ORDER BY tablename
"""


def all_figures() -> dict[str, list[tuple[str, ...]]]:
    """Every figure of the book that is open now."""
    return {name: rows_of(statement) for name, statement in FIGURES.items()}


def count_tables() -> dict[str, int]:
    """Table → rows, of the tables that are there now."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall()]
        return {name: _count(cursor, name) for name in names}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}"')
    return int(cursor.fetchone()[0])
