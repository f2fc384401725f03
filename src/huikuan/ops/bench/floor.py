"""The floor of a plan: a full scan of the tables that it reads, and COPY of the rows that it wrote into an equal, indexed table."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection, transaction

from huikuan.casebook import facts
from huikuan.casebook.models import Task

TABLE = "floor_task"


def prepare() -> None:
    """A table equal to the tasks' before the plan: the same rows, the same indexes, built in the same way."""
    source = Task._meta.db_table
    with connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute(
                f"CREATE TABLE {TABLE} (LIKE {source} INCLUDING DEFAULTS INCLUDING STORAGE)"
            )
            cursor.execute(f"INSERT INTO {TABLE} SELECT * FROM {source} ORDER BY id")
            cursor.execute(
                "SELECT indexdef, indexname FROM pg_indexes WHERE tablename = %s", [source]
            )
            for definition, name in cursor.fetchall():
                cursor.execute(
                    definition.replace(f" {name} ", f" floor_{name} ").replace(
                        f".{source} ", f".{TABLE} "
                    )
                )
        cursor.execute(f"VACUUM ANALYZE {TABLE}")


def scan() -> float:
    """Seconds for reading every row of the fact tables to its last column."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for subject in facts.of_cases():
            cursor.execute(
                f"SELECT count(*) FILTER (WHERE last_event_on IS NULL) FROM {subject.summary}"
            )
    return time.perf_counter() - began


def copy(run_id: int) -> tuple[float, int]:
    """Seconds for COPY of the rows that the run wrote, commit included, and how many they are."""
    with connection.cursor() as cursor:
        rows = _rows(cursor, run_id)
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        with transaction.atomic():
            with cursor.copy(f"COPY {TABLE} FROM STDIN (FORMAT binary)") as copy:
                for part in rows:
                    copy.write(part)
            copied = cursor.rowcount
        return time.perf_counter() - began, copied


def _rows(cursor: Any, run_id: int) -> list[bytes]:
    with cursor.copy(
        f"COPY (SELECT * FROM {Task._meta.db_table} WHERE run_id = {run_id} AND status = 'open' ORDER BY id) TO STDOUT (FORMAT binary)"
    ) as copy:
        return [bytes(part) for part in copy]
