"""What addresses of this room name: a task of the case."""

from __future__ import annotations

from tests.book import Book

from huikuan.casebook.models import Task


def words(book: Book) -> dict[str, object]:
    return {"task": Task.objects.filter(case=book.case).values_list("pk", flat=True)[0]}
