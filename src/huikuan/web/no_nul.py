"""An address with a NUL is nobody's: no text of the book holds one, and Postgres takes none."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

_NUL = "\x00"


class NoNulMiddleware:
    """Answers 400 before any page looks at the address; forms say so beside their fields."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page, unless the path or a parameter has a NUL."""
        asked = [request.path_info, *request.GET]
        for name in request.GET:
            asked += request.GET.getlist(name)
        if any(_NUL in text for text in asked):
            return HttpResponseBadRequest()
        return self.get_response(request)
