"""The page of the figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.complaints.figures import SPANS, USUAL
from huikuan.complaints.figures import figures as count
from huikuan.web.access import require_right
from huikuan.web.asked import number_in, today, user_of


@require_right()
def figures(request: HttpRequest) -> HttpResponse:
    """Complaints by cause, client and collector, with the trend and what is repeated."""
    days = number_in(request.GET.get("days"))
    if days not in SPANS:
        days = USUAL
    user = user_of(request)
    context = {"figures": count(user, today(request), days), "days": days, "spans": SPANS}
    return render(request, "complaints/figures.html", context)
