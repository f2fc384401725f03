"""Screens of penalties: what may be proposed, one penalty, the sheet of a month."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huikuan.casebook.models import Penalty
from huikuan.clocks.names import names_of
from huikuan.lib.csv_cells import plain
from huikuan.penalties.access import open_breaches, visible_penalties
from huikuan.penalties.decide import Changed, appeal, appeal_until, decide
from huikuan.penalties.forms import AppealForm, DecideForm, MonthForm, ProposeForm
from huikuan.penalties.propose import propose
from huikuan.penalties.sheet import sheet
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import today, user_of
from huikuan.web.export import Column, xlsx_response
from huikuan.web.fragments import attach
from huikuan.web.paging import numbered

MOST_BREACHES = 50
_COLUMNS = (
    Column(pgettext_lazy("penalty", "Who")),
    Column(gettext_lazy("Points"), "number"),
    Column(gettext_lazy("Trainings"), "number"),
    Column(gettext_lazy("Warnings"), "number"),
    Column(gettext_lazy("Deduction"), "money"),
)


@require_right(Right.WRITE)
def penalty_list(request: HttpRequest) -> HttpResponse:
    """Penalties that the user sees; for who proposes them also the missed deadlines."""
    user = user_of(request)
    page = numbered(request, visible_penalties(user).order_by("-proposed_at", "-pk"))
    breaches = list(open_breaches(user)[:MOST_BREACHES])
    names = names_of(breach.clock for breach in breaches)

    context = {
        "page": page,
        "breaches": [(breach, names[breach.clock_id]) for breach in breaches],
        "may_propose": user.may(Right.PROPOSE_PENALTIES),
    }
    return render(request, "penalties/list.html", context)


@require_right(Right.PROPOSE_PENALTIES, methods=("GET", "POST"))
def propose_page(request: HttpRequest, breach: int) -> HttpResponse:
    """Proposes a penalty for one missed deadline."""
    user = user_of(request)
    found = get_object_or_404(open_breaches(user), pk=breach)
    form = ProposeForm(request.POST or None, breach=found)
    if request.method == "POST" and form.is_valid():
        proposed = propose(found.pk, form.entry(), actor=user, at=timezone.now())
        if proposed.penalty is not None:
            messages.success(request, _("It is proposed, and whoever is named was told."))
            return redirect("penalties:penalty", penalty=proposed.penalty.pk)
        attach(form, proposed.problems)

    status = 422 if form.errors else 200
    name = names_of([found.clock])[found.clock_id]
    context = {"breach": found, "name": name, "form": form}
    return render(request, "penalties/propose.html", context, status=status)


@require_right(Right.WRITE)
def penalty_page(request: HttpRequest, penalty: int) -> HttpResponse:
    """One penalty: what was missed, why, the appeal, the decision."""
    return _page(request, _find(request, penalty))


def _find(request: HttpRequest, penalty: int) -> Penalty:
    seen = visible_penalties(user_of(request))
    related = ("appealed__actor", "answered__actor", "decided__actor")
    return get_object_or_404(seen.select_related(*related), pk=penalty)


def _page(request: HttpRequest, found: Penalty, **forms: Any) -> HttpResponse:
    """One penalty, with its forms as they were filled in."""
    user = user_of(request)
    clock = found.breach.clock
    is_open = found.status in (Penalty.Status.PROPOSED, Penalty.Status.APPEALED)
    is_other = user.pk not in (found.user_id, found.act.actor_id)
    may_appeal = found.user_id == user.pk and found.answered_id is None

    context = {
        "penalty": found,
        "clock": clock,
        "name": names_of([clock])[clock.pk],
        "appeal_until": appeal_until(found),
        "may_appeal": may_appeal and found.status in ("proposed", "granted"),
        "may_decide": is_open and is_other and user.may(Right.DECIDE_PENALTIES),
        "appealing": forms.get("appealing") or AppealForm(auto_id="appeal-%s"),
        "deciding": forms.get("deciding") or DecideForm(auto_id="decide-%s"),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "penalties/penalty.html", context, status=status)


@require_right(Right.WRITE, methods=("POST",))
def appeal_page(request: HttpRequest, penalty: int) -> HttpResponse:
    """Appeals against the own penalty."""
    found = _find(request, penalty)
    form = AppealForm(request.POST, auto_id="appeal-%s")
    if not form.is_valid():
        return _page(request, found, appealing=form)

    text = form.cleaned_data["text"]
    changed = appeal(found.pk, text=text, actor=user_of(request), at=timezone.now())
    return _answered(request, found, changed, form, _("The appeal stops the penalty."))


@require_right(Right.DECIDE_PENALTIES, methods=("POST",))
def decide_page(request: HttpRequest, penalty: int) -> HttpResponse:
    """POST grant (yes or no) and reason."""
    found = _find(request, penalty)
    form = DecideForm(request.POST, auto_id="decide-%s")
    if not form.is_valid():
        return _page(request, found, deciding=form)

    changed = decide(
        found.pk,
        grant=request.POST.get("grant") == "yes",
        reason=form.cleaned_data["reason"],
        actor=user_of(request),
        at=timezone.now(),
    )
    return _answered(request, found, changed, form, _("It is decided, and whoever is named told."))


def _answered(
    request: HttpRequest, found: Penalty, changed: Changed, form: Any, said: str
) -> HttpResponse:
    """To the page, with what was done, or with what is wrong beside its field."""
    if changed.penalty is None:
        raise Http404
    if not changed.done:
        attach(form, changed.problems)
        name = "appealing" if isinstance(form, AppealForm) else "deciding"
        return _page(request, found, **{name: form})
    messages.success(request, said)
    return redirect("penalties:penalty", penalty=found.pk)


@require_right(Right.WRITE)
def sheet_page(request: HttpRequest) -> HttpResponse:
    """The sheet of a month; of somebody who decides nothing, the own line."""
    form = MonthForm(request.GET)
    month = form.first_day(today(request))
    lines = sheet(user_of(request), month)
    context = {"lines": lines, "month": month, "form": form, "total": len(lines)}
    return render(request, "penalties/sheet.html", context)


@require_right(Right.WRITE)
def sheet_xlsx(request: HttpRequest) -> FileResponse:
    """The sheet as a workbook."""
    month = MonthForm(request.GET).first_day(today(request))
    return xlsx_response(f"penalties-{month:%Y-%m}", _COLUMNS, _rows(request, month))


@require_right(Right.WRITE)
def sheet_csv(request: HttpRequest) -> HttpResponse:
    """The sheet as CSV, which spreadsheets read with its byte order mark."""
    month = MonthForm(request.GET).first_day(today(request))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="penalties-{month:%Y-%m}.csv"'
    writer = csv.writer(response)
    writer.writerow([str(column.label) for column in _COLUMNS])
    for name, *figures, minor in _rows(request, month):
        writer.writerow([plain(name), *figures, f"{minor / 100:.2f}"])
    return response


def _rows(request: HttpRequest, month: Any) -> Iterator[tuple[Any, ...]]:
    for line in sheet(user_of(request), month):
        yield (
            str(line.user),
            line.points,
            line.trainings,
            line.warnings,
            line.amount_minor,
        )
