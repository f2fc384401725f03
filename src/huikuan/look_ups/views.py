"""Screens of look-ups: the list, the request, one look-up and what the data centre does with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.models import LookUp
from huikuan.clocks.shown import of_subjects
from huikuan.look_ups.access import visible_look_ups
from huikuan.look_ups.ask import WAITING, ask
from huikuan.look_ups.forms import AnswerForm, AskForm, ConfirmForm, LookUpFilter
from huikuan.look_ups.sentences import problem
from huikuan.look_ups.words import BASES, KINDS, entry_of, words_of
from huikuan.look_ups.work import Worked, answer, confirm, submit
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, today, user_of
from huikuan.web.fragments import attach, fragment
from huikuan.web.paging import numbered
from huikuan.web.templatetags.huikuan_facts import in_language


@require_right()
def look_up_list(request: HttpRequest) -> HttpResponse:
    """Requests that wait, or of another state; the oldest in front."""
    form = LookUpFilter(request.GET)
    found = visible_look_ups(user_of(request))
    status = form.chosen.get("status")
    if status:
        found = found.filter(status=status).order_by("-recorded_at", "-pk")
    else:
        found = found.filter(status__in=WAITING).order_by("recorded_at", "pk")

    page = numbered(request, found)
    listed = list(page.object_list)
    clocks = of_subjects("look_up", [row.pk for row in listed], timezone.now())
    rows = [(row, _title(row, KINDS, row.kind), clocks.get(row.pk, ())) for row in listed]
    context = {"page": page, "rows": rows, "form": form, "total": page.paginator.count}
    return render(request, "look_ups/list.html", context)


def _title(row: LookUp, name: str, code: str) -> str:
    """A word of the procedure, in the reader's language."""
    entry = entry_of(name, code, row.creditor_id, row.valid_on)
    return in_language(entry.title) if entry is not None else code


@require_right(methods=("GET", "POST"))
def ask_page(request: HttpRequest, number: str) -> HttpResponse:
    """Asks for a look-up on a case; a part of its page."""
    user = user_of(request)
    case = find_case(request, number, "person")
    words = words_of(case.creditor_id, today(request))
    back = reverse("case", args=[case.number])
    heading = _("Ask for a look-up: {number}").format(number=case.number)
    if words is None:
        text = problem("look_up.no_words").text(_)
        context = {"case": case, "words_missing": text}
        return fragment(request, "look_ups/ask.html", context, heading=heading, back=back)

    saved = None
    form = AskForm(request.POST or None, words=words, auto_id="look-up-%s")
    if request.method == "POST" and form.is_valid():
        asked = ask(number, form.entry(), actor=user, at=timezone.now())
        saved = asked.look_up if asked.done else None
        attach(form, asked.problems)

    context = {"case": case, "form": form, "saved": saved, "writes": user.may_write}
    status = 422 if form.errors else 200
    changed = saved is not None
    return fragment(
        request,
        "look_ups/ask.html",
        context,
        heading=heading,
        back=back,
        status=status,
        changed=changed,
    )


@require_right()
def look_up_page(request: HttpRequest, look_up: int) -> HttpResponse:
    """One look-up: what is asked by which right, what became of it, what is next."""
    return _page(request, _find(request, look_up))


def _find(request: HttpRequest, look_up: int) -> LookUp:
    return get_object_or_404(visible_look_ups(user_of(request)), pk=look_up)


def _page(request: HttpRequest, found: LookUp, **forms: Any) -> HttpResponse:
    """One look-up, with its forms as they were filled in."""
    user = user_of(request)
    clocks = of_subjects("look_up", [found.pk], timezone.now())
    events = list(found.events.select_related("act__actor").order_by("happened_at", "pk"))

    context = {
        "look_up": found,
        "kind": _title(found, KINDS, found.kind),
        "basis": _title(found, BASES, found.basis),
        "clocks": clocks.get(found.pk, ()),
        "events": events,
        "is_confirmed": any(event.kind == "confirmed" for event in events),
        "may_work": user.may(Right.WORK_LOOK_UPS),
        "is_client": user.is_client,
        "confirming": forms.get("confirming") or ConfirmForm(auto_id="confirm-%s"),
        "answering": forms.get("answering") or AnswerForm(auto_id="answer-%s"),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "look_ups/look_up.html", context, status=status)


@require_right(Right.WORK_LOOK_UPS, methods=("POST",))
def submit_page(request: HttpRequest, look_up: int) -> HttpResponse:
    """The request went out."""
    found = _find(request, look_up)
    worked = submit(found.pk, actor=user_of(request), at=timezone.now())
    return _answered(request, found, worked, _("It is submitted. Confirm it by telephone today."))


@require_right(Right.WORK_LOOK_UPS, methods=("POST",))
def confirm_page(request: HttpRequest, look_up: int) -> HttpResponse:
    """It was confirmed by telephone."""
    found = _find(request, look_up)
    form = ConfirmForm(request.POST, auto_id="confirm-%s")
    if not form.is_valid():
        return _page(request, found, confirming=form)

    given = form.cleaned_data
    worked = confirm(
        found.pk,
        spoken_to=given["spoken_to"],
        happened_at=given["happened_at"],
        actor=user_of(request),
        at=timezone.now(),
    )
    if not worked.done:
        attach(form, worked.problems)
        return _page(request, found, confirming=form)
    return _answered(request, found, worked, _("The confirmation is recorded."))


@require_right(Right.WORK_LOOK_UPS, methods=("POST",))
def answer_page(request: HttpRequest, look_up: int) -> HttpResponse:
    """The result is in."""
    found = _find(request, look_up)
    form = AnswerForm(request.POST, auto_id="answer-%s")
    if not form.is_valid():
        return _page(request, found, answering=form)

    text = form.cleaned_data["text"]
    worked = answer(found.pk, form.points(), text=text, actor=user_of(request), at=timezone.now())
    if not worked.done:
        attach(form, worked.problems)
        return _page(request, found, answering=form)
    return _answered(request, found, worked, _("The result is recorded; who asked was told."))


def _answered(request: HttpRequest, found: LookUp, worked: Worked, said: str) -> HttpResponse:
    """Back to the page, with what was done or why not."""
    if worked.done:
        messages.success(request, said)
    for each in worked.problems:
        if each.code == "look_up.unknown":
            raise Http404
        messages.error(request, each.text(_))
    return redirect("look_ups:look_up", look_up=found.pk)
