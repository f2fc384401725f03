"""Compiled playbooks against a second, plain reading of the language, on real Postgres."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from huikuan.engine.tests import differential as shared

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.mark.parametrize("on", shared.DAYS, ids=str)
def test_every_step_finds_the_same_tasks(on: object) -> None:
    print(f"seed {shared.SEED}")
    book = shared.invented(on)
    with connection.cursor() as cursor:
        for statement, rows in book.statements("date[]"):
            cursor.executemany(statement, rows) if rows[0] else cursor.execute(statement)
        for pack in shared.PACKS:
            cursor.execute(_query(pack).replace("%", "%%"), [])
            shared.compare(cursor.fetchall(), shared.expected(pack, book), pack)


def _query(pack: Path) -> str:
    if pack not in _QUERIES:
        _QUERIES[pack] = shared.query(pack, "postgres")
    return _QUERIES[pack]


_QUERIES: dict[Path, str] = {}
