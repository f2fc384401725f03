"""What the look of the house needs for itself: the language switch and the pages of errors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as choose_language

from huikuan.lib.names import title_initials
from huikuan.web.access import require_right

#: More than any page has, and no more than an address may hold.
MOST_TITLES = 120
LONGEST_TITLE = 40


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in the cookie and, for a signed-in user, in their record; go back to the page (`next`)."""
    user: Any = request.user
    code = request.POST.get("language", "")
    if user.is_authenticated and code in dict(settings.LANGUAGES) and user.language != code:
        user.language = code
        user.save(update_fields=["language"])
    return choose_language(request)


@require_right()
def palette_initials(request: HttpRequest) -> HttpResponse:
    """Pinyin initials of the titles that a page offers in its command palette (`t`, each once), in their order."""
    titles = [title[:LONGEST_TITLE] for title in request.GET.getlist("t")[:MOST_TITLES]]
    return JsonResponse({"initials": [title_initials(title) for title in titles]})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403. The reason is our own sentence, from `PermissionDenied(_("..."))`; none: the page's general one."""
    reason = str(exception.args[0]) if exception and exception.args else ""
    return render(request, "403.html", {"reason": reason}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404. Says nothing about whether the thing exists for others."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without anything that could fail again: no user, no database, no context processors."""
    return HttpResponse(render_to_string("500.html"), status=500)
