"""Every page shows the list of the day as it is now."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huikuan.planning.current import catch_up


class OneListMiddleware:
    """Before a page is made, what was learned since the last plan is planned: then work list,
    board, my day and the page of a case give one answer.

    Costs one look into an index where nothing waits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Brings the list up to date for whoever is signed in: nobody else sees any of it."""
        if request.user.is_authenticated:
            catch_up()
        return self.get_response(request)
