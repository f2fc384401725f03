"""Screens of the promises: what is due, broken and kept over all cases that a user sees; the promises of one case."""

from __future__ import annotations

import datetime as dt

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.lib.names import listed_name
from huikuan.promises import follow
from huikuan.promises.follow import Filters, Row, Sum
from huikuan.promises.forms import PromiseFilter
from huikuan.promises.plans import plans_of
from huikuan.promises.shown import STATES, TABS, TONES
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, today, user_of
from huikuan.web.export import Column, xlsx_response

SIZE = 50
EXPORT_ROWS = 20_000


@require_right()
def promise_list(request: HttpRequest) -> HttpResponse:
    """One tab of promises with the sums of all of them."""
    user, on = user_of(request), today(request)
    form = PromiseFilter(request.GET, user=user)
    filters = _filters(form)
    sums = follow.sums(user, on, filters)
    page = Paginator(range(sums[filters.tab].count), SIZE).get_page(request.GET.get("page"))
    found = follow.rows(user, on, filters, limit=SIZE, offset=(page.number - 1) * SIZE)
    context = {
        "rows": [_shown(row, on) for row in found],
        "tabs": [_tab(name, sums[name], filters.tab) for name in follow.TABS],
        "tab": filters.tab,
        "form": form,
        "total": sums[filters.tab].count,
        "page": page,
        "today": on,
        "export": reverse("promises:export"),
    }
    return render(request, "promises/list.html", context)


@require_right()
def export(request: HttpRequest) -> FileResponse:
    """The tab as XLSX, names masked as on the screen."""
    on = today(request)
    filters = _filters(PromiseFilter(request.GET, user=user_of(request)))
    columns = [
        Column(_("Case")), Column(_("Name")), Column(_("Creditor"), width=24), Column(_("Promised on"), "date"),
        Column(_("Promised day"), "date"), Column(_("Last day with grace"), "date"), Column(_("Instalment")),
        Column(_("Currency")), Column(_("Promised"), "money"), Column(_("Paid so far"), "money"), Column(_("State")),
        Column(_("Broken before"), "number"), Column(_("Collector")),
    ]  # fmt: skip
    rows = (
        [
            row.number, _name(row), row.creditor, row.made_on, row.due_on, row.last_day, f"{row.nth}/{row.instalments}",
            row.currency, row.promised_minor, row.paid_minor, STATES[row.state], row.broken_before, row.collector or "",
        ]
        for row in follow.rows(user_of(request), on, filters, limit=EXPORT_ROWS)
    )  # fmt: skip
    return xlsx_response(f"promises-{filters.tab}-{on}", columns, rows)


@require_right()
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """Every promise of one case, as a part of its page."""
    case = find_case(request, number)
    on = today(request)
    plans = [
        {
            "plan": plan,
            "lines": [(line, STATES[line.state], TONES[line.state]) for line in plan.lines],
        }
        for plan in plans_of(case, on)
    ]
    return render(request, "promises/of_case.html", {"case": case, "plans": plans})


def _filters(form: PromiseFilter) -> Filters:
    return Filters(tab=form.tab_named, **{name: str(value) for name, value in form.chosen.items()})


def _tab(name: str, found: Sum, current: str) -> dict[str, object]:
    amounts = [
        (found.promised[currency], found.paid[currency], currency) for currency in found.promised
    ]
    return {
        "name": name,
        "label": TABS[name],
        "count": found.count,
        "amounts": amounts,
        "current": name == current,
    }


def _shown(row: Row, on: dt.date) -> dict[str, object]:
    grace = (row.last_day - row.due_on).days
    late = row.state == "open" and row.due_on < on
    return {
        "row": row,
        "name": _name(row),
        "state": _("in grace") if late else STATES[row.state],
        "tone": "warn" if late else TONES[row.state],
        "grace": grace,
    }


def _name(row: Row) -> str:
    return listed_name(row.name, row.kind)
