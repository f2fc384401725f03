"""Whether the months of the partitioned tables are there, and whether references lead anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huikuan.ops.arguments import today
from huikuan.ops.finding import Finding
from huikuan.ops.words import gettext as _


def findings() -> Iterator[Finding]:
    """Months that are missing, and rows that wait in the partition of the other days."""
    from django.db import connection

    from huikuan.casebook import partitions

    found: list[Finding] = []
    with connection.cursor() as cursor:
        for table, column in partitions.MONTHLY.items():
            found += _of_table(cursor, table, column)
    if found:
        yield from found
        return
    yield Finding("months", "ok", _("every row lies in the partition of its month"))


def _of_table(cursor: Any, table: str, column: str) -> Iterator[Finding]:
    """What is wrong with the months of one table."""
    from huikuan.casebook import partitions

    end = partitions.end_of(cursor, table)
    if end < partitions.month_after(today(), 2):
        text = _("{table} has partitions up to {day} only").format(table=table, day=end)
        yield Finding("months", "warn", text, _("the next plan makes them: huikuan plan"))

    other = partitions.other(table)
    cursor.execute(f'SELECT count(*), min("{column}"), max("{column}") FROM {other}')
    count, first, last = cursor.fetchone()
    if count:
        text = _("{n} rows of {table} are of days without a partition, {first} to {last}")
        shown = text.format(n=count, table=table, first=first, last=last)
        repair = _("right days move by themselves when their month is made; a wrong day stays")
        yield Finding("months", "warn", shown, repair)


def same_shards() -> Finding:
    """Compares the shard of every row with its owner's: minutes for a large book."""
    from huikuan.casebook.shards import differing

    found = differing()
    if not found:
        return Finding("shards", "ok", _("every row is in the shard of what it belongs to"))
    named = ", ".join(f"{table} ({count})" for table, count in found.items())
    text = _("rows in another shard than what they belong to: {tables}").format(tables=named)
    return Finding("shards", "fail", text, _("restore the rows from a copy of the book"))


def references() -> Finding:
    """Looks up every reference to a partitioned table: minutes for a large book."""
    from huikuan.casebook.references import lost

    found = lost()
    if not found:
        return Finding("references", "ok", _("every reference leads to its row"))
    named = ", ".join(f"{one.table}.{one.column} ({count})" for one, count in found.items())
    text = _("references that lead nowhere: {columns}").format(columns=named)
    return Finding("references", "fail", text, _("restore the rows from a copy of the book"))
