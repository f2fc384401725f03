"""Screens of the delivery lock: those of the house, those of a case with the form for the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook.access import visible_cases
from huikuan.casebook.fact_value import total_on
from huikuan.casebook.models import Case, DeliveryLock, OutboxMessage
from huikuan.contacts.address import addresses_of
from huikuan.lib.sentences import Refusal
from huikuan.outbox.settle import acknowledge as acknowledge_message
from huikuan.outbox.targets import types_with_target
from huikuan.people.rights import Right
from huikuan.receivables import lock, preview_views
from huikuan.receivables.forms import AcknowledgeForm, LockForm, UnlockForm
from huikuan.receivables.post import TONES, Status
from huikuan.receivables.shown import entered_in_words, is_told, name_of
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, today, user_of
from huikuan.web.fragments import attach

#: Locks of the house that are shown at once.
MOST = 500


@require_right()
def locks(request: HttpRequest) -> HttpResponse:
    """Customers whose deliveries are locked, and what the order system has not acknowledged."""
    visible = visible_cases(user_of(request))
    newest = DeliveryLock.objects.values("case").annotate(newest=Max("pk")).values("newest")
    standing = Q(pk__in=newest, kind=DeliveryLock.Kind.LOCK)
    waiting = Q(message__acknowledged_at=None, message__replaced_by=None)
    found = DeliveryLock.objects.filter(standing | waiting, case__in=visible.values("pk"))
    related = ("case__person", "case__summary", "message", "notice", "act__actor")
    listed = found.select_related(*related).order_by("message__acknowledged_at", "-valid_on")
    told = types_with_target(user_of(request).organisation_id or 0)
    rows = [_row(each, told) for each in listed[:MOST]]
    return render(request, "receivables/locks.html", {"rows": rows})


@require_right(methods=("GET", "POST"))
def case_lock(request: HttpRequest, number: str) -> HttpResponse:
    """The locks of one case; the form locks where deliveries go, and unlocks where they do not."""
    case = find_case(request, number, "person", "creditor", "summary")
    user = user_of(request)
    standing = lock.state_of(case)
    kind = DeliveryLock.Kind.UNLOCK if standing else DeliveryLock.Kind.LOCK
    has_address = addresses_of(case).exists()
    on = today(request)
    because = ""
    unpaid_minor = 0
    if standing:
        because = lock.ends_because(case, on)
        unpaid_minor = lock.unpaid_of(standing, on)
    form = _form(request, kind, has_address=has_address, because=because)

    if request.method == "POST" and form.is_valid():
        answer = lock.enter(case.pk, form.entry(), actor=user, at=timezone.now())
        attach(form, answer.problems)
        if answer.lock is not None:
            _say_entered(request, answer.lock)
            return redirect("receivables:case_lock", number=case.number)

    rows = case.locks.select_related("message", "notice", "act__actor").order_by("-pk")
    told = types_with_target(case.organisation_id)
    context: dict[str, Any] = {
        "case": case,
        "name": name_of(case),
        "standing": standing,
        "rows": [_row(each, told) for each in rows],
        "form": form,
        "acknowledge": AcknowledgeForm(auto_id="acknowledge-%s"),
        "overdue_minor": total_on("overdue", "case", case.pk, on),
        "locked_for_minor": unpaid_minor,
        "acknowledges": user.may(Right.ACKNOWLEDGE_EVENTS),
        "may": lock.may_enter(case, kind, user, on),
        "preview": preview_views.of_lock(request, case, by_mail=bool(form["by_mail"].value())),
    }
    status = 422 if form.errors else 200
    return render(request, "receivables/case_lock.html", context, status=status)


def _say_entered(request: HttpRequest, entered: DeliveryLock) -> None:
    """What was entered, and whether the order system will hear of it."""
    level = messages.SUCCESS if is_told(entered) else messages.WARNING
    messages.add_message(request, level, entered_in_words(entered))


@require_right(methods=("POST",))
def acknowledge(request: HttpRequest, lock_id: int) -> HttpResponse:
    """A person says that the order system has done it, with a reason."""
    cases = visible_cases(user_of(request))
    found = get_object_or_404(
        DeliveryLock.objects.select_related("case"), pk=lock_id, case__in=cases.values("pk")
    )

    form = AcknowledgeForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            acknowledge_message(
                found.message_id, actor=user_of(request), at=timezone.now(), reason=reason
            )
            messages.success(request, _("The acknowledgement is entered."))
        except Refusal as refusal:
            messages.error(request, refusal.problem.text(_))
    else:
        messages.error(request, _("Write who said that the order system has done it."))
    return redirect("receivables:case_lock", number=found.case.number)


def _form(
    request: HttpRequest, kind: str, *, has_address: bool, because: str
) -> LockForm | UnlockForm:
    """The form of what comes next. `because`: why an end of the lock is proposed."""
    data = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {"by_mail": has_address}
    if kind == DeliveryLock.Kind.UNLOCK:
        initial["because"] = because
        return UnlockForm(data, initial=initial, auto_id="lock-%s")
    return LockForm(data, request.FILES or None, initial=initial, auto_id="lock-%s")


def _row(each: DeliveryLock, told: set[str]) -> dict[str, Any]:
    """A row; `told`: the types of events that go somewhere."""
    case: Case = each.case
    is_replaced = each.message.replaced_by_id is not None
    waits = each.message.acknowledged_at is None and not is_replaced

    return {
        "lock": each,
        "case": case,
        "name": name_of(case),
        "tone": TONES[Status(each.message.status)],
        "acknowledged": each.message.acknowledged_at,
        "is_replaced": is_replaced,
        "customer_not_told": _has_not_arrived(each.notice),
        "has_no_target": waits and each.message.purpose not in told,
    }


def _has_not_arrived(notice: OutboxMessage | None) -> bool:
    """Whether the notice to the customer was to go by mail and nobody got it."""
    return notice is not None and notice.status in (Status.FAILED, Status.BOUNCED)
