"""What waits for the user's decision, and what they asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, QuerySet, Value, When, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.approvals import nobody
from huikuan.approvals import step as steps
from huikuan.approvals.answer import answer, wants
from huikuan.approvals.decide import waiting
from huikuan.approvals.forms import AskForm, InboxFilter
from huikuan.approvals.shown import ANSWERS, RELATED, shown
from huikuan.approvals.take_back import take_back, unused_of
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Approval, Task
from huikuan.casebook.open_steps import asked_of
from huikuan.people.models import User
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import today, user_of
from huikuan.web.fragments import attach, fragment
from huikuan.web.templatetags.huikuan_facts import in_language

#: A list that is longer is worked from its top.
MOST = 100


@require_right()
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for this user; grants not used yet; what was asked for."""
    user: Any = request.user
    at = timezone.now()

    form = InboxFilter(request.GET)
    theirs = _own_roles_first(waiting(user, today(request)), user)
    if kind := form.chosen.get("kind"):
        theirs = theirs.filter(kind=kind)
    mine = Approval.objects.filter(act__actor=user, case__in=visible_cases(user).values("pk"))
    lists = {
        "waiting": _first(theirs),
        "unused": _first(unused_of(user)),
        "asked": _first(mine.order_by("-asked_at", "-pk")),
    }
    # Once for the three lists, not once for each.
    prefetch_related_objects([one for rows in lists.values() for one in rows], *ANSWERS)

    total = len(lists["waiting"])
    if total == MOST:
        total = theirs.count()
    context: dict[str, Any] = {name: shown(rows, user, at) for name, rows in lists.items()}
    return render(request, "approvals/inbox.html", context | {"total": total, "form": form})


def _own_roles_first(requests: QuerySet[Approval], user: User) -> QuerySet[Approval]:
    """What is asked of a role of the user's own, before what they may decide among others; each
    the oldest first. The proprietor's consent must not stand below the holds of every department.
    """
    of_own_role = Case(When(role__in=user.role_codes, then=Value(0)), default=Value(1))
    return requests.order_by(of_own_role, "asked_at", "pk")


def _first(requests: QuerySet[Approval]) -> list[Approval]:
    """The first of these requests, with what their rows read of other tables."""
    return list(requests.select_related(*RELATED)[:MOST])


@require_right(methods=("GET", "POST"))
def ask_step_page(request: HttpRequest, task: int) -> HttpResponse:
    """GET: the form that asks for a step's approval (`?folded`: only its button). POST: asks."""
    user = user_of(request)
    found = _task_of(task, user)
    form = AskForm(request.POST or None, auto_id=f"ask-{task}-%s")
    if request.method == "POST" and form.is_valid():
        asked = steps.ask_for(
            task, reason=form.cleaned_data["reason"], actor=user, at=timezone.now()
        )
        attach(form, asked.problems)
        if asked.approval is not None and not asked.problems:
            nobody.tell(request, asked.approval, _("Asked for. You will be told of the decision."))

    assert found.case is not None  # `_task_of` gives tasks of cases only
    [step] = asked_of([found], day_of(found.case.organisation, timezone.now())).values()
    writes = not may_only_look(user)
    standing = steps.latest_requests({found.pk: step}).get(found.pk)
    context = {
        "task": found,
        "step": step,
        "form": form,
        "request_of_step": standing,
        "folded": "folded" in request.GET or not writes,
        "writes": writes,
    }
    status = 200
    if form.errors:
        status = 422
    return fragment(
        request,
        "approvals/step_act.html",
        context,
        heading=in_language(step.title),
        back=reverse("case", args=[found.case.number]),
        status=status,
        changed=False,
    )


def _task_of(task: int, user: Any) -> Task:
    """A task of a case that the user sees, with its step. Raises Http404."""
    tasks = Task.objects.filter(case__in=visible_cases(user).values("pk"))
    found = tasks.select_related("step", "case__organisation").filter(pk=task).first()
    if found is None:
        raise Http404
    return found


@require_right(methods=("POST",))
def decide_step_page(request: HttpRequest, approval: int) -> HttpResponse:
    """POST grant (yes or no) and reason. Answers how the request stands."""
    grant, reason = wants(request)
    decided = steps.decide(
        approval, grant=grant, reason=reason, actor=user_of(request), at=timezone.now()
    )
    return answer(request, decided)


@require_right(methods=("POST",))
def withdraw_step_page(request: HttpRequest, approval: int) -> HttpResponse:
    """POST: the asker takes the request back. Answers how it stands."""
    return answer(request, steps.withdraw(approval, actor=user_of(request), at=timezone.now()))


@require_right(methods=("POST",))
def take_back_page(request: HttpRequest, approval: int) -> HttpResponse:
    """POST the reason: a grant that was not used is none any more. Answers how it stands."""
    reason = request.POST.get("reason", "")
    taken = take_back(approval, reason=reason, actor=user_of(request), at=timezone.now())
    return answer(request, taken)
