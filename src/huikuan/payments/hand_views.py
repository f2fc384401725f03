"""Screens for one payment: entered by hand, taken back, confirmed by a second person; the payments of one case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.approvals import nobody
from huikuan.approvals.answer import answer as stands
from huikuan.approvals.decide import seen
from huikuan.approvals.shown import earlier, stops
from huikuan.approvals.who import may_answer, needed
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Approval, Case, Charge, Correction, Item, Payment
from huikuan.engine.ledger import GROUPS
from huikuan.lib.problems import Problem
from huikuan.payments import ask, decide
from huikuan.payments.foresee import Foreseen, foresee
from huikuan.payments.forms import HandForm, ReverseForm
from huikuan.payments.lawful import Ground
from huikuan.payments.post import PaymentEntry
from huikuan.payments.said import tell
from huikuan.payments.shown import corrections_of, payments_of, waiting_of
from huikuan.payments.sources import source_name
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import today, user_of


@require_right(Right.POST_MONEY, methods=("GET", "POST"))
def hand(request: HttpRequest) -> HttpResponse:
    """A payment by hand for `?case=number`: asked for here, posted when somebody else has confirmed it."""
    number = request.GET.get("case", "") or request.POST.get("case", "")
    if not number.strip():
        return render(request, "payments/hand_case.html", {"number": "", "unknown": False})
    case = _case(request, number.strip())
    if case is None:
        return render(
            request, "payments/hand_case.html", {"number": number, "unknown": True}, status=404
        )
    form = _form(request, case)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        answer = ask.ask_payment(
            _entry(case, values),
            actor=user_of(request),
            at=timezone.now(),
            reason=values["reason"],
            is_another=values["is_another"],
        )
        problems = answer.problems
        if not tell(form, problems):
            nobody.tell(request, answer.approval, _("Asked for. Somebody else confirms it."))
            return redirect("payments:hand")
        if answer.repeated:
            return redirect("payments:decide", approval=answer.approval.pk)  # type: ignore[union-attr]
    twin = any(one.code == "payment.twin" for one in problems)
    context = {"form": form, "case": case, "today": today(request), "may_be_known": twin}
    return render(request, "payments/hand.html", context, status=422 if form.errors else 200)


@require_right(Right.POST_MONEY, methods=("POST",))
def foreseen(request: HttpRequest) -> HttpResponse:
    """What the payment in the form would pay: costs, interest, principal. Writes nothing."""
    case = _case(request, request.POST.get("case", ""))
    if case is None:
        raise Http404
    form = _form(request, case)
    form.full_clean()
    values = form.cleaned_data
    amount, on = values.get("amount"), values.get("paid_on")
    context: dict[str, Any] = {"case": case}
    if isinstance(amount, int) and amount > 0 and on:
        chosen = tuple(int(key) for key in values.get("chosen", ()))
        context |= _foreseen(case, amount, on, chosen)
    return render(request, "payments/foreseen.html", context)


def _foreseen(case: Case, amount: int, on: dt.date, chosen: tuple[int, ...]) -> dict[str, Any]:
    found: Foreseen = foresee(case.pk, amount, on, chosen)
    numbers = dict(Item.objects.filter(pk__in=found.by_item).values_list("pk", "number"))
    items = [
        (numbers[key], [by[group] for group in GROUPS], found.by_item[key])
        for key, by in found.groups_of_item.items()
    ]
    return {
        "amount": amount,
        "by_group": [found.by_group[group] for group in GROUPS],
        "items": items,
        "rest": found.rest_minor,
    }


def _form(request: HttpRequest, case: Case) -> HandForm:
    found = Item.objects.filter(case=case, summary__open_minor__gt=0).order_by("due_on", "pk")[:60]
    items = [
        (str(key), f"{number} · {due_on}")
        for key, number, due_on in found.values_list("pk", "number", "due_on")
    ]
    data = request.POST if request.method == "POST" else None
    return HandForm(
        data, case=case, items=items, initial={"paid_on": today(request), "source": "bank"}
    )


def _entry(case: Case, values: dict[str, Any]) -> PaymentEntry:
    return PaymentEntry(
        case_id=case.pk,
        amount_minor=values["amount"],
        currency=case.currency,
        paid_on=values["paid_on"],
        reference=values["reference"].strip(),
        source=values["source"],
        chosen=tuple(int(key) for key in values.get("chosen", ())),
    )


@require_right(Right.POST_MONEY, methods=("GET", "POST"))
def reverse_payment(request: HttpRequest, payment: int) -> HttpResponse:
    """Asks that a payment be taken back, with day and reason."""
    mine = visible_cases(user_of(request)).values("pk")
    found = (
        Payment.objects.filter(pk=payment, case__in=mine)
        .select_related("case__creditor", "reversal")
        .first()
    )
    if found is None:
        raise Http404
    form = ReverseForm(request.POST if request.method == "POST" else None, today=today(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        answer = ask.ask_reversal(
            found.pk,
            on=values["on"],
            reason=values["reason"],
            actor=user_of(request),
            at=timezone.now(),
        )
        if answer.repeated and answer.approval:
            return redirect("payments:decide", approval=answer.approval.pk)
        if not tell(form, answer.problems):
            nobody.tell(request, answer.approval, _("Asked for. Somebody else confirms it."))
            return redirect("case", number=found.case.number)
    shown = next(one for one in payments_of(found.case) if one.payment.pk == found.pk)
    context = {"form": form, "shown": shown, "case": found.case}
    return render(request, "payments/reverse.html", context, status=422 if form.errors else 200)


@require_right(methods=("GET", "POST"))
def decide_request(request: HttpRequest, approval: int) -> HttpResponse:
    """A payment or a reversal that was asked for; POST `grant` yes or no, with `reason` for a refusal.

    htmx gets the card as it stands afterwards, a plain form goes on to the queue.
    """
    found = seen(user_of(request)).filter(pk=approval, kind__in=decide.KINDS).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "payments/decide.html", _asked(request, found))
    answer = decide.decide(
        found.pk,
        grant=request.POST.get("grant") == "yes",
        reason=request.POST.get("reason", ""),
        actor=user_of(request),
        at=timezone.now(),
    )
    found = answer.approval or found
    errors = any(one.severity == "error" for one in answer.problems)
    if request.headers.get("HX-Request") or errors:
        name = "decision.html" if request.headers.get("HX-Request") else "decide.html"
        context = _asked(request, found, answer.problems)
        return render(request, f"payments/{name}", context, status=422 if errors else 200)
    said = answer.problems[0].text(_) if answer.problems else _said(found)
    messages.add_message(request, messages.WARNING if answer.problems else messages.SUCCESS, said)
    return redirect("payments:queue")


def _said(found: Approval) -> str:
    if found.status == Approval.Status.WAITING:
        return _("Agreed. Now it waits for: {who}.").format(who=needed(found))
    if found.status != Approval.Status.GRANTED:
        return _("Refused. Who asked is told.")
    if found.kind == Approval.Kind.CORRECTION:
        return _("Corrected.")
    return _("Posted.") if found.kind == Approval.Kind.PAYMENT else _("Taken back.")


@require_right(methods=("POST",))
def withdraw_request(request: HttpRequest, approval: int) -> HttpResponse:
    """POST: who asked for a payment or a reversal takes it back. Answers how it stands."""
    return stands(request, decide.withdraw(approval, actor=user_of(request), at=timezone.now()))


@dataclass(frozen=True, slots=True)
class Request:
    """What a request asks for, in words."""

    reference: str
    on: dt.date
    source: str = ""
    what: str = ""
    item: str = ""
    ground: str = ""
    basis: str = ""


def _request(found: Approval, on: dt.date) -> Request:
    subject = found.subject
    if found.kind == Approval.Kind.PAYMENT:
        return Request(subject["reference"], on, source_name(subject["source"]))
    if found.kind == Approval.Kind.REVERSAL:
        return Request(subject["reference"], on)

    type_name = Correction.Kind(subject["type"]).label
    kind_name = Charge.Kind(subject["kind"]).label
    return Request(
        subject["reference"],
        on,
        what=f"{type_name} · {kind_name}",
        item=subject["item_number"],
        ground=_ground_name(subject.get("ground", "")),
        basis=subject.get("basis", ""),
    )


def _ground_name(ground: str) -> str:
    """ "" for what lowers a debt, which needs none."""
    return str(Ground(ground).label) if ground else ""


def _asked(
    request: HttpRequest, found: Approval, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    case, user = found.case, user_of(request)
    assert case is not None
    is_payment = found.kind == Approval.Kind.PAYMENT
    subject = found.subject
    on = dt.date.fromisoformat(subject["paid_on" if is_payment else "on"])
    waits = found.status == Approval.Status.WAITING
    context = {
        "approval": found,
        "case": case,
        "asked": _request(found, on),
        "is_correction": found.kind == Approval.Kind.CORRECTION,
        "is_payment": is_payment,
        "waits": waits,
        "may_decide": waits and may_answer(found, user, today(request)),
        "stops": stops(found),
        "earlier": earlier(found),
        "own": found.act.actor_id == user.pk,
        "problems": problems,
    }
    if is_payment and waits and found.amount_minor:
        chosen = tuple(subject.get("chosen", ()))
        context |= _foreseen(case, found.amount_minor, on, chosen)
    return context


@require_right()
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """The payments of one case, as a part of its page."""
    case = _case(request, number)
    if case is None:
        raise Http404
    user = user_of(request)
    payments = payments_of(case)
    standing = [one for one in payments if one.reversed_on is None]
    context = {
        "case": case,
        "payments": payments,
        "paid": sum(one.payment.amount_minor for one in standing),
        "by_group": [sum(one.by_group[place] for one in standing) for place in range(len(GROUPS))],
        "rest": sum(one.rest_minor for one in standing),
        "corrections": corrections_of(case),
        "waiting": waiting_of(case),
        "may_post": user.may(Right.POST_MONEY),
        "may_correct": user.may(Right.ASK_CORRECTIONS),
        "hand": f"{reverse('payments:hand')}?case={case.number}",
    }
    return render(request, "payments/of_case.html", context)


def _case(request: HttpRequest, number: str) -> Case | None:
    cases = visible_cases(user_of(request)).select_related("creditor", "person", "summary")
    return cases.filter(number=number).first()
