"""The work list of the day: what is due, of whom, why; the page a collector's day starts on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.casebook.calendar import calendar, provisional_year
from huikuan.desk import clock
from huikuan.desk.filters import WorkFilterForm
from huikuan.lib.names import mask_name
from huikuan.people.roles import Role
from huikuan.planning.plan import NotPlanned, counts_of, last_planned, plan
from huikuan.planning.worklist import Filters, Row, WorkList, worklist
from huikuan.web.access import require_role
from huikuan.web.export import Column, xlsx_response
from huikuan.web.templatetags.huikuan_facts import action_name, addressee_name, in_language, reasons

SIZE = 50
EXPORT_ROWS = 20_000
PLANNERS = (Role.TEAM_LEAD, Role.MANAGER, Role.GENERAL_MANAGER, Role.DATA_ADMIN, Role.SYSTEM_ADMIN)


@require_role()
def home(request: HttpRequest) -> HttpResponse:
    return redirect("worklist")


@require_role()
def worklist_page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    today, planned = clock.today(request), last_planned()
    form = WorkFilterForm(request.GET, user=user)
    number = _page_number(request)
    found = worklist(user, today, _filters(form), page=number, size=SIZE)
    context = {
        "list": found,
        "form": form,
        "today": today,
        "planned": planned,
        "stale": planned is None or planned < today,
        "may_plan": user.role in PLANNERS,
        "page": _page(found, number),
        "export": reverse("worklist_export"),
    }
    return render(request, "desk/worklist.html", context)


@require_role()
def export(request: HttpRequest) -> FileResponse:
    """The filtered list as XLSX, names masked as on the screen."""
    form = WorkFilterForm(request.GET, user=request.user)
    found = worklist(request.user, clock.today(request), _filters(form), size=EXPORT_ROWS)  # type: ignore[arg-type]
    columns = [
        Column(_("Case")), Column(_("Name")), Column(_("Creditor")), Column(_("Balance"), "money"), Column(_("To do"), width=40),
        Column(_("Channel")), Column(_("Addressee")), Column(_("Due"), "date"), Column(_("Deadline"), "date"),
        Column(_("Gate")), Column(_("Collector")), Column(_("Reason"), width=60),
    ]  # fmt: skip
    rows = (
        [
            row.number, _shown(row), row.creditor, row.balance_minor, "; ".join(in_language(s.title) for s in row.steps),
            action_name(row.action), addressee_name(row.addressee), row.due_on, row.deadline_on, row.verdict or "",
            row.assignee or "", "; ".join(f"{label} {value}" for label, value in reasons(row.reason, row.currency)),
        ]
        for row in found.rows
    )  # fmt: skip
    return xlsx_response(f"work-{clock.today(request)}", columns, rows)


@require_role(*PLANNERS, methods=("POST",))
def plan_today(request: HttpRequest) -> HttpResponse:
    """Plans today; a second click changes nothing."""
    try:
        user: Any = request.user
        done = plan(clock.today(request), actor=user, at=clock.now(), calendar=calendar())
        opened, ended = counts_of(done.run, user.organisation_id) if done.run else (0, 0)
        messages.success(
            request,
            _("Today is planned: {n} new tasks, {closed} closed.").format(n=opened, closed=ended),
        )
        if year := provisional_year(clock.today(request)):
            text = _("{year} has no official notice of working days: they are provisional, Monday to Friday")
            messages.warning(request, text.format(year=year))
    except NotPlanned as error:
        messages.error(request, _(str(error.__doc__)))
    return redirect("worklist")


def _filters(form: WorkFilterForm) -> Filters:
    return Filters(**{name: str(value) for name, value in form.chosen.items()})


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isdigit() and len(text) < 7 else 1


def _page(found: WorkList, number: int) -> Page[int]:
    paginator = Paginator(range(found.total), SIZE)
    return paginator.get_page(number)


def _shown(row: Row) -> str:
    return row.name if row.kind == "company" else mask_name(row.name)
