"""One box for everything: a name, its initials, a case number, the end of an ID, phone or account number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Case
from huikuan.casebook.search import find_cases
from huikuan.people.models import User
from huikuan.web import rooms
from huikuan.web.access import require_right

SHOWN = 12
#: Asked of each kind of match; the open cases with the most at stake are shown.
ASKED = 40


@require_right()
def search(request: HttpRequest) -> HttpResponse:
    """A list under the box for htmx; else a page, or the only case that was found."""
    user: Any = request.user
    word = request.GET.get("q", "").strip()[:60]
    found = _found(user, word)
    hits = rooms.hits(user, word, SHOWN)
    more = len(found) > SHOWN
    context = {"found": found[:SHOWN], "word": word, "more": more, "hits": hits}
    if request.headers.get("HX-Request"):
        return render(request, "desk/found.html", context)
    if len(hits) == 1 and not found:
        return redirect(hits[0].href)
    if len(found) == 1 and not hits:
        return redirect("case", number=found[0].number)
    return render(request, "desk/search.html", {**context, "found": found})


def _found(user: User, word: str) -> list[Case]:
    ids = find_cases(user, word, ASKED)
    if not ids:
        return []
    cases = visible_cases(user).filter(pk__in=ids).select_related("person", "creditor", "summary")
    exact = word.upper()
    return sorted(
        cases,
        key=lambda case: (
            case.number.upper() != exact, not case.summary.is_open, -case.summary.balance_minor, case.number,
        ),
    )  # fmt: skip
