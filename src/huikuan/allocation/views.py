"""Screens of allocation for team leads and management: proposals, one proposal with its cases, absence."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from huikuan.allocation import absence as absences
from huikuan.allocation import edit, shown
from huikuan.allocation.access import collectors, may_allocate, visible_runs
from huikuan.allocation.confirm import Confirmed, Dropped, confirm
from huikuan.allocation.forms import AbsenceForm, LineFilter, ProposeForm
from huikuan.allocation.propose import NothingToAllocate, propose
from huikuan.allocation.rules import WrongRules
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import AllocationLine, AllocationRun, PlacementEvent
from huikuan.casebook.waiting import waiting
from huikuan.clocks.access import visible_clocks
from huikuan.clocks.shown import shown as shown_clocks
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import forbidden, require_right
from huikuan.web.asked import number_in, user_of
from huikuan.web.paging import keyset

Status = AllocationRun.Status
#: Clocks above the list; the others stand on their own page.
MOST_CLOCKS = 5
STATUS_TONES = {Status.PROPOSED: "warn", Status.CONFIRMED: "good", Status.DROPPED: "neutral"}
CAUSES = {
    "new": gettext_noop("new cases"),
    "absence": gettext_noop("absence"),
    "return": gettext_noop("back from absence"),
}


def today(user: User) -> dt.date:
    """The local day of the user's organisation."""
    zone = (
        ZoneInfo(user.organisation.timezone)
        if user.organisation
        else timezone.get_default_timezone()
    )
    return timezone.localtime(timezone.now(), zone).date()


def _find(request: HttpRequest, pk: int) -> AllocationRun:
    run = (
        visible_runs(user_of(request))
        .select_related("team", "organisation", "act__actor")
        .filter(pk=pk)
        .first()
    )
    if run is None:
        raise Http404
    return run


@require_right(Right.ALLOCATE)
def proposals(request: HttpRequest) -> HttpResponse:
    """Open and past proposals, what waits, and the clocks that run."""
    user = user_of(request)
    runs = visible_runs(user).select_related("team", "act__actor")
    page = keyset(request, runs, ("-proposed_at", "-pk"))
    for run in page.rows:
        _dress(run)
    told = PlacementEvent.objects.filter(kind=PlacementEvent.Kind.LEAD_TOLD)
    clocks = visible_clocks(user).filter(
        subject_kind="placement",
        subject_id__in=told.values("placement"),
        met_at__isnull=True,
        due_at__isnull=False,
    )
    now = timezone.now()
    context = {
        "page": page,
        "total": runs.count(),
        "form": ProposeForm(user=user),
        "waiting": _waiting(user),
        "clocks": shown_clocks(clocks.order_by("due_at")[:MOST_CLOCKS], now),
    }
    return render(request, "allocation/proposals.html", context)


def _waiting(user: User) -> int:
    return visible_cases(user).filter(waiting()).count()


def _dress(run: AllocationRun) -> None:
    run.tone = STATUS_TONES[Status(run.status)]  # type: ignore[attr-defined]
    run.cause_text = _(CAUSES.get(run.cause, run.cause))  # type: ignore[attr-defined]
    run.unplaced = run.summary.get("cases", 0) - run.summary.get("placed", 0)  # type: ignore[attr-defined]


@require_right(Right.ALLOCATE, methods=("POST",))
def make(request: HttpRequest) -> HttpResponse:
    """A new proposal for today."""
    user = user_of(request)
    form = ProposeForm(request.POST, user=user)
    if not form.is_valid() or not may_allocate(user, form.cleaned_data["team"]):
        return forbidden(request, _("You may allocate to your own team only."))
    return _propose(request, lambda: propose(
        user.organisation, today(user), team=form.cleaned_data["team"], actor=user, at=timezone.now(),  # type: ignore[arg-type]
    ))  # fmt: skip


def _propose(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        run = act()
    except NothingToAllocate:
        messages.info(request, _("No case waits for allocation."))
        return redirect("allocation:proposals")
    except WrongRules as error:
        context = {"problems": error.problems}
        return render(request, "allocation/wrong_rules.html", context, status=422)
    return redirect("allocation:proposal", pk=run.pk)


@require_right(Right.ALLOCATE)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What each collector gets, and every case with its reason."""
    run = _find(request, pk)
    _dress(run)
    rows = shown.rows_of(run)
    names = {row.user: row.name for row in rows}
    form = LineFilter(request.GET, run=run, names=names)
    found = _lines(run, form.chosen)
    page = keyset(request, found.select_related("case__summary", "case__creditor", "user"), ("pk",))
    names |= shown.name_of(
        {
            line.reason[key]
            for line in page.rows
            for key in ("other", "by", "from")
            if line.reason.get(key)
        }
        - set(names)
    )
    for line in page.rows:
        _dress_line(line, run, names)
    context = {
        "run": run,
        "rows": rows,
        "most": max((row.cases for row in rows), default=0),
        "currencies": sorted({currency for row in rows for currency in row.minor}),
        "ages": run.summary.get("ages", []),
        "form": form,
        "page": page,
        "total": found.count(),
        "left": [(shown.left_text(code), n) for code, n in run.summary.get("left", {}).items()],
        "skipped": [
            (shown.skipped_text(code), n) for code, n in run.summary.get("skipped", {}).items()
        ],
        "editable": run.status == Status.PROPOSED,
    }
    return render(request, "allocation/proposal.html", context)


def _lines(run: AllocationRun, chosen: dict[str, Any]) -> QuerySet[AllocationLine]:
    found = AllocationLine.objects.filter(run=run)
    if text := chosen.get("q", "").strip():
        found = found.filter(case__number__istartswith=text)
    if (collector := chosen.get("collector")) is not None:
        found = (
            found.filter(user__isnull=True)
            if collector == "none"
            else found.filter(user_id=int(collector))
        )
    if code := chosen.get("creditor"):
        found = found.filter(case__creditor__code=code)
    for key in ("age", "principle"):
        if value := chosen.get(key):
            found = found.filter(**{f"reason__{key}": value})
    return found


def _dress_line(line: AllocationLine, run: AllocationRun, names: dict[int, str]) -> None:
    due = line.case.summary.oldest_due_on
    line.days = (run.on - due).days if due else None  # type: ignore[attr-defined]
    line.text = shown.reason_text(line.reason, names)  # type: ignore[attr-defined]
    line.principle = _(shown.PRINCIPLES.get(line.reason.get("principle", ""), ""))  # type: ignore[attr-defined]


@require_right(Right.ALLOCATE, methods=("POST",))
def move_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves the chosen cases; says what was refused and why, and warns when the collector is over capacity or away."""
    run, user = _find(request, pk), user_of(request)
    back = redirect(reverse("allocation:proposal", args=[pk]) + _filters(request))
    chosen = [key for key in map(number_in, request.POST.getlist("line")) if key]
    to = request.POST.get("to", "")
    target = (
        None
        if to == "none"
        else collectors(run.organisation_id, run.team).filter(pk=number_in(to) or 0).first()
    )
    if not chosen or (target is None and to != "none"):
        messages.warning(request, _("Choose cases with x and a collector, then move them."))
        return back
    try:
        moved = edit.move(run, chosen, target, user, timezone.now())
    except edit.NotOpen as error:
        messages.error(request, _(str(error.__doc__)))
        return back
    _tell_moved(request, moved, target)
    return back


def _filters(request: HttpRequest) -> str:
    text = request.POST.get("filters", "")
    return f"?{text}" if text else ""


def _tell_moved(request: HttpRequest, moved: edit.Moved, target: User | None) -> None:
    if moved.moved:
        text = ngettext("%(n)s case was moved.", "%(n)s cases were moved.", moved.moved)
        messages.success(request, text % {"n": moved.moved})
    elif not moved.refused:
        messages.info(request, _("The chosen cases were there already."))
    for code, number in edit.refusal_counts(moved).items():
        messages.error(
            request,
            _("{n} cases were not moved: {why}.").format(n=number, why=shown.lacks_text(code)),
        )
    if moved.over:
        text = _("{name} is now {n} cases above capacity.")
        messages.warning(request, text.format(name=target, n=moved.over))
    if moved.absent:
        messages.warning(request, _("{name} is absent on this day.").format(name=target))


@require_right(Right.ALLOCATE, methods=("POST",))
def confirm_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms; a second one is told who was first."""
    run = _find(request, pk)
    try:
        done = confirm(run, user_of(request), timezone.now())
    except Dropped as error:
        messages.error(request, _(str(error.__doc__)))
        return redirect("allocation:proposal", pk=pk)
    _tell_confirmed(request, done)
    return redirect("allocation:proposal", pk=pk)


def _tell_confirmed(request: HttpRequest, done: Confirmed) -> None:
    if done.already:
        text = _("{name} confirmed this proposal at {at}; nothing was changed now.")
        at = f"{timezone.localtime(done.at):%Y-%m-%d %H:%M}" if done.at else "—"
        messages.info(request, text.format(name=done.by or "—", at=at))
        return
    text = ngettext("%(n)s case was allocated.", "%(n)s cases were allocated.", done.assigned)
    messages.success(request, text % {"n": done.assigned})
    for code, number in done.skipped.items():
        messages.warning(
            request,
            _("{n} cases were left as they are: {why}.").format(
                n=number, why=shown.skipped_text(code)
            ),
        )


@require_right(Right.ALLOCATE, methods=("POST",))
def drop_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Drops an open proposal."""
    try:
        edit.drop(_find(request, pk), user_of(request), timezone.now())
    except edit.NotOpen as error:
        messages.error(request, _(str(error.__doc__)))
    else:
        messages.success(request, _("The proposal was dropped."))
    return redirect("allocation:proposals")


@require_right(Right.ALLOCATE, methods=("GET", "POST"))
def absence(request: HttpRequest) -> HttpResponse:
    """Who is away; their cases go to colleagues and come back."""
    user = user_of(request)
    action = request.POST.get("action", "")
    form = AbsenceForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and action in ("take", "back", "here"):
        return _act_on_absence(request, user, action)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        absences.set_absence(
            values["user"], values["absent_from"], values["absent_until"], user, timezone.now()
        )
        messages.success(
            request, _("The absence of {name} was recorded.").format(name=values["user"])
        )
        return redirect("allocation:absence")
    on = today(user)
    away = [_dress_away(person, on) for person in _people(user).filter(absent_from__isnull=False)]
    context = {"form": form, "away": away, "on": on}
    return render(request, "allocation/absence.html", context, status=422 if form.errors else 200)


def _people(user: User) -> QuerySet[User]:
    if user.may_in_house(Right.ALLOCATE):
        return collectors(user.organisation_id or 0, None)
    return collectors(user.organisation_id or 0, user.team) if user.team else User.objects.none()


def _dress_away(person: User, on: dt.date) -> User:
    person.away_now = person.is_away(on)  # type: ignore[attr-defined]
    return person


def _act_on_absence(request: HttpRequest, user: User, action: str) -> HttpResponse:
    person = _people(user).filter(pk=number_in(request.POST.get("user")) or 0).first()
    if person is None:
        raise Http404
    if not may_allocate(user, person.team):
        return forbidden(request, _("You may allocate to your own team only."))
    if action == "here":
        absences.set_absence(person, None, None, user, timezone.now())
        messages.success(request, _("{name} is here again.").format(name=person))
        return redirect("allocation:absence")
    room = absences.propose_absence if action == "take" else absences.propose_return
    return _propose(request, lambda: room(person, today(user), user, timezone.now()))
