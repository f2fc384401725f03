"""Pages of the reports: the day, the board of the running day, targets and what was reached."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from huikuan.allocation.access import LEADS
from huikuan.casebook.calendar import calendar
from huikuan.people.models import User
from huikuan.people.roles import Role
from huikuan.reports import shown
from huikuan.reports.board import board as board_of
from huikuan.reports.day import Report, report
from huikuan.reports.forms import DayForm
from huikuan.reports.measures import ANSWER_RATE, GROUPS, MEASURES
from huikuan.reports.targets import tracked
from huikuan.web.access import require_role
from huikuan.web.export import xlsx_response


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _today(user: User) -> dt.date:
    """The local day of the user's organisation."""
    zone = ZoneInfo(user.organisation.timezone) if user.organisation else timezone.get_default_timezone()
    return timezone.localtime(timezone.now(), zone).date()


def _asked(request: HttpRequest) -> tuple[Report, dt.date, DayForm]:
    user = _user(request)
    today = _today(user)
    form = DayForm(request.GET or None, initial={"on": today})
    on = min(form.chosen.get("on", today), today)
    return report(user, on, seen=today), today, form


@require_role()
def day(request: HttpRequest) -> HttpResponse:
    """The report of a day, as far as the user may see it."""
    told, today, form = _asked(request)
    context = {
        "report": told,
        "form": form,
        "today": today,
        "before": told.on - dt.timedelta(1),
        "after": told.on + dt.timedelta(1) if told.on < today else None,
        "heads": shown.heads(),
        "tables": shown.tables(told),
        "calls_chart": shown.chart(told),
        "money_chart": shown.money_chart(told),
        "currency": shown.main_currency(told.total),
        "definitions": [(GROUPS[measure.group], measure) for measure in MEASURES],
        "answer_rate_meaning": ANSWER_RATE,
    }
    return render(request, "reports/day.html", context)


@require_role()
def day_export(request: HttpRequest) -> FileResponse:
    """The same figures as one XLSX sheet."""
    told, _, _ = _asked(request)
    columns, rows = shown.sheet(told)
    return xlsx_response(f"day-{told.on}", columns, rows)


@require_role(*LEADS)
def board(request: HttpRequest) -> HttpResponse:
    """The day so far; the page asks for its middle part again every 30 seconds."""
    user = _user(request)
    context = {"board": board_of(user, _today(user), timezone.now())}
    fragment = request.headers.get("HX-Target") == "board"
    return render(request, "reports/board_body.html" if fragment else "reports/board.html", context)


@require_role(Role.COLLECTOR, *LEADS)
def targets(request: HttpRequest) -> HttpResponse:
    """Targets of today and the next working day, and how the last ten working days went."""
    user = _user(request)
    context = {"tracked": tracked(user, _today(user), calendar()), "may_set": user.role in LEADS}
    return render(request, "reports/targets.html", context)
