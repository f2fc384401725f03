"""The page of the ageing, and its sheet."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.reports import ageing_sheet
from huikuan.reports.ageing import GROUPING_TITLES, GROUPINGS, Ageing, Line, ageing
from huikuan.reports.forms import AgeingForm
from huikuan.web.access import require_right
from huikuan.web.asked import today, user_of
from huikuan.web.export import xlsx_response

#: Lines on the page; customers may be many more, and the sheet has all of them.
MOST_LINES = 500


def _asked(request: HttpRequest) -> tuple[Ageing, AgeingForm]:
    """The ageing that the filters ask for; of today where they say no day, or one ahead."""
    user = user_of(request)
    now = today(request)
    asked = AgeingForm(request.GET, user=user)
    chosen = asked.chosen

    on = min(chosen.get("on", now), now)
    # The form shows what the page shows, whatever was asked for.
    shown = request.GET.copy()
    shown["on"] = str(on)
    form = AgeingForm(shown, user=user)
    grouping = chosen.get("by", GROUPINGS[0])
    return ageing(user, on, creditor=chosen.get("creditor"), grouping=grouping), form


@require_right()
def ageing_page(request: HttpRequest) -> HttpResponse:
    """What was open on a day by age, as far as the user may see it."""
    told, form = _asked(request)
    rest = ageing_sheet.nameless(told.grouping)
    lines = [(line, line.name or rest, _cells(line)) for line in told.lines[:MOST_LINES]]
    totals = [(line, _cells(line)) for line in told.totals]

    context = {
        "told": told,
        "form": form,
        "title": GROUPING_TITLES[told.grouping],
        "heads": ageing_sheet.heads(),
        "lines": lines,
        "further": len(told.lines) - len(lines),
        "totals": totals,
    }
    return render(request, "reports/ageing.html", context)


def _cells(line: Line) -> list[tuple[str, int]]:
    """Title and amount of each column of money."""
    return list(zip(ageing_sheet.heads(), ageing_sheet.amounts(line), strict=True))


@require_right()
def ageing_export(request: HttpRequest) -> FileResponse:
    """The same figures as one XLSX sheet."""
    told, _form = _asked(request)
    columns = ageing_sheet.columns(told)
    return xlsx_response(f"ageing-{told.on}", columns, ageing_sheet.rows(told))
