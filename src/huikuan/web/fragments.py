"""A fragment for htmx, and the same inside a page for whoever came without it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.lib.problems import Problem
from huikuan.web.forms import Form

#: Sent along when a fragment wrote into a case; other parts of the page may listen: hx-trigger="case-changed from:body".
CHANGED = "case-changed"


def fragment(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    heading: str,
    back: str = "",
    status: int = 200,
    changed: bool = False,
) -> HttpResponse:
    """The template alone for htmx; else in a page with this heading and a way `back` (an address)."""
    if request.headers.get("HX-Request"):
        answer = render(request, template, context, status=status)
    else:
        page = {**context, "fragment": template, "heading": heading, "back": back}
        answer = render(request, "web/fragment_page.html", page, status=status)
    if changed:
        answer["HX-Trigger"] = CHANGED
    return answer


def attach(form: Form, problems: Iterable[Problem]) -> None:
    """Puts each problem beside its field, and above the form what belongs to none."""
    for problem in problems:
        text = " ".join(
            part for part in (_sentence(problem.text(_)), _sentence(problem.remedy_text(_))) if part
        )
        form.add_error(str(problem.column) if problem.column in form.fields else None, text)


def _sentence(text: str) -> str:
    """Problems are written to stand in a list; under a field they are sentences."""
    if not text:
        return ""
    return (
        text + "。" if (get_language() or "").startswith("zh") else text[0].upper() + text[1:] + "."
    )
