"""The partitions: a week of anchors each for the tasks, a month of local days for other histories.

Nine of ten tasks of a day have their anchor in its last seven days, so a plan writes into one or
two small partitions, however long the past is. A week is made before its first day is planned. A
new week is attached to the table, which stops neither readers nor writers.

A month is made two months ahead. Rows of a day that has no partition fall into the one named
`…_other`, so that nothing is ever refused for its day; attaching a month has to lock that one for a
moment, so it happens in a transaction of its own that gives way to whoever is at work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

from huikuan.lib.days import add_months

TABLE = "casebook_task"
BEFORE = "casebook_task_before"
WEEK = dt.timedelta(days=7)
#: After a gap longer than this the time between has one partition and not one a week.
MOST_WEEKS = 10
#: Table → the column of its local day. Each has partitions by month.
MONTHLY = {
    "casebook_allocation": "valid_on",
    "casebook_act": "day",
    "casebook_gatedecision": "day",
    "casebook_contactrecord": "valid_on",
}
#: So many months after the running one have their partition.
MONTHS_AHEAD = 2
#: After a gap longer than this the time between has one partition and not one a month.
MOST_MONTHS = 14
#: Nobody waits longer for a month that is being made; it is tried again at the next plan.
PATIENCE = "2s"
_LOCK = 7_305_011


def cover(cursor: Any, on: dt.date) -> None:
    """Makes the partitions that tasks with an anchor on this day or before it need."""
    end = end_of(cursor, TABLE)
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

    for name in names(cursor, TABLE):
        cursor.execute(f"DROP TABLE {name}")
    create_before(cursor, _monday(first))


def create_before(cursor: Any, end: dt.date) -> None:
    """The partition of all that lies before the weeks."""
    cursor.execute(
        f"CREATE TABLE {BEFORE} PARTITION OF {TABLE}"
        f" FOR VALUES FROM (MINVALUE) TO ('{end.isoformat()}')"
    )


def reach_back(cursor: Any, first: dt.date) -> None:
    """Weeks and months from this day on where the partitions begin later: for benches."""
    first_week = _monday(first)
    _reach_back(cursor, TABLE, [first_week + n * WEEK for n in range(_weeks_since(cursor, first))])
    for table in MONTHLY:
        start = month_after(first, 0)
        months = []
        while start < _begin_of(cursor, table):
            months.append(start)
            start = month_after(start, 1)
        _reach_back(cursor, table, months)


def make_months(today: dt.date) -> list[str]:
    """Makes the months that rows of today and of the months ahead need.

    Answers the tables that somebody held for too long: their rows fall into `…_other` meanwhile,
    from where the month takes them over when it is made.
    """
    wanted = month_after(today, MONTHS_AHEAD + 1)
    busy = []
    for table, column in MONTHLY.items():
        with connection.cursor() as cursor:
            if end_of(cursor, table) >= wanted:
                continue

        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _cover_months(cursor, table, column, wanted)
        except OperationalError:
            busy.append(table)
    return busy


def create_months(cursor: Any, table: str, name: str, first: dt.date, today: dt.date) -> None:
    """The partitions of a table that has none yet: before, months from `first` on, and other days.

    `name` is what the partitions are called by, where the table has another name for now.
    """
    start = month_after(first, 0)

    cursor.execute(
        f"CREATE TABLE {name}_before PARTITION OF {table}"
        f" FOR VALUES FROM (MINVALUE) TO ('{start.isoformat()}')"
    )

    while start <= month_after(today, MONTHS_AHEAD):
        following = month_after(start, 1)
        cursor.execute(
            f"CREATE TABLE {name}_{start:%Y_%m} PARTITION OF {table}"
            f" FOR VALUES FROM ('{start.isoformat()}') TO ('{following.isoformat()}')"
        )
        start = following

    cursor.execute(f"CREATE TABLE {other(name)} PARTITION OF {table} DEFAULT")


@contextmanager
def without_triggers(cursor: Any, table: str) -> Iterator[None]:
    """No trigger of ours is called for rows of the table inside the block, in this transaction."""
    cursor.execute(
        "SELECT quote_ident(tgname), tgenabled = 'A' FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
        [table],
    )
    triggers = cursor.fetchall()

    for name, _always in triggers:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    yield
    for name, always in triggers:
        mode = "ENABLE ALWAYS" if always else "ENABLE"
        cursor.execute(f"ALTER TABLE {table} {mode} TRIGGER {name}")


def other(table: str) -> str:
    """The partition of the days that have none of their own."""
    return f"{table}_other"


def month_after(day: dt.date, months: int) -> dt.date:
    """The first day of the month so many months after that of the day."""
    return add_months(day.replace(day=1), months)


def end_of(cursor: Any, table: str) -> dt.date:
    """The first day after the partitions. The catalogue has bounds as text only."""
    cursor.execute(
        "SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''(.*?)''\\)')::date)"
        " FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
        " WHERE i.inhparent = to_regclass(%s)",
        [f"public.{table}"],
    )
    end: dt.date = cursor.fetchone()[0]
    return end


def names(cursor: Any, table: str) -> list[str]:
    """The partitions of a table."""
    cursor.execute(
        "SELECT i.inhrelid::regclass::text FROM pg_inherits i"
        " WHERE i.inhparent = to_regclass(%s) ORDER BY 1",
        [f"public.{table}"],
    )
    return [row[0] for row in cursor.fetchall()]


def _begin_of(cursor: Any, table: str) -> dt.date:
    """The first day after the partition of all that lies before the others."""
    cursor.execute(
        "SELECT substring(pg_get_expr(relpartbound, oid) from 'TO \\(''(.*?)''\\)')::date"
        " FROM pg_class WHERE oid = %s::regclass",
        [f"{table}_before"],
    )
    begin: dt.date = cursor.fetchone()[0]
    return begin


def _weeks_since(cursor: Any, first: dt.date) -> int:
    """How many weeks lie between the week of this day and the first that there is."""
    return max(0, (_begin_of(cursor, TABLE) - _monday(first)).days // WEEK.days)


def _reach_back(cursor: Any, table: str, starts: list[dt.date]) -> None:
    """Partitions that begin on these days, the last of which ends where the others begin."""
    if not starts:
        return

    ends = [*starts[1:], _begin_of(cursor, table)]
    before = f"{table}_before"
    old = f"{table}_old"
    cursor.execute(f"ALTER TABLE {table} DETACH PARTITION {before}")
    cursor.execute(f"ALTER TABLE {before} RENAME TO {old}")

    for start, end in zip(starts, ends, strict=True):
        cursor.execute(
            f"CREATE TABLE {table}_{start:%Y_%m_%d} PARTITION OF {table}"
            f" FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
        )
    cursor.execute(
        f"CREATE TABLE {before} PARTITION OF {table}"
        f" FOR VALUES FROM (MINVALUE) TO ('{starts[0].isoformat()}')"
    )

    cursor.execute(f"INSERT INTO {table} SELECT * FROM {old}")
    cursor.execute(f"DROP TABLE {old}")


def _attach(cursor: Any, start: dt.date, end: dt.date) -> None:
    """ATTACH waits for nobody who reads or writes tasks; CREATE … PARTITION OF would."""
    name = f"{TABLE}_{start:%Y_%m_%d}"
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} (LIKE {TABLE} INCLUDING DEFAULTS)")
    cursor.execute(
        f"ALTER TABLE {TABLE} ATTACH PARTITION {name}"
        f" FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    )


def _cover_months(cursor: Any, table: str, column: str, wanted: dt.date) -> None:
    """Attaches the months up to this day, one process at a time."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    end = end_of(cursor, table)
    if end < month_after(wanted, -MOST_MONTHS):
        gap_ends = month_after(wanted, -MONTHS_AHEAD - 1)
        _attach_month(cursor, table, column, end, gap_ends)
        end = gap_ends

    while end < wanted:
        following = month_after(end, 1)
        _attach_month(cursor, table, column, end, following)
        end = following
    cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def _attach_month(cursor: Any, table: str, column: str, start: dt.date, end: dt.date) -> None:
    """A month with what fell into `…_other` of its days."""
    name = f"{table}_{start:%Y_%m}"
    days = f"FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
    )
    _take_over(cursor, table, column, name, start, end)
    cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {days}")


def _take_over(
    cursor: Any, table: str, column: str, name: str, start: dt.date, end: dt.date
) -> None:
    """Moves rows from `…_other`: they stay the same rows, so no trigger has a say in it."""
    source = other(table)
    # Locked first: a row that came in between would forbid the partition.
    cursor.execute(f"LOCK TABLE {source} IN ACCESS EXCLUSIVE MODE")
    of_month = f'"{column}" >= %s AND "{column}" < %s'
    cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {source} WHERE {of_month})", [start, end])
    if not cursor.fetchone()[0]:
        return

    with without_triggers(cursor, source):
        cursor.execute(
            f"WITH gone AS (DELETE FROM {source} WHERE {of_month} RETURNING *)"
            f" INSERT INTO {name} SELECT * FROM gone",
            [start, end],
        )


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
