"""Screen of the rows that wait: some of them are given up."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_placements
from huikuan.intake.forms import GiveUpForm
from huikuan.intake.waiting_rows import give_up
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of


@require_right(Right.IMPORT, methods=("POST",))
def give_up_rows(request: HttpRequest, number: str) -> HttpResponse:
    """Gives up rows of a batch, with a reason; the page of the batch says how that went."""
    user = user_of(request)
    if not visible_placements(user).filter(number=number).exists():
        raise Http404

    form = GiveUpForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the rows, such as 17, 20-22, and why."))
        return redirect("intake:placement", number=number)

    rows = form.cleaned_data["rows"]
    reason = form.cleaned_data["reason"]
    given_up = give_up(number, rows, reason=reason, actor=user, at=timezone.now())
    if given_up.done:
        text = _("Rows that are waited for no more: {count}.")
        messages.success(request, text.format(count=given_up.rows))
    for each in given_up.problems:
        messages.error(request, each.text(_))
    return redirect("intake:placement", number=number)
