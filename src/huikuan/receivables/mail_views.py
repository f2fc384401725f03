"""An answer of a customer, read on the page of what it answers. The look is recorded."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.models import MailboxMessage
from huikuan.documents.read import reveal
from huikuan.lib.sentences import Refusal
from huikuan.outbox.read_text import names_of_files, text_of
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.fragments import fragment


@require_right(methods=("POST",))
def read(request: HttpRequest, mail: int) -> HttpResponse:
    """The words of a mail that came in, and the names of its files."""
    entry = MailboxMessage.objects.filter(pk=mail, document__isnull=False).first()
    if entry is None or entry.document_id is None:
        raise Http404
    try:
        document, raw = reveal(
            entry.document_id,
            user=user_of(request),
            at=timezone.now(),
            reason=_("answer to our mail, read on its page"),
        )
    except Refusal:
        raise Http404 from None

    context = {"text": text_of(raw), "files": names_of_files(raw), "mail": entry}
    heading = document.name.removesuffix(".eml")
    return fragment(request, "receivables/mail.html", context, heading=heading)
