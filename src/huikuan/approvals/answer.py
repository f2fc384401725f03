"""The answer to a decision, for every room that carries it out: how the request now stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.approvals.decide import Decided
from huikuan.approvals.shown import ANSWERS, RELATED, shown
from huikuan.approvals.who import needed
from huikuan.casebook.models import Approval
from huikuan.web.fragments import CHANGED


@dataclass(frozen=True, slots=True)
class Choice:
    """What the decider must choose: name and label of the field, its values with their texts."""

    name: str
    label: str
    options: Iterable[tuple[int, str]]


def answer(request: HttpRequest, decided: Decided, *, choice: Choice | None = None) -> HttpResponse:
    """For htmx the row's last cell, with the problems in it; else the list with a message.

    422 while it still waits for this user's answer.
    """
    approval = decided.approval
    if approval is None:
        return HttpResponse(_said(decided), status=404, content_type="text/plain; charset=utf-8")
    if not request.headers.get("HX-Request"):
        show = messages.warning if decided.problems else messages.success
        show(request, _said(decided) or _outcome(decided, approval))
        return redirect("approvals:inbox")

    rows = Approval.objects.select_related(*RELATED).prefetch_related(*ANSWERS)
    found = rows.get(pk=approval.pk)
    (row,) = shown([found], request.user, timezone.now())  # type: ignore[arg-type]
    context = {
        "row": row,
        "problems": decided.problems,
        "choice": choice,
        "reason": request.POST.get("reason", ""),
    }

    waits = bool(decided.problems) and bool(row.url or row.take_back)
    status = 422 if waits else 200
    response = render(request, "approvals/decision.html", context, status=status)
    if decided.act is not None:
        response["HX-Trigger"] = CHANGED
    return response


def _outcome(decided: Decided, approval: Approval) -> str:
    """What came of the answer, in a sentence."""
    if decided.goes_on:
        return _("Agreed. Now it waits for: {who}.").format(who=needed(approval))
    return _("Decided: {status}.").format(status=approval.get_status_display())


def wants(request: HttpRequest) -> tuple[bool, str]:
    """What the decider sent: `grant` yes or no, and the reason."""
    return request.POST.get("grant") == "yes", request.POST.get("reason", "")


def _said(decided: Decided) -> str:
    return "; ".join(
        f"{problem.text(_)} {problem.remedy_text(_)}".strip() for problem in decided.problems
    )
