"""Who may open a screen, by role and method. Which cases a user sees is decided in `huikuan.casebook.access`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from huikuan.people.rights import Right

SAFE = ("GET", "HEAD", "OPTIONS")
View = Callable[..., HttpResponseBase]


def require_right(*rights: Right, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A screen for whoever has one of these rights (none named: everyone who is signed in).

    Not signed in: to the sign-in page (an htmx request is sent there as a whole page). Without such a right, an
    organisation or any role, or a writing method by a user who may only look: 403. HEAD comes with GET; another
    method than `methods`: 405.
    """
    allowed = tuple(dict.fromkeys([*methods, *(["HEAD"] if "GET" in methods else [])]))

    def decorate(view: View) -> View:
        @wraps(view)
        def screen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                return to_sign_in(request)
            if request.method not in allowed:
                return not_allowed(request, allowed)
            if user.organisation_id is None:
                return forbidden(
                    request,
                    _("Your account belongs to no organisation. Ask the system administrator."),
                )
            if not user.held_roles:
                return forbidden(
                    request, _("Your account has no role yet. Ask the system administrator.")
                )
            if rights and not user.may(*rights):
                return forbidden(request, _("Your role does not open this page."))
            if request.method not in SAFE and may_only_look(user):
                return forbidden(request, _("Your role may look but not change anything."))
            return view(request, *args, **kwargs)

        return screen

    return decorate


def may_only_look(user: Any) -> bool:
    """Clients and quality read; templates leave out what writes."""
    return not user.may_write


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back here afterwards. A fragment must not show a sign-in form inside a list."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())


def forbidden(request: HttpRequest, reason: str) -> HttpResponse:
    """403 with a reason, as a page; one line of text for htmx, which shows it as a message."""
    return _error(request, "403.html", 403, reason)


def not_allowed(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    """405 with the Allow header, as a page."""
    response = HttpResponseNotAllowed(methods)
    response.content = _error(
        request, "405.html", 405, _("This address does not take this kind of request.")
    ).content
    return response


def _error(request: HttpRequest, template: str, status: int, reason: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(render_to_string(template, {"reason": reason}, request), status=status)
