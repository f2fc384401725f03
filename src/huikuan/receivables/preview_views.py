"""The mail of an entry as it would leave, made anew while the entry is typed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from huikuan.casebook.models import Case, DeliveryLock, Statement
from huikuan.people.models import User
from huikuan.receivables import act, lock, preview
from huikuan.receivables.find import find
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, today, user_of


@require_right(methods=("POST",))
def statement(request: HttpRequest, statement: int) -> HttpResponse:
    """The mail of the event that is being entered."""
    user = user_of(request)
    found = find(statement, user)
    if found is None:
        raise Http404
    kind = str(request.POST.get("kind", ""))
    shown = of_statement(request, found, user, kind, by_mail="by_mail" in request.POST)
    return render(request, "receivables/preview.html", {"preview": shown})


def of_statement(
    request: HttpRequest, found: Statement, user: User, kind: str, *, by_mail: bool
) -> preview.Preview:
    """The preview of the event `kind`, with the note that is in the form so far.

    An event that the user may not enter shows nothing.
    """
    on = today(request)
    offered = {each for each, _label in act.choices(found, user, on)}
    if kind not in offered:
        kind = ""

    note = str(request.POST.get("note", ""))
    return preview.of_statement(found, kind, note, by_mail=by_mail, actor=user, on=on)


@require_right(methods=("POST",))
def case_lock(request: HttpRequest, number: str) -> HttpResponse:
    """The notice of the lock, or of its end, that is being entered."""
    case = find_case(request, number, "person", "creditor", "summary")
    shown = of_lock(request, case, by_mail="by_mail" in request.POST)
    return render(request, "receivables/preview.html", {"preview": shown})


def of_lock(request: HttpRequest, case: Case, *, by_mail: bool) -> preview.Preview:
    """The preview of what may be entered: a lock where deliveries go, else its end."""
    chosen = {name: str(request.POST.get(name, "")) for name in ("orders", "ground", "because")}
    kind = DeliveryLock.Kind.LOCK
    because = DeliveryLock.Because.OVERDUE.value
    if lock.state_of(case):
        kind = DeliveryLock.Kind.UNLOCK
        because = chosen["because"]
        # The first sight of the form has not been sent: then what it proposes.
        if request.method != "POST":
            because = lock.ends_because(case, today(request))

    entry = lock.LockEntry(
        kind=kind,
        because=because,
        reason="",
        # The first is what the form proposes.
        orders=chosen["orders"] or DeliveryLock.Orders.NEW.value,
        ground=chosen["ground"],
    )
    return preview.of_lock(case, entry, by_mail=by_mail, actor=user_of(request), on=today(request))
