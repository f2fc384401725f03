"""Who asks, of which day, for which case: what a screen reads of a request before anything else."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone

from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Case
from huikuan.people.models import User

#: Digits of the largest key that the database holds, and one to spare.
_DIGITS = 18


def user_of(request: HttpRequest) -> User:
    """The user; `require_right` let nobody else in."""
    return cast(User, request.user)


def today(request: HttpRequest) -> dt.date:
    """The local day of the user's organisation."""
    organisation = user_of(request).organisation
    assert organisation is not None  # `require_right` lets nobody in without one
    return day_of(organisation, timezone.now())


def find_case(request: HttpRequest, number: str, *related: str) -> Case:
    """The case with this number and its house, if the user may see it; else 404, which says nothing about whether it exists."""
    user = user_of(request)
    try:
        case = visible_cases(user).select_related(*related).get(number=number)
    except Case.DoesNotExist:
        raise Http404 from None
    assert user.organisation is not None  # without one nobody sees a case
    case.organisation = user.organisation
    return case


def number_in(text: str | None) -> int | None:
    """A number that a form or an address sent; None for anything else (² is a digit to Python and no number)."""
    return (
        int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
    )
