"""The site's pages as a browser meets them: which there are, and a Chromium that is signed in.

Pages are found from the url map, with objects of the book of `tests/test_walls.py`: a page that is added there is looked at
here without a further line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from huikuan.people.models import User
from tests.book import Book
from tests.test_walls import addresses

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
#: A window of 1440 × 900 at 200 % zoom.
ZOOMED = {"width": 720, "height": 450}
LOCALES = {"zh": "zh-CN", "en": "en-US"}


def is_page(answer: Any) -> bool:
    """A whole page; no fragment, file or redirection."""
    kind = answer.headers.get("Content-Type", "")
    return (
        answer.status_code == 200
        and kind.startswith("text/html")
        and b"<html" in answer.content[:500]
    )


def pages(user: User, book: Book) -> Iterator[tuple[str, str]]:
    """Name and address of every page that the user may open."""
    client = Client()
    client.force_login(user)
    for name, address in addresses(book):
        answer = client.get(address)
        if not answer.streaming and is_page(answer):
            yield name, address


@dataclass
class Tab:
    """One tab of a browser in which a user is signed in. `complaints`: what its console called an error."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@contextmanager
def tab(
    browser: Any,
    server: str,
    user: User | None,
    language: str,
    size: dict[str, int],
    *,
    scheme: str = "light",
) -> Iterator[Tab]:
    """A tab in which the user is signed in. `scheme`: the colours that the computer asks for."""
    context = browser.new_context(
        viewport=size,
        locale=LOCALES[language],
        base_url=server,
        reduced_motion="reduce",
        color_scheme=scheme,
    )
    if user:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server}])
    opened = Tab(context.new_page())
    opened.page.on("console", opened.hear)
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()
