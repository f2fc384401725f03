"""What addresses of this room name: a number of the debtor, and a contact."""

from __future__ import annotations

from tests.book import Book


def words(book: Book) -> dict[str, object]:
    return {"point": book.case.person.points.get().pk, "contact": book.case.contacts.get().pk}
