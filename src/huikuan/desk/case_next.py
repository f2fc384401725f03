"""What comes next: after something was learned of a case its plan for today is brought up to date, and shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.casebook.labels import with_words
from huikuan.casebook.models import Task
from huikuan.desk import clock
from huikuan.desk.cases import find_case
from huikuan.desk.file import open_tasks
from huikuan.desk.next_step import agreed_next, later, next_step
from huikuan.people import roles
from huikuan.planning.current import told
from huikuan.planning.one_case import ahead
from huikuan.web.access import require_right
from huikuan.web.asked import user_of

#: Days shown ahead: a promise is at most three days off, and is followed up the day after.
DAYS = 4


@require_right(methods=("POST",))
def case_next(request: HttpRequest, number: str) -> HttpResponse:
    """Fragment: the tasks that are now open, those that were closed just now, and what the coming days bring."""
    case, today = find_case(request, number), clock.today(request)
    changed = told(case, today)
    tasks = open_tasks(case, today, user_of(request))
    coming = ahead(case, today, DAYS, changed.demanded) if changed.planned else []
    context = {
        "case": case,
        "today": today,
        "tasks": tasks,
        "opened": changed.opened,
        "closed": _closed(changed.closed),
        "later": later(coming) or next_step(case, today, tasks),
        "agreed": agreed_next(case, today),
        "planned": changed.planned,
        "roles": roles.titles(case.organisation_id),
        "just": True,
    }
    return render(request, "desk/case_next.html", context)


def _closed(ids: tuple[int, ...]) -> list[Task]:
    """The tasks, each with its step (`detail`) and what it was about (`about`)."""
    if not ids:
        return []
    return with_words(Task.objects.filter(pk__in=ids).select_related("step").order_by("pk"))
