"""What waits for the user's decision, and what they asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from huikuan.approvals.decide import waiting
from huikuan.approvals.shown import RELATED, shown
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Approval
from huikuan.web.access import require_right

#: A list that is longer is worked from its top.
MOST = 100


@require_right()
def inbox(request: HttpRequest) -> HttpResponse:
    """Two lists: what waits for this user, the oldest first; what this user asked for, the newest first."""
    user: Any = request.user
    at = timezone.now()
    mine = Approval.objects.filter(act__actor=user, case__in=visible_cases(user).values("pk"))
    theirs = waiting(user)
    context = {
        "waiting": shown(theirs.select_related(*RELATED)[:MOST], user, at),
        "total": theirs.count(),
        "asked": shown(mine.select_related(*RELATED).order_by("-asked_at", "-pk")[:MOST], user, at),
    }
    return render(request, "approvals/inbox.html", context)
