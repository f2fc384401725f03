"""What the addresses of the site name, of one house: each room says it for its own addresses."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from huikuan.web import rooms
from tests.book import Book

Words = Mapping[str, object]


def words_of_rooms(book: Book) -> dict[str, Words]:
    """Name of a room → word of its addresses → what stands for it, of the book's house.

    A room with words of its own has `tests/walls.py` with `words(book)`, which makes the rows that
    are not there yet. `number` is the number of the case where a room says nothing else.
    """
    found = {}
    for package in rooms.installed():
        if find_spec(f"{package}.tests") and find_spec(f"{package}.tests.walls"):
            module = import_module(f"{package}.tests.walls")
            found[package.rpartition(".")[2]] = module.words(book)
    return found
