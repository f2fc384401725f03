"""The queue of rows for which a person has to find the case: assign it, or set the row aside with a reason."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.approvals import nobody
from huikuan.approvals.decide import waiting
from huikuan.casebook.models import Item, PaymentRow
from huikuan.lib.problems import Problem
from huikuan.payments import ask, rows
from huikuan.payments.access import visible_rows
from huikuan.payments.decide import KINDS
from huikuan.payments.find import cards, find_cases
from huikuan.payments.forms import QueueFilter
from huikuan.payments.sentences import problem
from huikuan.payments.shown import shown, shown_rows
from huikuan.people.rights import Right
from huikuan.web.access import forbidden, require_right
from huikuan.web.asked import number_in, today, user_of
from huikuan.web.paging import keyset

State = PaymentRow.State
ORDER = ("-file__received_at", "file_id", "row")


@require_right(Right.SEE_MONEY)
def queue(request: HttpRequest) -> HttpResponse:
    """Doubtful and unmatched rows over all files, and those that wait for a second person."""
    user = user_of(request)
    form = QueueFilter(request.GET, user=user)
    found = visible_rows(user).filter(state__in=(*rows.QUEUED, State.ASKED))
    if code := form.chosen.get("creditor"):
        found = found.filter(file__creditor__code=code)
    if state := form.chosen.get("state"):
        found = found.filter(state=state)
    page = keyset(request, found.select_related("file__creditor", "case"), ORDER)
    context = {
        "page": page,
        "rows": shown_rows(page.rows),
        "form": form,
        "total": found.count(),
        "decisions": waiting(user, today(request))
        .filter(kind__in=KINDS)
        .select_related("case", "creditor", "act__actor")[:50],
        "may_post": user.may(Right.POST_MONEY),
    }
    return render(request, "payments/queue.html", context)


@require_right(Right.SEE_MONEY, methods=("GET", "POST"))
def assign(request: HttpRequest, row: int) -> HttpResponse:
    """One row with the cases it may belong to; POST asks that it be posted to the case chosen."""
    found = _find(request, row)
    if request.method != "POST":
        return _panel(request, found)
    if not user_of(request).may(Right.POST_MONEY):
        return forbidden(request, _("Your role may look but not post."))
    chosen = number_in(request.POST.get("case"))
    if chosen is None:
        return _panel(request, found, (problem("row.choose", column="case"),), status=422)
    answer = ask.ask_row(
        found.pk,
        case_id=chosen,
        actor=user_of(request),
        at=timezone.now(),
        reason=request.POST.get("reason", ""),
        items=_items(request, chosen),
    )
    said, _somebody = nobody.told(answer.approval, _("Asked for. Somebody else confirms it."))
    return _after(request, found.pk, answer.problems, said)


def _items(request: HttpRequest, case_id: int) -> list[int]:
    """The items that were ticked below the chosen case, the earliest due first; those of the other
    cases on the page do not count.
    """
    ticked = [number for text in request.POST.getlist("item") if (number := number_in(text))]
    mine = Item.objects.filter(pk__in=ticked, case_id=case_id)
    return list(mine.order_by("due_on", "pk").values_list("pk", flat=True))


@require_right(Right.POST_MONEY, methods=("POST",))
def set_aside(request: HttpRequest, row: int) -> HttpResponse:
    """Takes the row out of the queue, with the reason."""
    found = _find(request, row)
    reason = request.POST.get("reason", "")
    problems = ask.set_aside(found.pk, reason=reason, actor=user_of(request), at=timezone.now())
    return _after(request, found.pk, problems, _("Set aside."))


def _after(
    request: HttpRequest, key: int, problems: tuple[Problem, ...], said: str
) -> HttpResponse:
    """The panel again with what is wrong, or what was done and the way to the next row; a plain form goes to the queue."""
    found = _find(request, key)
    if problems:
        errors = any(one.severity == "error" for one in problems)
        return _panel(request, found, problems, status=422 if errors else 200)
    if not request.headers.get("HX-Request"):
        return redirect("payments:queue")
    context = {"shown": shown(found), "said": said, "following": _following(request, found)}
    answer = render(request, "payments/row_done.html", context)
    answer["HX-Trigger"] = "hk-queue"
    return answer


def _following(request: HttpRequest, done: PaymentRow) -> PaymentRow | None:
    """The next row of the queue, in its order."""
    left = (
        visible_rows(user_of(request))
        .filter(state__in=rows.QUEUED)
        .select_related("file")
        .order_by(*ORDER)
    )
    here = left.filter(file=done.file_id, row__gt=done.row).first()
    return here or left.exclude(pk=done.pk).first()


def _panel(
    request: HttpRequest, found: PaymentRow, problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    user = user_of(request)
    creditor = found.file.creditor_id
    text = request.GET.get("q", "")
    offered = (
        find_cases(text, creditor_id=creditor, actor=user)
        if text.strip()
        else cards(found.candidates, creditor_id=creditor, actor=user)
    )
    context = {
        "shown": shown(found),
        "cases": offered,
        "text": text,
        "problems": problems,
        "may_post": user.may(Right.POST_MONEY),
        "open": found.state in rows.QUEUED,
    }
    fragment = request.headers.get("HX-Request")
    target = request.headers.get("HX-Target")
    name = (
        "row_cases.html" if target == "row-cases" else "row_panel.html" if fragment else "row.html"
    )
    return render(request, f"payments/{name}", context, status=status)


def _find(request: HttpRequest, key: int) -> PaymentRow:
    """The row among those that the user may see, else 404."""
    found = (
        visible_rows(user_of(request))
        .select_related("file__creditor", "case")
        .filter(pk=key)
        .first()
    )
    if found is None:
        raise Http404
    return found
