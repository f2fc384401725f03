"""The gate on the screen: the answer to one act as a card for htmx, or as JSON for a dialer. Each answer is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Case, ContactPoint, GateDecision
from huikuan.gate import describe
from huikuan.gate.check import Impossible, check
from huikuan.web.access import require_right


@require_right(methods=("POST",))
def ask_page(request: HttpRequest, number: str) -> HttpResponse:
    """POST point, channel, purpose, style, staff → the decision, kept; as JSON when that is asked for.

    404 for a case that the user may not see, 400 for what is no act.
    """
    user: Any = request.user
    case = (
        visible_cases(user).select_related("person", "organisation").filter(number=number).first()
    )
    if case is None:
        raise Http404
    try:
        decision = _decide(case, request, user, timezone.now())
    except (Impossible, ValueError) as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(describe.as_json(decision))
    return render(request, "gate/answer.html", card(decision))


def _decide(case: Case, request: HttpRequest, user: Any, at: dt.datetime) -> GateDecision:
    given = request.POST
    point = (
        ContactPoint.objects.filter(pk=int(given["point"]), person_id=case.person_id).first()
        if given.get("point")
        else None
    )
    if given.get("point") and point is None:
        raise Impossible("the contact point belongs to another person")
    staff = int(given["staff"]) if given.get("staff") else None
    style, purpose = given.get("style") or "unknown", given.get("purpose") or None
    return check(
        case,
        point,
        given.get("channel", ""),
        actor=user,
        at=at,
        purpose=purpose,
        style=style,
        staff=staff,
    )


def card(decision: GateDecision) -> dict[str, Any]:
    """What the compliance card shows of a decision."""
    said = describe.said(decision)
    tone = "bad" if not decision.allowed else "warn" if said else "good"
    title = (
        _("Not allowed now")
        if not decision.allowed
        else _("Allowed, with a warning")
        if said
        else _("Allowed now")
    )
    facts = dict.fromkeys(fact for rule in said for fact in rule.facts)
    reasons = [rule.title for rule in said] + list(facts)
    return {
        "decision": decision,
        "tone": tone,
        "title": title,
        "reasons": reasons,
        "rules": said,
        "earliest": decision.earliest_at,
    }
