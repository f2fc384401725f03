"""What addresses of this room name: a statement of the case."""

from __future__ import annotations

import datetime as dt

from tests import people
from tests.book import Book

from huikuan.casebook import facts
from huikuan.casebook.models import Statement

MONTH = dt.date(2026, 10, 1)


def words(book: Book) -> dict[str, object]:
    statement = Statement.objects.filter(case=book.case).first()
    if statement is None:
        statement = people.make_statement(book.case, MONTH, on=book.case.placed_on)
        facts.refresh([book.case.pk])
    return {"statement": statement.pk}
