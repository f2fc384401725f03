"""My day 今日作业: what is due, of whom, why, and how far the day has come; the page a collector's day starts on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from huikuan.casebook.access import holds_only
from huikuan.casebook.calendar import calendar, provisional_year
from huikuan.clocks.access import visible_clocks
from huikuan.clocks.shown import Shown, shown
from huikuan.desk import clock
from huikuan.desk.filters import QUEUES, RETURN, TOMORROW, WorkFilterForm
from huikuan.desk.points import first_phones
from huikuan.desk.tour import offered
from huikuan.engine.times import Moment
from huikuan.lib.names import listed_name
from huikuan.people.rights import Right
from huikuan.planning.agreed import agreed_of
from huikuan.planning.coming import Coming, coming, how_many
from huikuan.planning.next_case import next_case
from huikuan.planning.plan import NotPlanned, OfHouse, last_planned, plan
from huikuan.planning.whose import is_own
from huikuan.planning.worklist import Counts, Filters, Row, lines_of_own_roles, worklist
from huikuan.reports.so_far import my_day
from huikuan.web import rooms
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import number_in, user_of
from huikuan.web.export import Column, xlsx_response
from huikuan.web.templatetags.huikuan_facts import action_name, addressee_name, in_language, reasons
from huikuan.web.templatetags.huikuan_times import advice_text

SIZE = 50
EXPORT_ROWS = 20_000
MOST_PAGES = 1_000_000
#: Agreed contacts above the list, the earliest first.
MOST_AGREED = 8
#: Clocks above the list; the others stand on their own page.
MOST_CLOCKS = 5


@dataclass(frozen=True)
class Tab:
    """A saved queue. `count` None: not counted."""

    code: str
    label: str | Promise
    count: int | None
    key: str


@require_right()
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the user's highest role."""
    return redirect(user_of(request).home)


@require_right()
def worklist_page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    today, planned = clock.today(request), last_planned()
    form = WorkFilterForm(request.GET, user=user)
    number, filters = _page_number(request), _filters(form)
    found = worklist(user, today, filters, page=number, size=SIZE, at=clock.now())
    ahead, ahead_total = _ahead(user, today + dt.timedelta(1), shown=filters.queue == TOMORROW)
    done = my_day(user, today)
    context = {
        "list": found,
        "ahead": ahead,
        "tomorrow": today + dt.timedelta(1),
        "tabs": _tabs(found.counts, ahead_total, gives_back=not form.is_own_house),
        "own_lines": None if is_own(user) else lines_of_own_roles(user, today),
        "role": filters.role,
        "queue": filters.queue,
        "rows": _with_calls(user, found.rows),
        "done": done.figures,
        "progress": done.progress,
        "counted_at": done.counted_at,
        "whose": done.scope.whose,
        "clocks": _clocks(request),
        "day_lines": rooms.day_lines(user, today),
        "agreed": agreed_of(user, today)[:MOST_AGREED],
        "minute": _minute(request),
        "form": form,
        "of_creditors": form.has_creditors,
        "query": query_of(form),
        "today": today,
        "now": clock.now(),
        "planned": planned,
        "tour": offered(request),
        "stale": planned is None or planned < today,
        "walks": user.may(Right.WALK_LIST),
        "may_plan": user.may(Right.PLAN),
        "page": _page(found.total, number),
        "export": reverse("worklist_export"),
    }
    return render(request, "desk/worklist.html", context)


def _ahead(user: Any, tomorrow: dt.date, *, shown: bool) -> tuple[list[Coming] | None, int | None]:
    """What tomorrow brings, where it is `shown`, and how much.

    For many people's cases that is counted only then.
    """
    if shown:
        ahead = coming(user, tomorrow)
        return ahead.cases, ahead.total
    if holds_only(user):
        return None, how_many(user, tomorrow)
    return None, None


@require_right()
def next_page(request: HttpRequest) -> HttpResponse:
    """To the next case of the list after `?after=`; the end of the day when there is none."""
    form = WorkFilterForm(request.GET, user=request.user)
    after = request.GET.get("after", "")[:60]
    number = next_case(
        user_of(request), clock.today(request), _filters(form), after, at=clock.now()
    )
    if number is None:
        return redirect("day_end")
    query = query_of(form)
    return redirect(reverse("case", args=[number]) + (f"?{query}" if query else ""))


@require_right()
def export(request: HttpRequest) -> FileResponse:
    """The filtered list as XLSX, names masked as on the screen."""
    form = WorkFilterForm(request.GET, user=request.user)
    today = clock.today(request)
    found = worklist(user_of(request), today, _filters(form), size=EXPORT_ROWS, at=clock.now())
    columns = [
        Column(_("Case")), Column(_("Name")), Column(_("Creditor")), Column(_("Balance"), "money"),
        Column(_("overdue amount"), "money"),
        Column(_("To do"), width=40),
        Column(_("Tasks"), "number"),
        Column(_("Channel")), Column(_("Addressee")), Column(_("Due"), "date"), Column(_("Deadline"), "date"),
        Column(_("Gate")), Column(_("Good and bad times"), width=40), Column(_("Collector")),
        Column(_("Reason"), width=60),
    ]  # fmt: skip
    rows = (
        [
            row.number, _shown(row), row.creditor, row.balance_minor, row.overdue_minor,
            "; ".join(in_language(s.title) for s in row.steps),
            row.tasks,
            action_name(row.action), addressee_name(row.addressee), row.due_on, row.deadline_on, row.verdict or "",
            advice_text(row.advice, today),
            row.assignee or "", "; ".join(f"{label} {value}" for label, value in reasons(row, row.currency)),
        ]
        for row in found.rows
    )  # fmt: skip
    return xlsx_response(f"work-{today}", columns, rows)


@require_right(Right.PLAN, methods=("POST",))
def plan_today(request: HttpRequest) -> HttpResponse:
    """Plans today; a second click changes nothing."""
    try:
        user: Any = request.user
        today = clock.today(request)
        done = plan(today, actor=user, at=clock.now(), calendar=calendar(), only_learned=True)
        mine = done.of_houses.get(user.organisation_id, OfHouse(0, 0))
        text = _("Today is planned: {n} new tasks, {closed} closed.")
        messages.success(request, text.format(n=mine.opened, closed=mine.ended))
        if year := provisional_year(clock.today(request)):
            text = _(
                "{year} has no official notice of working days: they are provisional, Monday to Friday"
            )
            messages.warning(request, text.format(year=year))
    except NotPlanned as error:
        messages.error(request, _(str(error.__doc__)))
    return redirect("worklist")


def query_of(form: WorkFilterForm) -> str:
    """The chosen filters as the query of an address. The search word is left out: it may be a name."""
    return urlencode({name: value for name, value in form.chosen.items() if name != "q"})


def _with_calls(user: Any, rows: list[Row]) -> list[tuple[Row, str]]:
    """Each row with the address of the call page of its first number; "" when there is none to call."""
    phones = {} if may_only_look(user) else first_phones(rows)
    return [
        (row, _call_address(row.number, phones[row.task_id]) if row.task_id in phones else "")
        for row in rows
    ]


def _call_address(number: str, point: int) -> str:
    try:
        return reverse("calls:call", args=[number, point])
    except NoReverseMatch:
        return ""


def _tabs(counts: Counts, ahead: int | None, *, gives_back: bool) -> list[Tab]:
    """The tabs; `gives_back`: the house has cases of others, which go back to them one day."""
    numbers: dict[str, int | None] = {"": counts.total, TOMORROW: ahead, **counts.queues}
    shown = [(code, label) for code, label in QUEUES if code != RETURN or gives_back]
    return [
        Tab(code, label, numbers[code], str(n)) for n, (code, label) in enumerate(shown, start=1)
    ]


def _clocks(request: HttpRequest) -> list[Shown]:
    """The clocks that run out by the end of the local day, as far as the user sees them."""
    today_or_past = visible_clocks(user_of(request)).filter(
        met_at__isnull=True, due_at__lte=clock.end_of_day(request)
    )
    return shown(today_or_past.order_by("due_at", "pk")[:MOST_CLOCKS], clock.now())


def _minute(request: HttpRequest) -> int:
    """The minute of the local day."""
    return Moment.of(clock.local(request)).minute


def _filters(form: WorkFilterForm) -> Filters:
    return Filters(**{name: str(value) for name, value in form.chosen.items()})


def _page_number(request: HttpRequest) -> int:
    return min(number_in(request.GET.get("page")) or 1, MOST_PAGES)


def _page(total: int, number: int) -> Page[int]:
    return Paginator(range(total), SIZE).get_page(number)


def _shown(row: Row) -> str:
    return listed_name(row.name, row.kind)
