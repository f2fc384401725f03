"""Screens for a correction of what is owed: asked for, taken back. Decided as payments are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Case, Correction, Item
from huikuan.payments.ask import Asked
from huikuan.payments.ask_correction import ask_correction, ask_void
from huikuan.payments.correct import CorrectionEntry
from huikuan.payments.forms import CorrectForm, ReverseForm
from huikuan.payments.said import tell
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import today, user_of
from huikuan.web.templatetags.huikuan_web import money

#: Items that the form offers; the others are found by command.
OFFERED = 200


@require_right(Right.ASK_CORRECTIONS, methods=("GET", "POST"))
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """A credit note, waiver or correcting charge for an item of the case; somebody else decides."""
    related = ("creditor", "person", "summary")
    cases = visible_cases(user_of(request)).select_related(*related)
    case = cases.filter(number=number).first()
    if case is None:
        raise Http404

    form = _form(request, case)
    if request.method == "POST" and form.is_valid():
        entry = _entry(case, form)
        answer = ask_correction(entry, actor=user_of(request), at=timezone.now())
        if done := _answered(request, form, answer, case):
            return done

    context = {"form": form, "case": case}
    return _page(request, "payments/correct.html", context, form)


@require_right(Right.ASK_CORRECTIONS, methods=("GET", "POST"))
def void(request: HttpRequest, correction: int) -> HttpResponse:
    """Asks that a correction be taken back, with day and reason."""
    mine = visible_cases(user_of(request)).values("pk")
    related = ("case__creditor", "charge__item", "taken_back_by")
    found = Correction.objects.filter(pk=correction, case__in=mine).select_related(*related).first()
    if found is None:
        raise Http404

    data = request.POST if request.method == "POST" else None
    form = ReverseForm(data, today=today(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        answer = ask_void(
            found.pk,
            on=values["on"],
            reason=values["reason"],
            actor=user_of(request),
            at=timezone.now(),
        )
        if done := _answered(request, form, answer, found.case):
            return done

    context = {"form": form, "correction": found, "case": found.case}
    return _page(request, "payments/void.html", context, form)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form
) -> HttpResponse:
    """The form; with 422 when something in it is wrong."""
    status = 422 if form.errors else 200
    return render(request, template, context, status=status)


def _form(request: HttpRequest, case: Case) -> CorrectForm:
    items = Item.objects.filter(case=case).order_by("-summary__open_minor", "due_on", "pk")
    offered = [
        (str(item.pk), _offered(item, case)) for item in items.select_related("summary")[:OFFERED]
    ]
    data = request.POST if request.method == "POST" else None
    return CorrectForm(data, case=case, items=offered, initial={"on": today(request)})


def _offered(item: Item, case: Case) -> str:
    """An item as the form offers it: number, due day, what is open of it."""
    still_open = money(item.summary.open_minor, case.currency)
    return _("{number} · {due_on} · open {amount}").format(
        number=item.number, due_on=item.due_on, amount=still_open
    )


def _entry(case: Case, form: CorrectForm) -> CorrectionEntry:
    """What the form asks for, in the verb's terms."""
    values = form.cleaned_data

    return CorrectionEntry(
        case_id=case.pk,
        item_id=int(values["item"]),
        kind=values["kind"],
        charge_kind=values["charge_kind"],
        amount_minor=form.signed_amount(),
        on=values["on"],
        reason=values["reason"],
        reference=values["reference"],
        ground=values["ground"],
        basis=values["basis"],
    )


def _answered(
    request: HttpRequest, form: CorrectForm | ReverseForm, answer: Asked, case: Case
) -> HttpResponse | None:
    """Where to go on, or nothing when the form is to be shown with what is wrong."""
    if answer.repeated and answer.approval:
        messages.warning(request, answer.problems[0].text(_))
        return redirect("case", number=case.number)
    if tell(form, answer.problems):
        return None

    messages.success(request, _("Asked for. Somebody else confirms it."))
    return redirect("case", number=case.number)
