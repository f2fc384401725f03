"""The screen on which a lead sets targets; what was reached stands in the reports."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.allocation.access import collectors
from huikuan.allocation.forms import TargetForm
from huikuan.allocation.targets import NotYours, in_force, set_targets
from huikuan.allocation.views import today, user_of
from huikuan.casebook.calendar import calendar
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import forbidden, require_right


@require_right(Right.SET_TARGETS, methods=("GET", "POST"))
def targets(request: HttpRequest) -> HttpResponse:
    """Three targets for each collector, from today or a later day on."""
    user = user_of(request)
    on, people = today(user), _people(user)
    asked = request.POST if request.method == "POST" else None
    form = TargetForm(
        asked,
        people=people,
        today=on,
        tomorrow=calendar().next_working_day(on),
        held=in_force(people, on),
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = set_targets(form.wanted(), form.cleaned_data["from_on"], user, timezone.now())
        except NotYours:
            return forbidden(request, _("You may set targets for your own team only."))
        text = ngettext("%(n)s target was set.", "%(n)s targets were set.", changed) % {
            "n": changed
        }
        messages.success(
            request, text if changed else _("These targets hold already; nothing was changed.")
        )
        return redirect("reports:targets")
    context = {"form": form, "people": people}
    return render(request, "allocation/targets.html", context, status=422 if form.errors else 200)


def _people(user: User) -> list[User]:
    if user.may_in_house(Right.SET_TARGETS):
        return list(collectors(user.organisation_id or 0, None))
    return list(collectors(user.organisation_id or 0, user.team)) if user.team else []
