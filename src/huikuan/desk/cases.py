"""The case list and the case page: who, what is owed, how they may be reached now, what happened, what comes next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huikuan.approvals.step import requests_of_steps
from huikuan.casebook.access import visible_cases
from huikuan.casebook.calendar import calendar
from huikuan.casebook.models import Approval, Case, CaseNote, Hold
from huikuan.casebook.search import find_cases
from huikuan.contacts.file import identity
from huikuan.desk import clock
from huikuan.desk.file import open_tasks, owed, state_of
from huikuan.desk.filters import CaseFilterForm, WorkFilterForm
from huikuan.desk.next_step import agreed_next, next_step
from huikuan.desk.points import call_refused, first_call, points
from huikuan.desk.timeline import timeline
from huikuan.desk.worklist import query_of
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.planning.explain import explain
from huikuan.planning.worklist import MOST_FOUND
from huikuan.web.access import require_right
from huikuan.web.asked import find_case as find
from huikuan.web.asked import number_in
from huikuan.web.paging import keyset

#: Events that can be read one part after the other.
MOST_EVENTS = 100_000


@require_right()
def case_list(request: HttpRequest) -> HttpResponse:
    user, today = request.user, clock.today(request)
    form = CaseFilterForm(request.GET, user=user)
    found = _filtered(user, form.chosen, today)  # type: ignore[arg-type]
    cases = found.select_related("person", "creditor", "summary")
    page = keyset(request, cases, ("-summary__balance_minor", "pk"))
    names = _names({case.summary.assignee_id for case in page.rows})
    for case in page.rows:
        case.assignee = names.get(case.summary.assignee_id)
        due = case.summary.oldest_due_on
        case.days_past_due = (today - due).days if due else None
    return render(request, "desk/cases.html", {"page": page, "form": form, "total": found.count()})


def _filtered(user: User, chosen: dict[str, str], today: dt.date) -> QuerySet[Case]:
    cases = visible_cases(user)
    if text := chosen.get("q", "").strip():
        cases = cases.filter(pk__in=find_cases(user, text, MOST_FOUND))
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
    """The case with all that its page shows of it."""
    return find(request, number, "person", "creditor", "summary", "placement")


@require_right()
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    case, today, now = find_case(request, number), clock.today(request), clock.now()
    user: Any = request.user
    shown = points(case, user, now)
    state = state_of(case, today)
    tasks = open_tasks(case, today, user)
    context = {
        "case": case,
        "person": case.person,
        "company": case.person.kind == case.person.Kind.COMPANY,
        "summary": case.summary,
        "today": today,
        "state": state,
        "owed": owed(case, paid="payments" in state.has),
        "points": shown,
        "first_call": first_call(shown),
        "call_refused": call_refused(shown),
        "part": timeline(case, user),
        "tasks": tasks,
        "later": next_step(case, today, tasks),
        "agreed": agreed_next(case, today),
        "roles": roles.titles(user.organisation_id),
        "who": _who(case, user),
        "holds": _holds(case, today) if "holds" in state.has else [],
        # What the house asks and tells itself is none of the client's.
        "asked": _asked(case) if "approvals" in state.has and not user.is_client else [],
        "handover": _handover(case) if "notes" in state.has and not user.is_client else [],
        "query": query_of(WorkFilterForm(request.GET, user=user)) if request.GET else "",
        "walks": user.may(Right.WALK_LIST),
    }
    return render(request, "desk/case.html", context)


def _holds(case: Case, today: dt.date) -> QuerySet[Hold]:
    return case.holds.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today)).order_by("valid_on")


def _asked(case: Case) -> QuerySet[Approval]:
    return (
        case.approvals.filter(status=Approval.Status.WAITING)
        .select_related("act__actor")
        .order_by("pk")
    )


def _handover(case: Case) -> QuerySet[CaseNote]:
    return (
        case.notes.filter(kind=CaseNote.Kind.HANDOVER)
        .select_related("act__actor")
        .order_by("-pk")[:2]
    )


@require_right()
def case_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """More of what happened, from event number `?from=` on."""
    case = find_case(request, number)
    first = min(number_in(request.GET.get("from")) or 0, MOST_EVENTS)
    part = timeline(case, request.user, first)  # type: ignore[arg-type]
    return render(request, "desk/timeline_part.html", {"case": case, "part": part})


def _who(case: Case, user: User) -> list[tuple[str, object]]:
    """The data sheet, numbers masked."""
    person, holder = case.person, case.summary.assignee_id
    rows: list[tuple[str, object]] = [
        (_("Number at the creditor"), person.given_number),
        *identity(person),
        (_("Told of the outsourcing"), case.summary.told_on),
        (_("Collector"), str(user) if holder == user.pk else _names({holder}).get(holder or 0, "")),
        *((str(name), value) for name, value in person.details.items()),
    ]
    return [(label, value) for label, value in rows if value not in (None, "")]


@require_right()
def why(request: HttpRequest, number: str) -> HttpResponse:
    """Every step of the playbook for this case: fires or not, and the facts that decide."""
    case, today = find_case(request, number), clock.today(request)
    found = explain(case, today, calendar=calendar())
    context = {
        "case": case,
        "today": today,
        "fires": [w for w in found if w.fires],
        "rests": [w for w in found if not w.fires],
        "requests": requests_of_steps(case, today),
        "roles": roles.titles(case.organisation_id),
    }
    return render(request, "desk/why.html", context)
