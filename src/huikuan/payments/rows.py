"""Rows of payment files at rest: sealed as they were read, with their state, reason and remedy; sums by state."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from huikuan.casebook import sealed
from huikuan.casebook.models import PaymentFile, PaymentRow
from huikuan.casebook.payment_queue import SEALED, line_text
from huikuan.lib.problems import Problem
from huikuan.payments.file import PaymentLine
from huikuan.payments.sentences import problem

State = PaymentRow.State
#: Rows that no decision has closed: posting the file again tries them anew.
WAITING = (State.MATCHED, State.DOUBTFUL, State.UNMATCHED, State.REFUSED)
#: Rows for which a person has to find the case.
QUEUED = (State.DOUBTFUL, State.UNMATCHED)
LOCK = 0x5041  # "PA"
RECOUNT = """
    UPDATE casebook_paymentfile f SET counts = coalesce((
        SELECT jsonb_object_agg(s.state, jsonb_build_object('rows', s.n, 'minor', coalesce(s.minor, '{}')))
        FROM (
            SELECT x.state, sum(x.n)::int AS n, jsonb_object_agg(x.currency, x.minor) FILTER (WHERE x.minor > 0) AS minor
            FROM (
                SELECT state, coalesce(nullif(currency, ''), 'CNY') AS currency, count(*) AS n, sum(amount_minor) AS minor
                FROM casebook_paymentrow WHERE file_id = f.id GROUP BY 1, 2
            ) x GROUP BY x.state
        ) s
    ), '{}') WHERE f.id = ANY(%s)
"""
ADD = """
    INSERT INTO casebook_paymentrow
        (file_id, row, state, line_sealed, reference, currency, amount_minor, paid_on, case_id, payment_id, candidates, why,
        reason)
    SELECT %s, x.*, '' FROM unnest(%s::int[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::bigint[], %s::date[],
        %s::bigint[], %s::bigint[], %s::jsonb[], %s::jsonb[]) AS x
"""
STORE = """
    UPDATE casebook_paymentrow r
    SET state = x.state, case_id = x.case_id, payment_id = x.payment_id, currency = x.currency, why = x.why,
        candidates = x.candidates
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::jsonb[], %s::jsonb[])
        AS x(id, state, case_id, payment_id, currency, why, candidates)
    WHERE r.id = x.id
"""
#: Money that came under its reference in another file, or by hand, is no longer waited for. A row
#: with another amount or day goes on waiting: one of the two references is wrong.
CLOSE = """
    UPDATE casebook_paymentrow r SET state = 'repeated', payment_id = x.payment_id, case_id = p.case_id
    FROM unnest(%s::text[], %s::bigint[]) AS x(reference, payment_id)
    JOIN casebook_payment p ON p.id = x.payment_id,
        casebook_paymentfile f
    WHERE f.id = r.file_id AND f.creditor_id = %s AND r.reference = x.reference
        AND r.amount_minor = p.amount_minor AND r.paid_on = p.valid_on
        AND r.state IN ('matched', 'doubtful', 'unmatched', 'refused')
    RETURNING r.file_id
"""


def lock(creditor_id: int) -> None:
    """Holds the creditor's payment files until the end of the transaction. Taken after a request's row, before cases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, creditor_id % 2**31])


def waits(row: PaymentRow) -> bool:
    """Whether posting the file tries this row. One that repeats another row of its file waits until that is posted."""
    return row.state in WAITING or (row.state == State.REPEATED and row.payment_id is None)


def seal(line: PaymentLine) -> str:
    """The part of a line that names people and accounts, as text to be sealed."""
    return line_text({field: getattr(line, field) for field in SEALED})


def line_of(row: PaymentRow) -> PaymentLine:
    """The line again. ValueError for a row that could not be read."""
    if row.amount_minor is None or row.paid_on is None:
        raise ValueError(f"row {row.pk} holds no payment")
    more = json.loads(sealed.unseal(row.line_sealed))
    return PaymentLine(row.row, row.reference, row.amount_minor, row.paid_on, **more)


def kept(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as the table keeps them: code, column, parameters."""
    return [
        {
            "code": one.code,
            "column": one.column,
            "params": {name: _plain(value) for name, value in one.params.items()},
        }
        for one in problems
    ]


def _plain(value: object) -> object:
    return (
        value
        if isinstance(value, int)
        else value.isoformat()
        if isinstance(value, dt.date)
        else str(value)
    )


def problems_of(row: PaymentRow) -> list[Problem]:
    """Why the row waits, to be said in the reader's language."""
    return [
        problem(one["code"], row=row.row, column=one["column"], **one["params"]) for one in row.why
    ]


def add(file: PaymentFile, found: Sequence[PaymentRow]) -> None:
    """Writes the rows of a new file in one statement."""
    names = (
        "row",
        "state",
        "line_sealed",
        "reference",
        "currency",
        "amount_minor",
        "paid_on",
        "case_id",
        "payment_id",
    )
    columns: list[list[Any]] = [[getattr(row, name) for row in found] for name in names]
    columns += [
        [json.dumps(row.candidates) for row in found],
        [json.dumps(row.why) for row in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [file.pk, *columns])


def store(found: Sequence[PaymentRow]) -> None:
    """Writes state, case, payment, currency, reason and candidates of many rows in one statement."""
    columns: list[list[Any]] = [
        [row.pk for row in found],
        [row.state for row in found],
        [row.case_id for row in found],
        [row.payment_id for row in found],
        [row.currency for row in found],
        [json.dumps(row.why) for row in found],
        [json.dumps(row.candidates) for row in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns)


def recount(file_ids: Iterable[int]) -> None:
    """Rows and sums by state, kept with the file for the list of files."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [sorted(set(file_ids))])


def close_known(creditor_id: int, posted: Mapping[str, int]) -> set[int]:
    """Closes waiting rows of any file whose reference was posted (reference → payment). Gives the files touched."""
    if not posted:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [list(posted), list(posted.values()), creditor_id])
        return {key for (key,) in cursor.fetchall()}


def find_file(creditor_id: int, file_hash: str) -> PaymentFile | None:
    """The file with these contents that came first."""
    return PaymentFile.objects.filter(creditor_id=creditor_id, file_hash=file_hash).first()
