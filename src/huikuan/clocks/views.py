"""Screens of the clocks: the list, and one clock with the form that gives it more time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.models import Clock
from huikuan.clocks.access import visible_clocks
from huikuan.clocks.extend import extend, is_extended_elsewhere, may_extend, terms_of
from huikuan.clocks.forms import ClockFilter, ExtendForm, LiftForm
from huikuan.clocks.lift import lift, may_lift, standing
from huikuan.clocks.names import pages_of
from huikuan.clocks.shown import in_state, shown
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.fragments import attach
from huikuan.web.paging import numbered


@require_right()
def clock_list(request: HttpRequest) -> HttpResponse:
    """Clocks of the user's roles, or of all of them; those that run out first in front."""
    user = user_of(request)
    now = timezone.now()
    form = ClockFilter(request.GET)
    clocks = visible_clocks(user, void_too=True)
    state = form.chosen.get("state", "")
    page = numbered(request, in_state(clocks, state, now))

    to_lift = 0
    if state != "explained" and user.may(Right.LIFT_BREACHES):
        to_lift = in_state(clocks, "explained", now).count()

    titles = roles.titles(user.organisation_id)
    context = {
        "page": page,
        "rows": [(row, titles[row.clock.role]) for row in shown(page.object_list, now)],
        "form": form,
        "total": page.paginator.count,
        "to_lift": to_lift,
    }
    return render(request, "clocks/list.html", context)


@require_right(methods=("GET", "POST"))
def clock_page(request: HttpRequest, clock: int) -> HttpResponse:
    """One clock: what it counts, what was given to it, what was missed; the form for more time."""
    user = user_of(request)
    now = timezone.now()
    found = _find(clock, user)
    if found is None:
        raise Http404

    form = ExtendForm(request.POST or None, auto_id="clock-%s")
    if request.method == "POST" and form.is_valid():
        extended = extend(
            found.pk,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            actor=user,
            at=now,
        )
        if extended.done:
            messages.success(request, _("The deadline is extended."))
            return redirect("clocks:clock", clock=found.pk)
        attach(form, extended.problems)

    status = 422 if form.errors else 200
    return render(request, "clocks/clock.html", _of_one(found, form, user, now), status=status)


@require_right(Right.LIFT_BREACHES, methods=("POST",))
def lift_breach(request: HttpRequest, clock: int) -> HttpResponse:
    """Lifts the breach of a clock that stands, with the reason that the form gives."""
    user = user_of(request)
    now = timezone.now()
    found = _find(clock, user)
    if found is None:
        raise Http404

    form = LiftForm(request.POST, auto_id="lift-%s")
    if form.is_valid():
        lifted = lift(found.pk, reason=form.cleaned_data["reason"], actor=user, at=now)
        if lifted.done:
            messages.success(request, _("The breach is lifted. It stays to be read."))
            return redirect("clocks:clock", clock=found.pk)
        attach(form, lifted.problems)

    extending = ExtendForm(auto_id="clock-%s")
    context = _of_one(found, extending, user, now, lifting=form)
    return render(request, "clocks/clock.html", context, status=422)


def _find(clock: int, user: User) -> Clock | None:
    """The deadline, if the user sees it; also one whose start was taken back."""
    seen = visible_clocks(user, void_too=True).select_related("case", "organisation")
    return seen.filter(pk=clock).first()


def _of_one(
    found: Clock,
    form: ExtendForm,
    user: Any,
    now: dt.datetime,
    lifting: LiftForm | None = None,
) -> dict[str, Any]:
    """What the page of one clock shows."""
    breach = standing(found.pk)
    terms = terms_of(found)
    titles = roles.titles(user.organisation_id)
    extending = [titles[code] for code in terms.roles] if terms is not None else []

    return {
        "row": shown([found], now)[0],
        "pages": pages_of(found, user),
        "role": titles[found.role],
        "terms": terms,
        "extending": extending,
        "is_elsewhere": is_extended_elsewhere(found),
        "may_extend": may_extend(found, user, terms, now),
        "form": form,
        "extensions": found.extensions.select_related("act__actor").order_by("given_at"),
        "breaches": [
            (each, titles[each.role])
            for each in found.breaches.select_related(
                "explained_by__actor", "lifted_by__actor"
            ).order_by("recorded_at")
        ],
        "may_lift": breach is not None and may_lift(breach, user),
        "lifting": lifting or LiftForm(auto_id="lift-%s"),
    }
