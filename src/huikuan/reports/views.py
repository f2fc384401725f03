"""Pages of the reports: the day, the board of the running day, targets and what was reached."""

from __future__ import annotations

import datetime as dt

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from huikuan.casebook.calendar import calendar
from huikuan.people.rights import Right
from huikuan.reports import shown
from huikuan.reports.board import board as board_of
from huikuan.reports.day import Report, report
from huikuan.reports.forms import DayForm
from huikuan.reports.measures import ANSWER_RATE, GROUPS, MEASURES
from huikuan.reports.targets import tracked
from huikuan.web.access import require_right
from huikuan.web.asked import today, user_of
from huikuan.web.export import xlsx_response


def _asked(request: HttpRequest) -> tuple[Report, dt.date, DayForm]:
    user = user_of(request)
    now = today(request)
    form = DayForm(request.GET or None, initial={"on": now})
    on = min(form.chosen.get("on", now), now)
    return report(user, on, seen=now), now, form


@require_right()
def day(request: HttpRequest) -> HttpResponse:
    """The report of a day, as far as the user may see it."""
    told, now, form = _asked(request)
    context = {
        "report": told,
        "form": form,
        "today": now,
        "before": told.on - dt.timedelta(1),
        "after": told.on + dt.timedelta(1) if told.on < now else None,
        "heads": shown.heads(),
        "tables": shown.tables(told),
        "calls_chart": shown.chart(told),
        "money_chart": shown.money_chart(told),
        "currency": shown.main_currency(told.total),
        "definitions": [(GROUPS[measure.group], measure) for measure in MEASURES],
        "answer_rate_meaning": ANSWER_RATE,
    }
    return render(request, "reports/day.html", context)


@require_right()
def day_export(request: HttpRequest) -> FileResponse:
    """The same figures as one XLSX sheet."""
    told, _, _ = _asked(request)
    columns, rows = shown.sheet(told)
    return xlsx_response(f"day-{told.on}", columns, rows)


@require_right(Right.WATCH_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """The day so far; the page asks for its middle part again every 30 seconds."""
    user = user_of(request)
    context = {"board": board_of(user, today(request), timezone.now())}
    fragment = request.headers.get("HX-Target") == "board"
    return render(request, "reports/board_body.html" if fragment else "reports/board.html", context)


@require_right(Right.HOLD_CASES, Right.SET_TARGETS)
def targets(request: HttpRequest) -> HttpResponse:
    """Targets of today and the next working day, and how the last ten working days went."""
    user = user_of(request)
    context = {
        "tracked": tracked(user, today(request), calendar()),
        "may_set": user.may(Right.SET_TARGETS),
    }
    return render(request, "reports/targets.html", context)
