"""The partitions of the tasks: one for each week of the anchor, and one for everything before them.

Nine of ten tasks of a day have their anchor in its last seven days, so a plan writes into one or
two small partitions, however long the past is. A week is made before its first day is planned. A
new partition is attached to the table, which stops neither readers nor writers.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

TABLE = "casebook_task"
BEFORE = "casebook_task_before"
WEEK = dt.timedelta(days=7)
#: After a gap longer than this the time between has one partition and not one a week.
MOST_WEEKS = 10


def cover(cursor: Any, on: dt.date) -> None:
    """Makes the partitions that tasks with an anchor on this day or before it need."""
    end = _end(cursor)
    if end > on:
        return

    monday = _monday(on)
    if end < monday - MOST_WEEKS * WEEK:
        _attach(cursor, end, monday)
        end = monday
    while end <= on:
        _attach(cursor, end, _monday(end) + WEEK)
        end = _monday(end) + WEEK


def begin(cursor: Any, first: dt.date) -> None:
    """Weeks from this day on instead of from the day of installation.

    ValueError once there are tasks.
    """
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {TABLE})")
    if cursor.fetchone()[0]:
        raise ValueError("the table of the tasks is not empty")

    for name in _names(cursor):
        cursor.execute(f"DROP TABLE {name}")
    create_before(cursor, _monday(first))


def create_before(cursor: Any, end: dt.date) -> None:
    """The partition of all that lies before the weeks."""
    cursor.execute(
        f"CREATE TABLE {BEFORE} PARTITION OF {TABLE}"
        f" FOR VALUES FROM (MINVALUE) TO ('{end.isoformat()}')"
    )


def _attach(cursor: Any, start: dt.date, end: dt.date) -> None:
    """ATTACH waits for nobody who reads or writes tasks; CREATE … PARTITION OF would."""
    name = f"{TABLE}_{start:%Y_%m_%d}"
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} (LIKE {TABLE} INCLUDING DEFAULTS)")
    cursor.execute(
        f"ALTER TABLE {TABLE} ATTACH PARTITION {name}"
        f" FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    )


def _end(cursor: Any) -> dt.date:
    """The first day without a partition. The catalogue has bounds as text only."""
    cursor.execute(
        "SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''(.*?)''\\)')::date)"
        " FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
        " WHERE i.inhparent = to_regclass(%s)",
        [f"public.{TABLE}"],
    )
    end: dt.date = cursor.fetchone()[0]
    return end


def _names(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT i.inhrelid::regclass::text FROM pg_inherits i WHERE i.inhparent = to_regclass(%s)",
        [f"public.{TABLE}"],
    )
    return [row[0] for row in cursor.fetchall()]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
