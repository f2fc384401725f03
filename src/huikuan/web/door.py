"""Doors without a session, at which another program knocks."""

from __future__ import annotations

from django.http import HttpRequest


def body_within(request: HttpRequest, largest: int) -> bytes | None:
    """The bytes of the request; None for more than `largest`, of which nothing is read then."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not told.isascii() or not told.isdigit() or len(told) > len(str(largest)):
        return None
    if int(told) > largest:
        return None
    # Who does not say how much comes may send more than was said.
    body = request.read(largest + 1)
    return body if len(body) <= largest else None
