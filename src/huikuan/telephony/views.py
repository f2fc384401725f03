"""Dialling and the state of a call, for the guided call; and the door at which the telephone system reports."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huikuan.casebook.calls import line_of
from huikuan.casebook.models import PhoneCall
from huikuan.lib.foreign_json import NotReadable, read_object
from huikuan.lib.problems import Problem
from huikuan.lib.signature import valid
from huikuan.telephony import dial as dialling
from huikuan.telephony import line
from huikuan.telephony.adapters import SILENT, Started
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import number_in, user_of
from huikuan.web.door import body_within

#: A report is a few hundred bytes.
LARGEST = 16 * 1024


@require_right(methods=("POST",))
def dial_page(request: HttpRequest) -> HttpResponse:
    """POST decision (and override_reason) → the call: a fragment, or JSON `{call, mode, href?}` when that is asked for."""
    number = number_in(request.POST.get("decision")) or 0
    dialled = dialling.dial(
        number,
        actor=user_of(request),
        at=timezone.now(),
        override_reason=request.POST.get("override_reason", ""),
    )
    if request.headers.get("Accept", "").startswith("application/json"):
        return _json(dialled)
    return _state(request, dialled.call, dialled.started, dialled.problems)


def _json(dialled: dialling.Dialled) -> JsonResponse:
    if dialled.problems or dialled.call is None:
        told = [problem.as_dict(_) for problem in dialled.problems]
        return JsonResponse({"problems": told}, status=422 if dialled.call is None else 502)
    started = dialled.started
    answer = {"call": str(dialled.call.call_id), "mode": started.mode if started else "under_way"}
    if started and started.href:
        answer["href"] = started.href
    return JsonResponse(answer)


@require_right()
def call_page(request: HttpRequest, call: uuid.UUID) -> HttpResponse:
    """How the call stands; asks for itself again while the line still has something to tell."""
    found = line.find(call, user_of(request))
    if found is None:
        raise Http404
    return _state(request, found)


@require_right(methods=("POST",))
def mark_page(request: HttpRequest, call: uuid.UUID, event: str) -> HttpResponse:
    """The collector says: answered, or ended."""
    marked = line.mark(call, event, actor=user_of(request), at=timezone.now())
    if marked.call is None:
        raise Http404
    return _state(request, marked.call, problems=marked.problems)


def _state(
    request: HttpRequest,
    call: PhoneCall | None,
    started: Started | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    user = user_of(request)
    found = line_of(call) if call else None
    own = call is not None and call.act.actor_id == user.pk and not may_only_look(user)
    context = {
        "call": call,
        "line": found,
        "elapsed": max(0, int((timezone.now() - found.since).total_seconds())) if found else 0,
        "started": started,
        "problems": problems,
        "silent": call is not None and call.adapter in SILENT,
        "own": own,
    }
    status = 422 if problems else 200
    return render(request, "telephony/call.html", context, status=status)


@csrf_exempt
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Where the telephone system reports. 401 for a wrong or old signature, 404 for a call that is not ours, 422 naming
    the field for what cannot be understood. Signed messages need no session."""
    secret: Any = settings.HUIKUAN.telephony_secret
    if secret is None:
        return JsonResponse({}, status=404)
    at = timezone.now()
    body = body_within(request, LARGEST)
    if body is None:
        return JsonResponse({"error": "body"}, status=413)
    if not valid(secret.get_secret_value(), request.headers, body, at):
        return JsonResponse({"error": "signature"}, status=401)
    try:
        call = line.report(line.Report.of(read_object(body)), at=at)
    except line.NotUnderstood as error:
        return JsonResponse({"error": str(error)}, status=422)
    except NotReadable:
        return JsonResponse({"error": "body"}, status=422)
    return JsonResponse({}, status=200 if call else 404)
