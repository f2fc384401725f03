"""What addresses of this room name: a placement."""

from __future__ import annotations

from tests.batch import FILE, NUMBER, number_of_batch
from tests.book import Book

__all__ = ["FILE", "NUMBER", "words"]


def words(book: Book) -> dict[str, object]:
    return {"number": number_of_batch(book)}
