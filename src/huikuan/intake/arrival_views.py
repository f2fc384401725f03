"""Screen of an arrival: a batch lies in its channel, and somebody notes it before it is fetched."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_placements
from huikuan.intake.arrive import arrive
from huikuan.intake.creditors import creditor_of
from huikuan.intake.forms import ArrivalForm, NameForm, offers_examples
from huikuan.intake.name import name_handler
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of


@require_right(Right.IMPORT, methods=("GET", "POST"))
def arrival(request: HttpRequest) -> HttpResponse:
    """Gives the batch its number; its clocks run from its arrival, whenever that was noted."""
    user = user_of(request)
    now = timezone.now()
    form = ArrivalForm(
        request.POST or None,
        user=user,
        overlay=settings.HUIKUAN.packs,
        examples=offers_examples(),
        now=now,
    )
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "intake/arrival.html", {"form": form}, status=status)

    values = form.cleaned_data
    chosen = form.mappings[values["mapping"]]
    creditor = creditor_of(values["creditor"], chosen, user.organisation)  # type: ignore[arg-type]
    if creditor is None:
        raise Http404

    noted = arrive(
        creditor,
        chosen.name,
        values["file_name"],
        user,
        at=now,
        arrived_at=values["received_at"],
    )
    if noted.act.at < now:
        text = _("{number} was noted before, as of {moment}; it keeps this moment.")
        came = timezone.localtime(noted.received_at)
        said = text.format(number=noted.number, moment=f"{came:%Y-%m-%d %H:%M}")
        messages.warning(request, said)
    else:
        messages.success(request, _("{number} has arrived.").format(number=noted.number))
    return redirect("intake:placement", number=noted.number)


@require_right(Right.NAME_HANDLERS, methods=("POST",))
def name_person(request: HttpRequest, number: str) -> HttpResponse:
    """Names who handles a batch in a special case; the page of the batch says how that went."""
    user = user_of(request)
    if not visible_placements(user).filter(number=number).exists():
        raise Http404

    form = NameForm(request.POST, user=user)
    if not form.is_valid():
        messages.error(request, _("Choose who handles it, and write what is special."))
        return redirect("intake:placement", number=number)

    chosen = form.cleaned_data["user"]
    reason = form.cleaned_data["reason"]
    named = name_handler(number, chosen, reason=reason, actor=user, at=timezone.now())
    if named.done:
        text = _("{who} handles this batch and was told.")
        messages.success(request, text.format(who=chosen))
    for each in named.problems:
        messages.error(request, each.text(_))
    return redirect("intake:placement", number=number)
