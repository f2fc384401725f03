"""COPY of frames into tables, and ids by the block: what makes a million rows a matter of seconds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

SLICE = 50_000


def copy_in(cursor: CursorWrapper, table: str, frame: pl.DataFrame) -> int:
    """Writes the frame into the columns of the table that its columns name. Gives the number of rows."""
    if frame.is_empty():
        return 0
    binary = [name for name, dtype in frame.schema.items() if dtype == pl.Binary]
    as_hex = [(pl.lit("\\x") + pl.col(name).bin.encode("hex")).alias(name) for name in binary]
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')"
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for part in frame.iter_slices(SLICE):
            text = io.BytesIO()
            # texts are quoted and nulls are not: a text that reads \N stays a text
            part.with_columns(as_hex).write_csv(
                text, include_header=False, null_value="\\N", quote_style="non_numeric"
            )
            copy.write(text.getbuffer())
    return frame.height


def temporary(cursor: CursorWrapper, name: str, columns: str, frame: pl.DataFrame) -> None:
    """A temporary table of this transaction with the rows of the frame, analysed."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    copy_in(cursor, f"pg_temp.{name}", frame)
    cursor.execute(f"ANALYZE pg_temp.{name}")


def query(
    cursor: CursorWrapper, sql: str, parameters: Sequence[Any], schema: dict[str, Any]
) -> pl.DataFrame:
    """The rows of a query as a frame."""
    cursor.execute(sql, parameters)
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def ids(cursor: CursorWrapper, table: str, count: int) -> pl.Series:
    """`count` fresh ids of the table. Other sessions may take ids in between: each value is the sequence's own."""
    if count == 0:
        return pl.Series("id", [], dtype=pl.Int64)
    # the name is looked up once: inside the query it would be looked up for every id
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    (sequence,) = cursor.fetchone()
    # one long value instead of a million rows, each of which would cost the driver more than the database
    cursor.execute(
        "SELECT string_agg(v::text, ',') FROM (SELECT nextval(%s::regclass) AS v FROM generate_series(1, %s)) n",
        [sequence, count],
    )
    return pl.Series("id", [cursor.fetchone()[0]]).str.split(",").explode().cast(pl.Int64)
