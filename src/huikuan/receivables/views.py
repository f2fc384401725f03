"""Screens of the statements: those of a month, one of them, those of a case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.models import Item, Statement, StatementEvent, StatementLine, Task
from huikuan.casebook.open_steps import step_of
from huikuan.casebook.standing import standing_events, standing_lines
from huikuan.casebook.statement_items import items_of
from huikuan.contacts.address import addresses_of
from huikuan.lib.sentences import Refusal
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.receivables import act, dispatch, listing, preview_views
from huikuan.receivables.find import find, visible_statements
from huikuan.receivables.forms import ActForm, ReasonForm, StatementFilter
from huikuan.receivables.post import posted
from huikuan.receivables.shown import STATES, TONES, name_of
from huikuan.receivables.take_back import may_take_back, take_back
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import find_case, today, user_of
from huikuan.web.export import Column, xlsx_response
from huikuan.web.fragments import attach, fragment
from huikuan.web.paging import numbered
from huikuan.web.templatetags.huikuan_facts import in_language

EXPORT_ROWS = 20_000
#: In the address of the page after an entry: nothing is proposed, so the same key pressed twice
#: enters nothing that nobody said.
ENTERED = "entered"
#: Items of one statement that are shown and can be named; a statement with more is settled by file.
MOST_ITEMS = 300


@require_right()
def statement_list(request: HttpRequest) -> HttpResponse:
    """The statements of a month, with how many there are of each state."""
    user = user_of(request)
    form = StatementFilter(request.GET, user=user)
    filters = form.filters

    numbers = listing.counts(user, filters)
    page = numbered(request, listing.statements(user, filters))
    context = {
        "rows": shown(list(page.object_list), today(request)),
        "states": [_state(code, numbers, filters.state) for code in STATES],
        "form": form,
        "month": filters.month,
        "total": page.paginator.count,
        "page": page,
        "export": reverse("receivables:export"),
    }
    return render(request, "receivables/list.html", context)


@require_right()
def export(request: HttpRequest) -> FileResponse:
    """The list as XLSX."""
    user = user_of(request)
    on = today(request)
    filters = StatementFilter(request.GET, user=user).filters
    listed = list(listing.statements(user, filters)[:EXPORT_ROWS])

    currencies = sorted({statement.currency for statement in listed})
    columns = [
        Column(_("Month")),
        Column(_("Case")),
        Column(_("Customer"), width=28),
        Column(_("State")),
        Column(_("Sent"), "date"),
        Column(_("Confirmed"), "date"),
        *(Column(_closing(currency), "money", currency=currency) for currency in currencies),
        Column(_("Days waiting"), "number"),
        Column(_("Items that differ"), "number"),
        Column(_("Next step"), width=28),
        Column(_("Due"), "date"),
    ]
    rows = (_exported(row, currencies) for row in shown(listed, on))
    return xlsx_response(f"statements-{on}", columns, rows)


def _closing(currency: str) -> str:
    return _("Closing balance {currency}").format(currency=currency)


def _exported(row: dict[str, Any], currencies: list[str]) -> list[Any]:
    """The cells of one row; the balance stands below its currency."""
    statement = row["statement"]
    summary = statement.summary
    following = row["next"]
    due_on = following.due_on if following else None
    balances: list[int | None] = [None] * len(currencies)
    balances[currencies.index(statement.currency)] = summary.month_owed_minor

    return [
        f"{statement.month:%Y-%m}",
        statement.case.number,
        row["name"],
        str(row["state"]),
        summary.month_sent_on,
        summary.month_confirmed_on,
        *balances,
        row["waiting"],
        summary.month_differing,
        row["step"],
        due_on,
    ]


@require_right(methods=("GET", "POST"))
def statement_page(request: HttpRequest, statement: int) -> HttpResponse:
    """One statement: its items, what happened to it, and the form for what happens next."""
    user = user_of(request)
    on = today(request)
    found = find(statement, user)
    if found is None:
        raise Http404

    items = list(items_of(found).select_related("summary")[:MOST_ITEMS])
    lines = _newest_lines(found)
    offered = act.choices(found, user, on)
    proposed = "" if ENTERED in request.GET else _due(found, offered)
    form = ActForm(
        request.POST or None,
        offered=offered,
        writes_mail=any(dispatch.writes(found, kind, on) for kind, _label in offered),
        items=items,
        differing={line.item_id for line in lines.values() if line.differs},
        initial={
            "kind": proposed,
            "on": on,
            "by_mail": addresses_of(found.case).exists(),
        },
        auto_id="statement-%s",
    )
    if request.method == "POST" and form.is_valid():
        answer = act.record(found.pk, form.entry(), actor=user, at=timezone.now())
        attach(form, answer.problems)
        if answer.event is not None:
            messages.success(request, _("The event is entered."))
            return redirect(f"{reverse('receivables:statement', args=[found.pk])}?{ENTERED}")

    context = _page(found, form, items, lines, on, user)
    context |= {"offered": bool(offered), "writes": not may_only_look(user)}
    context["preview"] = preview_views.of_statement(
        request,
        found,
        user,
        str(form["kind"].value() or ""),
        by_mail=bool("by_mail" in form.fields and form["by_mail"].value()),
    )
    status = 422 if form.errors else 200
    return render(request, "receivables/statement.html", context, status=status)


@require_right()
def statement_file(request: HttpRequest, statement: int) -> HttpResponse:
    """The PDF as it would leave now."""
    found = find(statement, user_of(request))
    if found is None:
        raise Http404
    try:
        content = dispatch.pdf(found, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.problem.text(_))
        return redirect("receivables:statement", statement=found.pk)

    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = (
        f'inline; filename="{found.case.number}-{found.month:%Y-%m}.pdf"'
    )
    return answer


@require_right(methods=("POST",))
def void(request: HttpRequest, event: int) -> HttpResponse:
    """Takes an event back that was entered wrongly."""
    mine = visible_statements(user_of(request)).values("pk")
    found = StatementEvent.objects.filter(pk=event, statement__in=mine).first()
    if found is None:
        raise Http404

    reason = request.POST.get("reason", "")
    answer = take_back(found.pk, reason=reason, actor=user_of(request), at=timezone.now())
    for problem in answer.problems:
        text = " ".join(filter(None, (problem.text(_), problem.remedy_text(_))))
        messages.error(request, text)
    if answer.void is not None:
        messages.success(request, _("The entry is taken back."))
    return redirect("receivables:statement", statement=found.statement_id)


@require_right()
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """The statements of one case, the newest first, as a part of its page."""
    case = find_case(request, number, "person")
    found = listing.with_state(visible_statements(user_of(request)).filter(case=case))
    found = found.select_related("case__person", "case__summary", "summary")
    context = {"case": case, "rows": shown(list(found.order_by("-month")), today(request))}
    heading = _("Statements of {number}").format(number=case.number)
    back = reverse("case", args=[case.number])
    return fragment(request, "receivables/of_case.html", context, heading=heading, back=back)


def shown(listed: list[Any], on: dt.date) -> list[dict[str, Any]]:
    """The rows of a list, each with its words and what comes next."""
    following = listing.next_steps(listed)
    holders = _holders(listed)

    rows = []
    for statement in listed:
        coming = following.get(statement.pk)
        step = in_language(coming.step.title) if coming else ""
        rows.append(
            {
                "statement": statement,
                "name": name_of(statement.case),
                "state": STATES[statement.state],
                "tone": TONES[statement.state],
                "waiting": listing.waiting_days(statement.summary, on),
                "next": coming,
                "step": step,
                "late": bool(coming and coming.deadline_on and coming.deadline_on < on),
                "collector": holders.get(statement.case.summary.assignee_id, ""),
            }
        )
    return rows


def _holders(listed: list[Statement]) -> dict[int, str]:
    ids = {statement.case.summary.assignee_id for statement in listed} - {None}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def _state(code: str, numbers: dict[str, int], asked: str) -> dict[str, Any]:
    return {
        "code": code,
        "label": STATES[code],
        "count": numbers.get(code, 0),
        "current": code == asked,
    }


def _page(
    statement: Statement,
    form: ActForm,
    items: list[Item],
    lines: dict[int, StatementLine],
    on: dt.date,
    user: User,
) -> dict[str, Any]:
    """What the page of one statement shows of it."""
    state = listing.with_state(Statement.objects.filter(pk=statement.pk)).values("state").get()

    rows = []
    for item in items:
        fields = [f"differs_{item.pk}", f"agrees_{item.pk}"]
        found = [form[name] for name in fields if name in form.fields]
        rows.append({"item": item, "line": lines.get(item.pk), "fields": found})

    return {
        "statement": statement,
        "case": statement.case,
        "name": name_of(statement.case),
        "state": STATES[state["state"]],
        "tone": TONES[state["state"]],
        "waiting": listing.waiting_days(statement.summary, on),
        "form": form,
        "rows": rows,
        "open_minor": sum(item.summary.open_minor for item in items),
        "events": _events(statement, user),
        "reason": ReasonForm(auto_id=False),
        "posted": posted(dispatch.about(statement), user),
        "tasks": _tasks(statement),
        "today": on,
    }


def _due(statement: Statement, offered: list[tuple[str, str]]) -> str:
    """The event that the procedure asks for first of this user; "" where it asks for none."""
    kinds = {kind for kind, _label in offered}
    asked = (str(row["step"].records) for row in _tasks(statement))
    return next((kind for kind in asked if kind in kinds), "")


def _newest_lines(statement: Statement) -> dict[int, StatementLine]:
    """Item → the line that counts."""
    lines: QuerySet[StatementLine] = standing_lines(statement)
    return {line.item_id: line for line in lines.select_related("act__actor")}


def _events(statement: Statement, user: User) -> list[dict[str, Any]]:
    """What happened, the oldest first; what was taken back or sent back stays to be seen."""
    standing = list(standing_events(statement).select_related("act__actor", "statement__case"))
    counting = {event.pk for event in standing}

    every = statement.events.select_related("act__actor", "void__act__actor", "statement__case")
    return [
        {
            "event": event,
            "void": getattr(event, "void", None),
            "counts": event.pk in counting,
            "may_take_back": may_take_back(event, standing, user),
        }
        for event in every.order_by("valid_on", "pk")
    ]


def _tasks(statement: Statement) -> list[dict[str, Any]]:
    """Open tasks of the statement, the most urgent first."""
    tasks = Task.objects.filter(
        status=Task.Status.OPEN,
        case_id=statement.case_id,
        step__subject="statement",
        subject_id=statement.pk,
    )

    titles = roles.titles(statement.organisation_id)
    rows = []
    for task in tasks.select_related("step"):
        step = step_of(task)
        rows.append({"task": task, "step": step, "role": titles[step.role]})
    return sorted(rows, key=lambda row: (row["step"].priority, row["task"].due_on))
