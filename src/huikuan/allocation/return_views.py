"""The list of open cases by day of return, with return, retention and recall of the chosen ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import DateField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.allocation import returns as verbs
from huikuan.allocation.forms import ReturnAction, ReturnFilter
from huikuan.allocation.shown import name_of
from huikuan.allocation.views import today, user_of
from huikuan.casebook.access import visible_cases
from huikuan.casebook.facts import FOREVER
from huikuan.casebook.models import Case
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import number_in
from huikuan.web.paging import keyset


@require_right(Right.ALLOCATE, methods=("GET", "POST"))
def returns(request: HttpRequest) -> HttpResponse:
    """Open cases, those whose day of return comes first on top."""
    user = user_of(request)
    action = ReturnAction(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and action.is_valid()
        and (answer := _act(request, action.cleaned_data))
    ):
        return answer
    on = today(user)
    form = ReturnFilter(request.GET, user=user)
    found = _filtered(visible_cases(user).filter(summary__is_open=True), form.chosen, on)
    last = Coalesce(F("summary__return_on"), Value(FOREVER), output_field=DateField())
    page = keyset(
        request,
        found.annotate(last_on=last).select_related("summary", "creditor", "person"),
        ("last_on", "pk"),
    )
    names = name_of({case.summary.assignee_id for case in page.rows if case.summary.assignee_id})
    for case in page.rows:
        case.holder = names.get(case.summary.assignee_id)
        case.late = case.summary.return_on is not None and case.summary.return_on < on
    context = {"page": page, "form": form, "action": action, "total": found.count(), "on": on}
    return render(request, "allocation/returns.html", context, status=422 if action.errors else 200)


def _filtered(found: QuerySet[Case], chosen: dict[str, Any], on: dt.date) -> QuerySet[Case]:
    if text := chosen.get("q", "").strip():
        found = found.filter(number__istartswith=text)
    if code := chosen.get("creditor"):
        found = found.filter(creditor__code=code)
    due = chosen.get("due")
    if due == "over":
        return found.filter(summary__return_on__lt=on)
    return found.filter(summary__return_on__lte=on + dt.timedelta(days=int(due))) if due else found


def _act(request: HttpRequest, values: dict[str, Any]) -> HttpResponse | None:
    user, at = user_of(request), timezone.now()
    chosen = [key for key in map(number_in, request.POST.getlist("case")) if key]
    filters = request.POST.get("filters", "")
    back = redirect(reverse("allocation:returns") + (f"?{filters}" if filters else ""))
    if not chosen:
        messages.warning(request, _("Choose cases with x first."))
        return back
    common: dict[str, Any] = {"on": today(user), "at": at, "reason": values["reason"]}
    try:
        if values["action"] == "retain":
            done = verbs.retain_cases(chosen, values["until_on"], user, **common)
        elif values["action"] == "recall":
            done = verbs.recall_cases(chosen, user, **common)
        else:
            done = verbs.return_cases(chosen, user, **common)
    except verbs.WrongDay as error:
        messages.error(request, _(str(error.__doc__)))
        return back
    texts = {
        "return": ngettext("%(n)s case was returned.", "%(n)s cases were returned.", len(done)),
        "retain": ngettext("%(n)s case is kept.", "%(n)s cases are kept.", len(done)),
        "recall": ngettext("%(n)s case was recalled.", "%(n)s cases were recalled.", len(done)),
    }
    messages.success(request, texts[values["action"]] % {"n": len(done)})
    if missing := len(set(chosen)) - len(done):
        text = _("{n} cases were left as they are: closed meanwhile, or not yours.")
        messages.warning(request, text.format(n=missing))
    return back
