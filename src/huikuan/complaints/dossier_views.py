"""The dossier: asked for with one click, watched while it is made, and looked at for a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.complaints.dossier import visible_dossiers
from huikuan.complaints.dossier_make import ask, is_being_made
from huikuan.complaints.find import find, interest_of
from huikuan.documents.read import reveal
from huikuan.lib.sentences import Refusal
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of

#: Part of the address → the document of the dossier.
PARTS = {"pdf": "pdf", "zip": "folder"}


@require_right(Right.HANDLE_COMPLAINTS, methods=("POST",))
def make(request: HttpRequest, complaint: str) -> HttpResponse:
    """POST: asks for the dossier."""
    user = user_of(request)
    found = find(complaint, user)
    if found is None:
        raise Http404

    language = get_language() or "zh-hans"
    dossier, problems = ask(found.number, actor=user, at=timezone.now(), language=language)
    for each in problems:
        messages.warning(request, each.text(_))
    if dossier is not None and dossier.made_at is not None:
        messages.success(request, _("The dossier is made."))
    return redirect("complaints:complaint", complaint=found.number)


@require_right(Right.HANDLE_COMPLAINTS)
def status(request: HttpRequest, dossier: int) -> HttpResponse:
    """How far it is, as a part of the page, which asks again while it is being made."""
    found = get_object_or_404(visible_dossiers(user_of(request)), pk=dossier)
    if found.made_at is None and not is_being_made(found, timezone.now()):
        # Whoever made it was stopped in the middle and could not say so.
        found.failed = True
    context = {"dossier": found, "complaint": found.complaint}
    return render(request, "complaints/dossier.html", context)


@require_right(Right.REVEAL, methods=("POST",))
def download(request: HttpRequest, dossier: int, part: str) -> HttpResponse:
    """POST with a reason: the PDF or the folder; the look is recorded."""
    user = user_of(request)
    found = get_object_or_404(visible_dossiers(user), pk=dossier)
    document = getattr(found, PARTS.get(part, ""), None)
    if document is None or interest_of(user, found.complaint):
        raise Http404

    reason = request.POST.get("reason", "")
    try:
        kept, content = reveal(document.pk, user=user, at=timezone.now(), reason=reason)
    except Refusal as refusal:
        messages.error(request, refusal.problem.text(_))
        return redirect("complaints:complaint", complaint=found.complaint.number)

    answer = HttpResponse(content, content_type=kept.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    return answer
