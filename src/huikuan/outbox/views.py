"""The door at which a far side acknowledges an event."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huikuan.casebook.models import OutboxMessage
from huikuan.lib.signature import valid
from huikuan.outbox import state
from huikuan.outbox.targets import secret_of, target_of

#: An acknowledgement is a few hundred bytes.
LARGEST = 16 * 1024
LONGEST_REFERENCE = 200


@csrf_exempt
@require_POST
def acknowledge(request: HttpRequest) -> JsonResponse:
    """POST `{"id": …, "reference"?: …}`, signed with the secret of the event's address.

    200 also for a repetition; 401 for a wrong or old signature and for an id that is not ours, so
    that nobody learns which ids exist; 422 for what cannot be understood. Needs no session.
    """
    if len(request.body) > LARGEST:
        return JsonResponse({"error": "body"}, status=413)
    told = _told(request.body)
    if told is None:
        return JsonResponse({"error": "body"}, status=422)

    at = timezone.now()
    message = _message(told["id"])
    target = target_of(message) if message else None
    if message is None or target is None:
        return JsonResponse({"error": "signature"}, status=401)
    if not valid(secret_of(target), request.headers, request.body, at):
        return JsonResponse({"error": "signature"}, status=401)

    state.acknowledged(message.pk, at, detail=told["reference"])
    return JsonResponse({})


def _told(body: bytes) -> dict[str, str] | None:
    try:
        told: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("id"), str):
        return None
    reference = str(told.get("reference") or "")[:LONGEST_REFERENCE]
    return {"id": told["id"], "reference": reference}


def _message(far_id: str) -> OutboxMessage | None:
    wanting = OutboxMessage.objects.filter(wants_acknowledgement=True)
    return wanting.filter(far_id=far_id).first()
