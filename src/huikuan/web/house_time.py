"""Every page shows moments by the clock of the user's house, and reads them so."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class HouseTimeMiddleware:
    """The time zone of the user's house holds for the whole request.

    Lists, forms and exports all ask for the zone in force. Who is not signed in sees none of them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers the request by the clock of the house."""
        organisation = getattr(request.user, "organisation", None)
        if organisation is None:
            return self.get_response(request)
        with timezone.override(ZoneInfo(organisation.timezone)):
            return self.get_response(request)
