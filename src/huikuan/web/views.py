"""The language switch: the one address that the look of the house needs for itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as choose_language


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in the cookie and, for a signed-in user, in their record; go back to the page (`next`)."""
    user: Any = request.user
    code = request.POST.get("language", "")
    if user.is_authenticated and code in dict(settings.LANGUAGES) and user.language != code:
        user.language = code
        user.save(update_fields=["language"])
    return choose_language(request)
