"""One answer a request to the question which packs are in force."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huikuan.casebook import packs


class PacksOnceMiddleware:
    """A page asks once what is in force: it does not contradict itself, and spares dozens of
    queries.

    What the request itself puts in force holds at once, because whoever writes calls
    `packs.changed`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request inside `packs.one_answer`."""
        with packs.one_answer():
            return self.get_response(request)
