"""The outbox as a page: mails that did not leave or arrive, and mails that wait for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook import journal, sealed
from huikuan.casebook.models import MailboxMessage, Reveal
from huikuan.lib.sentences import Refusal
from huikuan.outbox import settle, shown, take
from huikuan.outbox.access import wants_attention
from huikuan.outbox.read_text import names_of_files, text_of
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import number_in, user_of
from huikuan.web.fragments import fragment

#: Rows that are shown at once, the newest first.
MOST = 200


@require_right(Right.RECORD_CONTACTS)
def box(request: HttpRequest) -> HttpResponse:
    """What wants attention of what the user sees, with what a person can decide."""
    user = user_of(request)
    related = ("case__person", "act__actor")
    listed = wants_attention(user).select_related(*related).order_by("-posted_at", "-pk")
    rows = shown.told(list(listed[:MOST]))
    waiting = take.waiting_mails(user).select_related("candidate__case").order_by("-received_at")
    context = {"rows": rows, "mails": waiting[:MOST], "writes": not may_only_look(user)}
    return render(request, "outbox/box.html", context)


@require_right(Right.RECORD_CONTACTS, methods=("POST",))
def decide(request: HttpRequest) -> HttpResponse:
    """POST `act`, `message` or `mail`, `reason`: what a person decides about one of them."""
    name = request.POST.get("act", "")
    verb = _ACTS.get(name)
    if verb is None:
        raise Http404

    reason = request.POST.get("reason", "")
    try:
        message = verb(request, user_of(request), timezone.now(), reason)
        messages.success(request, shown.decided(name, message))
    except Refusal as refusal:
        problem = refusal.problem
        messages.error(request, f"{problem.text(_)}; {problem.remedy_text(_)}")
    return redirect("outbox:box")


@require_right(Right.REVEAL, methods=("POST",))
def read(request: HttpRequest) -> HttpResponse:
    """The words of a mail that waits. The look is recorded."""
    user = user_of(request)
    waiting = take.waiting_mails(user).select_related("candidate")
    entry = waiting.filter(pk=_number(request, "mail")).first()
    if entry is None:
        raise Http404

    raw = sealed.unseal_bytes(bytes(entry.raw_sealed or b""))
    _record_look(entry, user, timezone.now())
    context = {"text": text_of(raw), "files": names_of_files(raw), "mail": entry}
    heading = _("A mail that waits")
    return fragment(
        request, "outbox/mail.html", context, heading=heading, back=reverse("outbox:box")
    )


def _record_look(entry: MailboxMessage, user: User, at: dt.datetime) -> None:
    case_id = entry.candidate.case_id if entry.candidate is not None else None
    act = journal.begin(user, "outbox.look", at=at, reason=_("to decide where the mail belongs"))
    Reveal.objects.create(act=act, case_id=case_id, field="mail", subject_id=entry.pk)


def _number(request: HttpRequest, name: str) -> int:
    """A number of the form; 0, which nothing has, for anything else."""
    return number_in(request.POST.get(name)) or 0


def _retry(request: HttpRequest, user: User, at: dt.datetime, reason: str) -> Any:
    return settle.retry(_number(request, "message"), actor=user, at=at, reason=reason)


def _withdraw(request: HttpRequest, user: User, at: dt.datetime, reason: str) -> Any:
    return settle.withdraw(_number(request, "message"), actor=user, at=at, reason=reason)


def _arrived(request: HttpRequest, user: User, at: dt.datetime, reason: str) -> Any:
    return settle.settle(_number(request, "message"), "sent", actor=user, at=at, reason=reason)


def _lost(request: HttpRequest, user: User, at: dt.datetime, reason: str) -> Any:
    return settle.settle(_number(request, "message"), "failed", actor=user, at=at, reason=reason)


def _match(request: HttpRequest, user: User, at: dt.datetime, reason: str) -> Any:
    message = _number(request, "message")
    return take.match(_number(request, "mail"), message, actor=user, at=at, reason=reason)


def _set_aside(request: HttpRequest, user: User, at: dt.datetime, reason: str) -> Any:
    return take.set_aside(_number(request, "mail"), actor=user, at=at, reason=reason)


_ACTS: dict[str, Callable[[HttpRequest, User, dt.datetime, str], Any]] = {
    "retry": _retry,
    "withdraw": _withdraw,
    "arrived": _arrived,
    "lost": _lost,
    "match": _match,
    "set_aside": _set_aside,
}
