"""What a long past costs a plan: the same first plan beside few and beside many past days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import partitions
from huikuan.casebook.models import PlanRun
from huikuan.lib.calendar import china
from huikuan.ops.bench import past
from huikuan.ops.bench.book import Day
from huikuan.planning.plan import Planned

#: The first plan is made so often beside each past; the fastest counts.
TIMES = 2
BLOCK_BYTES = 8192
#: The level of the root stands at this byte of the first page of a B-tree index.
LEVEL_AT = 36
SIZES = """
SELECT count(*), coalesce(sum(pg_relation_size(i.inhrelid)), 0)
FROM pg_inherits i WHERE i.inhparent = %s::regclass
"""
DEPTHS = f"""
SELECT max(get_byte(pg_read_binary_file(pg_relation_filepath(x.indexrelid), {LEVEL_AT}, 1), 0)) + 1
FROM pg_index x JOIN pg_inherits i ON i.inhrelid = x.indrelid
WHERE i.inhparent = %s::regclass
"""

#: A task that a plan of the day wrote last.
OF_DAY = 'run_id IN (SELECT id FROM casebook_planrun WHERE "on" = %s)'

#: Plans the day: seconds and what it did.
Timed = Callable[[Day], tuple[float, Planned]]


def measure(day: Day, short: int, long: int, plan: Timed) -> dict[str, Any]:
    """Seconds of the first plan beside `short` and `long` past days, and the partitions of the latter.

    Needs the planned day with the short past. Afterwards the day is planned.
    """
    short_seconds = _fastest(day, plan)
    _take_back(day)
    tasks = past.stretch(long, short, on=day.on, at=day.filled_at, calendar=china())
    long_seconds = _fastest(day, plan)

    return {
        "past_days": long,
        "past_tasks": tasks,
        "short_seconds": round(short_seconds, 3),
        "long_seconds": round(long_seconds, 3),
        "ratio": round(long_seconds / short_seconds, 2),
        "tables": _tables(),
    }


def _fastest(day: Day, plan: Timed) -> float:
    """Seconds of the fastest of some first plans of the day."""
    times = []
    for _time in range(TIMES):
        _take_back(day)
        seconds, planned = plan(day)
        if not planned.counts["new"]:
            raise ValueError("the plan that was to be the first of its day found its tasks")
        times.append(seconds)
    return min(times)


def _take_back(day: Day) -> None:
    """The day as if it had not been planned: its tasks go, those that it closed are open again."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Ids go up: what the day made comes after all that was there, whatever became of it since.
        cursor.execute(
            f"DELETE FROM casebook_task WHERE id >= (SELECT min(id) FROM casebook_task"
            f" WHERE {OF_DAY} AND status = 'open')",
            [day.on],
        )

        cursor.execute(
            "UPDATE casebook_task SET status = 'open', status_reason = '', status_on = NULL,"
            ' run_id = (SELECT max(id) FROM casebook_planrun WHERE "on" < %s)'
            f" WHERE {OF_DAY}",
            [day.on, day.on],
        )
        PlanRun.objects.filter(on=day.on).delete()

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE casebook_task")
        cursor.execute("CHECKPOINT")


def _tables() -> dict[str, dict[str, int]]:
    """Partitions, pages and depth of the deepest index, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in (partitions.TABLE, *partitions.MONTHLY):
            cursor.execute(SIZES, [table])
            count, size = cursor.fetchone()

            cursor.execute(DEPTHS, [table])
            found[table] = {
                "partitions": count,
                "pages": int(size) // BLOCK_BYTES,
                "index_levels": cursor.fetchone()[0],
            }
    return found
