"""No page reads the whole past of the book.

Tasks of past days are many; each page finds its own by an index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.ops.made_once import made_once
from huikuan.planning.next_case import next_case
from huikuan.planning.worklist import Filters
from tests.book import Book, make_book
from tests.test_walls import addresses
from tests.walls import words_of_rooms

pytestmark = [pytest.mark.django_db, pytest.mark.long]
#: Each index of the tasks begins with one of these. A condition on a later column reads it whole.
FIRST_COLUMN = re.compile(r"\b(id|case_id|subject_id)\b")
OPEN_ONLY = """
SELECT indexname FROM pg_indexes
WHERE tablename LIKE 'casebook_task%' AND indexdef LIKE '%WHERE%= ''open''%'
"""


@made_once
def book() -> Book:
    book = make_book("ours", "欧阳试")
    words_of_rooms(book)
    return book


def reading_all(queries: list[dict[str, str]]) -> Iterator[str]:
    """Those of the queries that read all tasks, with how Postgres would answer them."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ONLY)
        of_open_tasks = {name for (name,) in cursor.fetchall()}
        # A test's book is small: without this Postgres would read it whole, index or not.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries:
            sql = query["sql"]
            is_question = sql.lstrip("( \n").startswith(("SELECT", "WITH"))
            # A plan's own table is gone by now; and what a plan asks is no question of a page.
            if "casebook_task" not in sql or "demanded" in sql or not is_question:
                continue
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0][0]["Plan"]
            if any(reads_all(node, of_open_tasks) for node in nodes(plan)):
                yield f"{sql}\n{json.dumps(plan, indent=1)}"
        cursor.execute("SET LOCAL enable_seqscan = on")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node of a query's plan."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def reads_all(node: dict[str, Any], of_open_tasks: set[str]) -> bool:
    """Whether a node reads a table or an index of tasks from one end to the other."""
    if node["Node Type"] == "Seq Scan":
        return str(node["Relation Name"]).startswith("casebook_task")

    index = node.get("Index Name", "")
    # Open tasks are few: whoever reads the index of these alone reads no past.
    if not index.startswith("casebook_task") or index in of_open_tasks:
        return False
    return not FIRST_COLUMN.search(node.get("Index Cond", ""))


@pytest.mark.parametrize("role", ["manager", "collector"])
def test_no_page_reads_all_tasks(book: Book, role: str) -> None:
    client = Client()
    client.force_login(getattr(book, role))
    for name, address in addresses(book):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert list(reading_all(asked.captured_queries)) == [], name


def test_the_next_case_is_found_without_reading_all_tasks(book: Book) -> None:
    for user in (book.collector, book.manager):
        with CaptureQueriesContext(connection) as asked:
            next_case(user, book.today, Filters(), after=book.case.number)
        assert any("casebook_task" in query["sql"] for query in asked.captured_queries)
        assert list(reading_all(asked.captured_queries)) == []
