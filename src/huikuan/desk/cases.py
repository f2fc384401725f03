"""The case list and the read-only case page: who, what is owed, how they may be reached now, what happened, what comes next."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.access import visible_cases
from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Case, Item, Payment, Task
from huikuan.desk import clock
from huikuan.desk.filters import CaseFilterForm
from huikuan.desk.points import points
from huikuan.desk.timeline import timeline
from huikuan.people.models import User
from huikuan.people.roles import Role
from huikuan.planning.explain import explain
from huikuan.web.access import require_role
from huikuan.web.paging import keyset


@require_role()
def case_list(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today(request)
    form = CaseFilterForm(request.GET, user=user)
    found = _filtered(visible_cases(user), form.chosen, today)  # type: ignore[arg-type]
    cases = found.select_related("person", "creditor", "summary")
    page = keyset(request, cases, ("-summary__balance_minor", "pk"))
    names = _names({case.summary.assignee_id for case in page.rows})
    for case in page.rows:
        case.assignee = names.get(case.summary.assignee_id)
        due = case.summary.oldest_due_on
        case.days_past_due = (today - due).days if due else None
    return render(request, "desk/cases.html", {"page": page, "form": form, "total": found.count()})


def _filtered(cases: QuerySet[Case], chosen: dict[str, str], today: dt.date) -> QuerySet[Case]:
    if text := chosen.get("q", "").strip():
        number = Q(number__istartswith=text) | Q(person__number=text) | Q(person__id_masked__endswith=text)
        cases = cases.filter(number | Q(person__name__startswith=text) | Q(person__initials__startswith=text.upper()))
    if creditor := chosen.get("creditor"):
        cases = cases.filter(creditor__code=creditor)
    states = {
        "": Q(summary__is_open=True),
        "closed": Q(summary__is_open=False),
        "held": Q(summary__held_from__lte=today, summary__held_until__gt=today),
        "unassigned": Q(summary__is_open=True, summary__assignee_id__isnull=True),
    }
    return cases.filter(states[chosen.get("state", "")])


def _names(ids: set[int | None]) -> dict[int, str]:
    known = [pk for pk in ids if pk is not None]
    return {user.pk: str(user) for user in User.objects.filter(pk__in=known)}


def find_case(request: HttpRequest, number: str) -> Case:
    """The case with this number, if the user may see it; else 404, which says nothing about whether it exists."""
    cases = visible_cases(request.user).select_related("person", "creditor", "summary", "placement")  # type: ignore[arg-type]
    case = cases.filter(number=number).first()
    if case is None:
        raise Http404
    return case


@require_role()
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    case, today, now = find_case(request, number), clock.today(request), clock.now()
    items = Item.objects.filter(case=case).select_related("summary").order_by(F("summary__open_minor").desc(), "due_on")
    context = {
        "case": case,
        "person": case.person,
        "summary": case.summary,
        "today": today,
        "items": list(items[:100]),
        "items_more": max(0, items.count() - 100),
        "payments": list(
            Payment.objects.filter(case=case).select_related("reversal").order_by("-valid_on", "-id")[:50]
        ),
        "days_past_due": (today - case.summary.oldest_due_on).days if case.summary.oldest_due_on else None,
        "points": points(case, request.user, now),  # type: ignore[arg-type]
        "events": timeline(case)[:100],
        "tasks": _tasks(case),
        "roles": Role.choices,
        "who": _who(case),
        "holds": case.holds.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today)).order_by("valid_on"),
    }
    return render(request, "desk/case.html", context)


def _who(case: Case) -> list[tuple[str, object]]:
    """The data sheet, numbers masked."""
    person = case.person
    rows: list[tuple[str, object]] = [
        (_("Number at the creditor"), person.number),
        (_("ID number"), person.id_masked),
        (_("Born on"), person.born_on),
        (_("Sex"), {"m": _("male"), "f": _("female")}.get(person.sex.lower(), person.sex)),
        (_("Household register"), person.region),
        (_("Told of the outsourcing"), case.summary.told_on),
        (_("Collector"), _names({case.summary.assignee_id}).get(case.summary.assignee_id or 0, "")),
        *((str(name), value) for name, value in person.details.items()),
    ]
    return [(label, value) for label, value in rows if value not in (None, "")]


def _tasks(case: Case) -> list[Task]:
    """Open tasks, each with its step as the version that made it has it."""
    tasks = list(Task.objects.filter(case=case, status=Task.Status.OPEN).select_related("step"))
    numbers = dict(Item.objects.filter(pk__in=[task.item_key for task in tasks]).values_list("pk", "number"))
    for task in tasks:
        task.detail = packs.step_of(task.pack_version_id, task.step.code)  # type: ignore[attr-defined]
        task.item_number = numbers.get(task.item_key, "")  # type: ignore[attr-defined]
    return sorted(tasks, key=lambda task: (task.detail.priority, task.due_on))  # type: ignore[attr-defined]


@require_role()
def why(request: HttpRequest, number: str) -> HttpResponse:
    """Every step of the playbook for this case: fires or not, and the facts that decide."""
    case, today = find_case(request, number), clock.today(request)
    found = explain(case, today, calendar=calendar())
    context = {
        "case": case,
        "today": today,
        "fires": [w for w in found if w.fires],
        "rests": [w for w in found if not w.fires],
    }
    return render(request, "desk/why.html", context)
