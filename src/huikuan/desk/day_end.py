"""The end of the day 日终: what was done, what is left and why, what comes tomorrow, which cases want a hand-over note."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.desk import clock
from huikuan.desk.handover import unwritten
from huikuan.planning.coming import coming
from huikuan.reports.left import left
from huikuan.reports.so_far import my_day
from huikuan.web.access import require_right

#: So many cases of tomorrow, and so many that leave, are listed.
LISTED = 50


@require_right()
def day_end(request: HttpRequest) -> HttpResponse:
    """For a collector the own day; for a lead the team's; for the house's roles the house's."""
    user: Any = request.user
    today = clock.today(request)
    tomorrow = today + dt.timedelta(1)
    done = my_day(user, today, standing=False)
    rest = left(done.scope, today)
    ahead = coming(user, tomorrow, most=LISTED)
    context = {
        "today": today,
        "tomorrow": tomorrow,
        "done": done.figures,
        "progress": done.progress,
        "whose": done.scope.whose,
        "left": rest,
        "left_total": sum(part.tasks for part in rest),
        "ahead": ahead,
        "handover": list(unwritten(user, today)[:LISTED]),
        "team": [str(member) for member in done.scope.people] if user.leads_team else [],
        "now": clock.now(),
    }
    return render(request, "desk/day_end.html", context)
