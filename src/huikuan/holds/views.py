"""The list of holds, the decision of a proposal, and the fragments that set, propose and end a hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.approvals import nobody
from huikuan.approvals.answer import Choice, answer, wants
from huikuan.approvals.decide import waiting
from huikuan.casebook import packs
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, Case, Hold
from huikuan.engine.parameters import REVIEW_DAYS
from huikuan.holds import decide as deciding
from huikuan.holds import end as ending
from huikuan.holds.entry import reach_of
from huikuan.holds.forms import EndForm, HoldFilter, HoldForm, named_items
from huikuan.holds.listed import listed
from huikuan.holds.place import place
from huikuan.holds.propose import propose
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import find_case, number_in, today, user_of
from huikuan.web.fragments import attach, fragment
from huikuan.web.paging import keyset


@require_right()
def hold_list(request: HttpRequest) -> HttpResponse:
    """Holds of the cases that the user sees, those that stand the longest first."""
    user = user_of(request)
    on = today(request)
    form = HoldFilter(request.GET)
    found = listed(user, form.chosen, on)
    rows = found.select_related("case__person", "case__summary", "item", "account", "act__actor")
    page = keyset(request, rows, ("valid_on", "pk"))
    for hold in page.rows:
        hold.review_on = _review(hold, on)
        hold.days = (on - hold.valid_on).days
        hold.reach = reach_of(hold.scope, hold.case.person)
    proposals = waiting(user, today(request)).filter(kind=Approval.Kind.HOLD).count()
    context = {
        "page": page,
        "form": form,
        "total": found.count(),
        "today": on,
        "proposals": proposals,
    }
    return render(request, "holds/list.html", context | {"may_end": user.may(Right.DECIDE_HOLDS)})


def _review(hold: Hold, today: dt.date) -> dt.date | None:
    """The next review: only what holds the whole case has one, counted from its first hold."""
    since: dt.date | None = hold.case.summary.held_from
    days = packs.days_of_case(hold.case, today, REVIEW_DAYS)
    if since is None or hold.ended_on is not None or not days:
        return None

    reviews = max(1, -((since - today).days // days))
    return since + dt.timedelta(days=reviews * days)


@require_right(methods=("GET", "POST"))
def place_page(request: HttpRequest, number: str) -> HttpResponse:
    """Sets a hold on a case at once: team leads and managers."""
    return _new(request, number, direct=True)


@require_right(methods=("GET", "POST"))
def propose_page(request: HttpRequest, number: str) -> HttpResponse:
    """Proposes a hold, to be decided by a team lead or manager."""
    return _new(request, number, direct=False)


def _new(request: HttpRequest, number: str, *, direct: bool) -> HttpResponse:
    user, at, saved = user_of(request), timezone.now(), None
    case = find_case(request, number, "person")
    initial = {"on": day_of(case.organisation, at)} | {
        name: request.GET[name]
        for name in ("kind", "scope", "item", "account", "contact")
        if name in request.GET
    }
    form = HoldForm(request.POST or None, case=case, initial=initial, auto_id="hold-%s")
    if request.method == "POST" and form.is_valid():
        saved, problems = _save(case, form, user, at, direct)
        attach(form, problems)
        if saved is not None and not request.headers.get("HX-Request"):
            if direct:
                messages.success(request, _("The case is on hold."))
            else:
                nobody.tell(request, saved, _("The hold is proposed."))
            return redirect("case", number=case.number)
    context = {
        "case": case,
        "reach": reach_of(saved.scope, case.person) if direct and saved else "",
        "form": form,
        "saved": saved,
        "direct": direct,
        "said": _said(saved, direct),
        "may_place": user.may(Right.DECIDE_HOLDS),
    }
    heading = (_("Set a hold: {number}") if direct else _("Propose a hold: {number}")).format(
        number=case.number
    )
    return fragment(
        request, "holds/new.html", context | {"writes": not may_only_look(user)}, heading=heading,
        back=reverse("case", args=[case.number]), status=422 if form.errors else 200, changed=saved is not None,
    )  # fmt: skip


def _said(saved: Any, direct: bool) -> str:
    """Who decides a proposal, or that nobody here can."""
    if direct or saved is None:
        return ""
    text, _somebody = nobody.told(saved, _("A team lead or manager decides; you will be told."))
    return text


def _save(case: Case, form: HoldForm, user: User, at: dt.datetime, direct: bool) -> tuple[Any, Any]:
    if direct:
        placed = place(case.pk, form.entry(), actor=user, at=at)
        return placed.hold, placed.problems
    contact = form.cleaned_data["contact"]
    proposed = propose(case.pk, form.entry(), actor=user, at=at, contact_id=contact)
    return proposed.approval, proposed.problems


@require_right(methods=("GET", "POST"))
def end_page(request: HttpRequest, hold: int) -> HttpResponse:
    """Ends a hold: team leads and managers."""
    user, at, ended = user_of(request), timezone.now(), False
    found = ending.find_hold(hold, user)
    if found is None:
        raise Http404
    name = f"hold-{hold}-%s"
    form = EndForm.fresh(day_of(found.case.organisation, at), name)
    if request.method == "POST":
        form = EndForm(request.POST, auto_id=name)
        if form.is_valid():
            done = ending.end(
                hold,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                actor=user,
                at=at,
            )
            attach(form, done.problems)
            ended, found = done.hold is not None, done.hold or found
            if ended and not request.headers.get("HX-Request"):
                messages.success(request, _("The hold has ended."))
                return redirect("holds:list")
    context = {"hold": found, "form": form, "ended": ended, "may_end": user.may(Right.DECIDE_HOLDS)}
    return fragment(
        request, "holds/end.html", context, heading=_("End of a hold: {number}").format(number=found.case.number),
        back=reverse("holds:list"), status=422 if form.errors else 200, changed=ended,
    )  # fmt: skip


@require_right(methods=("POST",))
def decide_page(request: HttpRequest, approval: int) -> HttpResponse:
    """POST grant (yes or no), reason, and the item or account when the proposal does not say it. Answers how it stands."""
    grant, reason = wants(request)
    chosen = {f"{name}_id": number_in(request.POST.get(name)) for name in ("item", "account")}
    decided = deciding.decide(
        approval, grant=grant, reason=reason, actor=user_of(request), at=timezone.now(), **chosen
    )
    return answer(
        request,
        decided,
        choice=_choice({str(problem.column) for problem in decided.problems}, decided.approval),
    )


@require_right(methods=("POST",))
def withdraw_page(request: HttpRequest, approval: int) -> HttpResponse:
    """POST: the proposer takes it back. Answers how it stands."""
    return answer(request, deciding.withdraw(approval, actor=user_of(request), at=timezone.now()))


def _choice(asked: set[str], approval: Approval | None) -> Choice | None:
    """The items or accounts to choose from, when the grant failed because none was said."""
    if approval is None or approval.case is None:
        return None
    if "item" in asked:
        items = approval.case.items.select_related("summary").filter(summary__open_minor__gt=0)
        return Choice("item", _("Item"), named_items(items.order_by("due_on"), approval.case))
    if "account" in asked:
        return Choice(
            "account", _("Account"), list(approval.case.accounts.values_list("pk", "number_shown"))
        )
    return None
