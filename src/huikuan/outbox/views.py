"""The door at which a far side acknowledges an event."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huikuan.casebook.models import OutboxMessage, SignedCall, WebhookTarget
from huikuan.lib.foreign_json import NotReadable, read_object
from huikuan.lib.signature import TOLERANCE, valid
from huikuan.outbox import state
from huikuan.outbox.payload import ACKNOWLEDGED
from huikuan.outbox.targets import secret_of
from huikuan.web.door import body_within

#: An acknowledgement is a few hundred bytes.
LARGEST = 16 * 1024
LONGEST_REFERENCE = 200
#: Nothing else may stand in an acknowledgement: what we send ourselves has more, and is none.
NAMES = ("type", "id", "reference")
#: A call is remembered until its timestamp is refused anyway, and a while longer.
REMEMBERED = dt.timedelta(seconds=4 * TOLERANCE)


@csrf_exempt
@require_POST
def acknowledge(request: HttpRequest) -> JsonResponse:
    """POST `{"type": "erp.lock.acknowledged", "id": …, "reference"?: …}`, signed with the secret of
    the event's address, under a `webhook-id` of the call's own.

    200 also for a repetition; 401 for a wrong or old signature and for an id that is none of this
    secret's, so that nobody learns which ids exist; 409 for a `webhook-id` that another call had;
    422 for what is no acknowledgement. Needs no session.
    """
    body = body_within(request, LARGEST)
    if body is None:
        return _refused("body", 413)

    # The signature first: a stranger's bytes are neither parsed nor asked of the book.
    at = timezone.now()
    targets = _targets_of(request, body, at)
    if not targets:
        return _refused("signature", 401)
    told = _told(body)
    if told is None:
        return _refused("body", 422)

    message = _message(told["id"], targets)
    if message is None:
        return _refused("signature", 401)
    if told["type"] != message.purpose + ACKNOWLEDGED:
        return _refused("type", 422)
    call_id = request.headers["webhook-id"]
    if call_id == message.far_id:
        # The headers of the event itself: whoever echoes us has acknowledged nothing.
        return _refused("webhook-id", 422)
    return _taken_once(message, call_id, body, told["reference"], at)


def _targets_of(request: HttpRequest, body: bytes, at: dt.datetime) -> list[WebhookTarget]:
    """The addresses whose secret signed this; a house may use one secret for several types."""
    return [
        target
        for target in WebhookTarget.objects.order_by("pk")
        if valid(secret_of(target), request.headers, body, at)
    ]


def _told(body: bytes) -> dict[str, str] | None:
    """What the call says, all of it text; None for what is no acknowledgement."""
    try:
        told = read_object(body, known=NAMES)
    except NotReadable:
        return None
    if not isinstance(told.get("id"), str) or not isinstance(told.get("type"), str):
        return None
    reference = told.get("reference")
    if reference is not None and not isinstance(reference, str | int):
        return None

    said = "" if reference is None else str(reference)[:LONGEST_REFERENCE]
    return {"id": told["id"], "type": told["type"], "reference": said}


def _message(far_id: str, targets: list[WebhookTarget]) -> OutboxMessage | None:
    """The event with this id, among those that go to one of these addresses."""
    theirs = Q()
    for target in targets:
        theirs |= Q(organisation_id=target.organisation_id, purpose=target.type)
    wanting = OutboxMessage.objects.filter(theirs, wants_acknowledgement=True)
    return wanting.filter(far_id=far_id).first()


@transaction.atomic
def _taken_once(
    message: OutboxMessage, call_id: str, body: bytes, reference: str, at: dt.datetime
) -> JsonResponse:
    """The same call again writes nothing: whoever did not hear the answer gets it once more."""
    SignedCall.objects.filter(at__lt=at - REMEMBERED).delete()
    key = hashlib.sha256(f"{message.organisation_id} {call_id}".encode()).hexdigest()
    content = hashlib.sha256(body).hexdigest()
    call, is_new = SignedCall.objects.get_or_create(
        key=key, defaults={"content": content, "at": at}
    )
    if not is_new and call.content != content:
        return _refused("webhook-id", 409)

    if is_new:
        state.acknowledged(message.pk, at, detail=reference)
    return JsonResponse({})


def _refused(what: str, status: int) -> JsonResponse:
    return JsonResponse({"error": what}, status=status)
