"""A document of a complaint is looked at, for a reason that is kept."""

from __future__ import annotations

import io

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.complaints.find import find, interest_of
from huikuan.complaints.write import about
from huikuan.documents.media import may_be_shown
from huikuan.documents.read import documents_of, reveal
from huikuan.lib.sentences import Refusal
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of


@require_right(Right.REVEAL, methods=("POST",))
def paper(request: HttpRequest, complaint: str, document: int) -> HttpResponseBase:
    """POST with a reason: the document itself. Not for a client, nor for who has an interest."""
    user = user_of(request)
    found = find(complaint, user)
    if found is None or user.is_client or interest_of(user, found):
        raise Http404
    if not documents_of(about(found), user).filter(pk=document).exists():
        raise Http404

    reason = request.POST.get("reason", "")
    try:
        kept, content = reveal(document, user=user, at=timezone.now(), reason=reason)
    except Refusal as refusal:
        messages.error(request, refusal.problem.text(_))
        return redirect("complaints:complaint", complaint=found.number)

    return FileResponse(
        io.BytesIO(content),
        as_attachment=not may_be_shown(kept.media_type),
        filename=kept.name,
        content_type=kept.media_type,
    )
