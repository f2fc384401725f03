"""The end of the day 日终: what was done, what is left and why, what comes tomorrow, which cases want a hand-over note."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Case, CaseNote
from huikuan.desk import clock
from huikuan.people.models import User
from huikuan.planning.coming import coming
from huikuan.reports.left import left
from huikuan.reports.so_far import my_day
from huikuan.web.access import require_right

#: Cases that leave within so many days want a hand-over note, unless one was written as many days ago.
LEAVING, FRESH = 3, 14
LISTED = 50


@require_right()
def day_end(request: HttpRequest) -> HttpResponse:
    """For a collector the own day; for a lead the team's; for the house's roles the house's."""
    user: Any = request.user
    today = clock.today(request)
    tomorrow = today + dt.timedelta(1)
    done = my_day(user, today, standing=False)
    rest = left(done.scope, today)
    ahead, ahead_total = coming(user, tomorrow)
    context = {
        "today": today,
        "tomorrow": tomorrow,
        "done": done.figures,
        "progress": done.progress,
        "whose": done.scope.whose,
        "left": rest,
        "left_total": sum(part.tasks for part in rest),
        "coming": ahead[:LISTED],
        "coming_total": ahead_total,
        "promises": sum(1 for one in ahead if one.promised_minor is not None),
        "agreed": sum(one.agreed for one in ahead),
        "deadlines": sum(one.deadline for one in ahead),
        "returns": sum(one.returns for one in ahead),
        "handover": list(_leaving(user, today)[:LISTED]),
        "team": [str(member) for member in done.scope.people] if user.leads_team else [],
        "now": clock.now(),
    }
    return render(request, "desk/day_end.html", context)


def _leaving(user: User, today: dt.date) -> QuerySet[Case]:
    """Open cases that leave soon and have no fresh hand-over note."""
    notes = CaseNote.objects.filter(
        case=OuterRef("pk"), kind=CaseNote.Kind.HANDOVER, valid_on__gte=today - dt.timedelta(FRESH)
    )
    soon = {
        "summary__return_on__gte": today,
        "summary__return_on__lte": today + dt.timedelta(LEAVING),
    }
    cases = visible_cases(user).filter(~Exists(notes), summary__is_open=True, **soon)
    return cases.select_related("person", "creditor", "summary").order_by(
        "summary__return_on", "-summary__balance_minor"
    )
