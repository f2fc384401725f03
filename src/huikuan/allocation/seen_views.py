"""Screen of who has seen their new cases, and the call on one who has not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.allocation.seen import DAYS, call_on, called_on, told
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.paging import numbered


@require_right(Right.ALLOCATE)
def seen(request: HttpRequest) -> HttpResponse:
    """Collectors with their notices of late; who has not seen one stands in front."""
    page = numbered(request, told(user_of(request), timezone.now()))
    notices = list(page.object_list)
    calls = called_on(notices)

    rows = [(notice, calls.get(notice.pk)) for notice in notices]
    return render(request, "allocation/seen.html", {"page": page, "rows": rows, "days": DAYS})


@require_right(Right.ALLOCATE, methods=("POST",))
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls on one collector, and back to the list."""
    called = call_on(pk, actor=user_of(request), at=timezone.now())
    if called.done:
        messages.success(request, _("The collector has a notice."))
    for each in called.problems:
        messages.error(request, each.text(_))
    return redirect("allocation:seen")
