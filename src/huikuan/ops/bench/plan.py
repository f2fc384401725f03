"""huikuan bench plan: the plan of a day over a large book, first and again, against its floor and against other ways."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

import psutil
from django.db import connection

from huikuan.lib.calendar import china
from huikuan.ops.bench import book, floor, long_past, past, peers
from huikuan.people.models import User
from huikuan.planning.plan import Planned, plan

ON = dt.date(2026, 11, 23)
AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
DAY = book.Day(ON, AT, AT)
DAYS = 40


def measure(
    cases: int = 1_000_000,
    sample: int = 20_000,
    day: book.Day = DAY,
    past_days: int | None = None,
) -> dict[str, Any]:
    """Seconds of the first plan of the day and of the next, their floor, and the other ways' rows a second.

    `sample`: cases that the other ways are measured on. `past_days`: measure the first plan once more beside so many
    past days. Needs the book of the day (`book.prepare`), not planned yet.
    """
    prepared = _prepare(day)
    memory = _Memory()
    with memory:
        first_seconds, first = _timed(day)
        again_seconds, _again = _timed(day, only_learned=True)
    assert first.run is not None
    _seconds, again = _timed(day)
    if again.counts["new"] or again.counts["closed"] or again.counts["reopened"]:
        raise ValueError(f"the second plan changed something: {again.counts}")
    scan_seconds = floor.scan()
    copy_seconds, copied = floor.copy(first.run.pk)
    floor_seconds = scan_seconds + copy_seconds
    others = peers.measure(day.on, min(sample, cases))
    changed_seconds, changed_cases = _after_changes(day)
    return {
        "bench": "plan",
        "cases": cases,
        **prepared,
        "demanded": first.counts["demanded"],
        "new": first.counts["new"],
        "closed": first.counts["closed"],
        "seconds": round(first_seconds, 3),
        "rows_per_s": round(cases / first_seconds),
        "floor_seconds": round(floor_seconds, 3),
        "floor_scan_seconds": round(scan_seconds, 3),
        "floor_copy_seconds": round(copy_seconds, 3),
        "floor_rows": copied,
        "ratio": round(first_seconds / floor_seconds, 2),
        "again_seconds": round(again_seconds, 3),
        "again_ratio": round(again_seconds / first_seconds, 2),
        "changed_cases": changed_cases,
        "changed_seconds": round(changed_seconds, 3),
        "changed_ratio": round(changed_seconds / first_seconds, 2),
        "peak_memory_mb": memory.peak_mb,
        "peers": others,
        **({"long_past": long_past.measure(day, DAYS, past_days, _timed)} if past_days else {}),
    }


def _after_changes(day: book.Day) -> tuple[float, int]:
    """Seconds of a plan after one case in a hundred was talked to, and how many cases these are.

    ValueError where a plan after that one still finds something to change.
    """
    changed = book.talk_to_some(day)
    seconds, _planned = _timed(day, only_learned=True)
    _seconds, again = _timed(day)
    if again.counts["new"] or again.counts["closed"] or again.counts["reopened"]:
        raise ValueError(f"the plan of changed facts was not whole: {again.counts}")
    return seconds, changed


def _prepare(day: book.Day) -> dict[str, int]:
    tasks = past.add(DAYS, on=day.on, at=day.filled_at, calendar=china())
    floor.prepare()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casebook_contactrecord")
        records = int(cursor.fetchone()[0])
        cursor.execute("CHECKPOINT")
    return {"contact_records": records, "past_days": DAYS, "past_tasks": tasks}


def _timed(day: book.Day, *, only_learned: bool = False) -> tuple[float, Planned]:
    actor = User.objects.order_by("pk")[0]
    began = time.perf_counter()
    planned = plan(day.on, actor=actor, at=day.at, calendar=china(), only_learned=only_learned)
    return time.perf_counter() - began, planned


class _Memory:
    """The highest sum of this process and the server's own memory inside the block, looked at ten times a second."""

    def __init__(self) -> None:
        self.peak_mb = 0
        self._ended = threading.Event()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = psutil.Process(cursor.fetchone()[0])
        self._server = backend.parent()

    def __enter__(self) -> None:
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()

    def __exit__(self, *_exc: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            processes = [psutil.Process(), *(self._server.children() if self._server else [])]
            self.peak_mb = max(self.peak_mb, sum(map(_private_mb, processes)))


def _private_mb(process: psutil.Process) -> int:
    """Resident memory without what is shared with others, such as Postgres' buffers."""
    try:
        info = process.memory_info()
        return int(info.rss - getattr(info, "shared", 0)) >> 20
    except psutil.Error:
        return 0
