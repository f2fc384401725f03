"""Which events and lines of a statement count; the same conditions as in its facts."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import QuerySet

from huikuan.casebook import fold
from huikuan.casebook.models import Statement, StatementEvent, StatementLine

_FOREVER = dt.date(9999, 12, 30)


def stands_now(alias: str) -> str:
    """SQL: the event of a statement, a row of this alias, counts by what is known now."""
    condition = fold.event_stands(alias)
    ever = condition.replace("%(on)s", f"DATE '{_FOREVER}'")
    return ever.replace("%(known_at)s", "NULL::timestamptz")


_EVENTS = f"""
SELECT e.id FROM casebook_statementevent e
WHERE e.statement_id = %(statement)s AND {fold.event_stands("e")}
"""
_LINES = f"""
SELECT l.id FROM casebook_statementline l
WHERE l.statement_id = %(statement)s AND {fold.line_stands("l")}
"""


def standing_events(statement: Statement) -> QuerySet[StatementEvent]:
    """What happened to it and counts, in the order of its days."""
    events = statement.events.filter(pk__in=_ids(_EVENTS, statement))
    return events.order_by("valid_on", "pk")


def standing_lines(statement: Statement) -> QuerySet[StatementLine]:
    """What the customer said of its items and counts; of one item the last line decides."""
    lines = statement.lines.filter(pk__in=_ids(_LINES, statement))
    return lines.order_by("valid_on", "pk")


def _ids(query: str, statement: Statement) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"statement": statement.pk, "on": _FOREVER, "known_at": None})
        return [row[0] for row in cursor.fetchall()]
