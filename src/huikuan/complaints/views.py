"""Screens of the complaints: the list, taking one, its acts, and what a collector hands over."""

from __future__ import annotations

import datetime as dt
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.approvals.answer import answer, wants
from huikuan.casebook import journal, packs
from huikuan.casebook.models import Complaint, ComplaintEvent, Document, Reveal
from huikuan.clocks import shown as clocks
from huikuan.complaints import propose
from huikuan.complaints.acts import BY_NAME, PageAct, offered
from huikuan.complaints.departments import clocks_of
from huikuan.complaints.find import find, interest_of, visible_complaints
from huikuan.complaints.forms import AcceptForm, ComplaintFilter, ReceiveForm, RevealForm
from huikuan.complaints.listed import filtered
from huikuan.complaints.mail import addresses
from huikuan.complaints.papers import links_of
from huikuan.complaints.procedure import level_titles, script
from huikuan.complaints.receive import receive
from huikuan.complaints.shown import (
    STATES,
    complainant,
    for_client,
    masked,
    points,
    proposals,
    rows,
    state_of,
    timeline,
)
from huikuan.complaints.write import Done, about, open_tasks
from huikuan.contacts.script_shown import ShownScript, Words, whole
from huikuan.documents import kinds
from huikuan.documents.read import documents_of
from huikuan.engine.scripts import RECEIVE
from huikuan.people import roles
from huikuan.people.models import Organisation, User
from huikuan.people.rights import Right
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import find_case, today, user_of
from huikuan.web.fragments import attach, fragment
from huikuan.web.paging import numbered

#: Keys of the acts on the page of a complaint, in their order; d is the dossier's.
KEYS = "1234567890qwertyuiopasf"


@require_right()
def complaint_list(request: HttpRequest) -> HttpResponse:
    """Complaints of the user, the one whose deadline ends first in front."""
    user = user_of(request)
    form = ComplaintFilter(request.GET)

    found = filtered(visible_complaints(user), form.chosen)
    listed = found.select_related("summary", "case", "creditor").order_by("received_at", "pk")
    page = numbered(request, listed)
    context = {
        "page": page,
        "rows": rows(page.object_list, timezone.now(), for_client=user.is_client),
        "shows_owners": not user.is_client,
        "form": form,
        "total": page.paginator.count,
        "today": today(request),
        "may_receive": user.may(Right.HANDLE_COMPLAINTS),
    }
    return render(request, "complaints/list.html", context)


@require_right(Right.HANDLE_COMPLAINTS, methods=("GET", "POST"))
def receive_page(request: HttpRequest) -> HttpResponse:
    """Takes a complaint, by telephone, letter, regulator or client; beside the form its script."""
    user = user_of(request)
    now = timezone.now()
    initial = {"received_at": timezone.localtime(now), "channel": Complaint.Channel.PHONE}
    form = ReceiveForm(request.POST or None, user=user, initial=initial, auto_id="receive-%s")
    if request.method == "POST" and form.is_valid():
        received = receive(form.entry(), actor=user, at=now)
        if received.complaint is None:
            attach(form, received.problems)
        else:
            messages.success(request, _("The complaint is open."))
            return redirect("complaints:complaint", complaint=received.complaint.number)

    assert user.organisation is not None
    words = _script(user.organisation, today(request), RECEIVE, user)
    context = {"form": form, "script": words}
    status = 422 if form.errors else 200
    return render(request, "complaints/receive.html", context, status=status)


@require_right(Right.RECORD_CONTACTS, Right.HANDLE_COMPLAINTS, methods=("GET", "POST"))
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """What a debtor complains of in a talk is written down and handed over, in one act."""
    user = user_of(request)
    now = timezone.now()
    case = find_case(request, number, "person")
    initial = {"received_at": timezone.localtime(now), "who": Complaint.Who.DEBTOR}
    form = ReceiveForm(
        request.POST or None,
        user=user,
        in_talk=True,
        initial=initial,
        auto_id="complaint-%s",
    )
    opened = None
    if request.method == "POST" and form.is_valid():
        received = receive(form.entry(case=case.number), actor=user, at=now)
        opened = received.complaint
        if opened is None:
            attach(form, received.problems)
        if opened is not None and not request.headers.get("HX-Request"):
            messages.success(request, _("Customer service has the complaint."))
            return redirect("case", number=case.number)

    context = {"case": case, "form": form, "opened": opened, "writes": not may_only_look(user)}
    status = 422 if form.errors else 200
    heading = _("Hand over a complaint: {number}").format(number=case.number)
    return fragment(
        request,
        "complaints/hand_over.html",
        context,
        heading=heading,
        back=reverse("case", args=[case.number]),
        status=status,
        changed=opened is not None,
    )


@require_right()
def complaint_page(request: HttpRequest, complaint: str) -> HttpResponse:
    """One complaint: what is to be done, its clocks, points, proposals, documents, timeline."""
    user = user_of(request)
    found = _find(complaint, user)
    if user.is_client:
        return render(request, "complaints/client.html", for_client(found, timezone.now()))
    return render(request, "complaints/complaint.html", _page(request, found))


@require_right(methods=("GET", "POST"))
def act(request: HttpRequest, complaint: str, act: str) -> HttpResponse:
    """One act on the complaint: its form beside its script; done, back to the complaint."""
    user = user_of(request)
    now = timezone.now()
    found = _find(complaint, user)
    chosen = BY_NAME.get(act)
    if chosen is None or user.is_client:
        raise Http404

    initial = {"by_mail": bool(addresses(found))}
    data = request.POST or None
    form = chosen.form(
        data,
        request.FILES or None,
        complaint=found,
        user=user,
        initial=initial,
        auto_id="act-%s",
    )
    if "more" in request.POST and isinstance(form, AcceptForm):
        form = AcceptForm.with_more(request.POST.dict(), found, user)
    elif request.method == "POST" and form.is_valid():
        done = chosen.run(found.number, form, user, now)
        if done.done or not done.problems:
            _say(request, done)
            return redirect("complaints:complaint", complaint=found.number)
        attach(form, done.problems)

    context = {
        "complaint": found,
        "name": masked(found),
        "act": chosen,
        "form": form,
        "interest": interest_of(user, found),
        "script": _script_of(chosen, found, user, today(request)),
        "level": _next_level(chosen, found, today(request)),
        "writes": not may_only_look(user),
    }
    status = 422 if form.errors else 200
    return render(request, "complaints/act.html", context, status=status)


def _say(request: HttpRequest, done: Done) -> None:
    """What was entered, and what is to be known of it; where somebody must agree first there is no
    event yet.
    """
    event = done.event
    if event is None:
        messages.info(request, _("Somebody with the authority decides first; you will be told."))
        return
    messages.success(request, _("Entered: {event}.").format(event=event.get_kind_display()))
    for warning in done.problems:
        messages.warning(request, warning.text(_))


@require_right(Right.REVEAL, methods=("POST",))
def reveal(request: HttpRequest, complaint: str) -> HttpResponse:
    """Shows name and way to reach the complainant, for a reason that is kept."""
    user = user_of(request)
    found = _find(complaint, user)
    if user.is_client:
        raise Http404
    form = RevealForm(request.POST)
    context = _page(request, found)
    if not form.is_valid() or interest_of(user, found):
        context["reveal"] = form
        return render(request, "complaints/complaint.html", context, status=422)

    reason = form.cleaned_data["reason"]
    begun = journal.begin(user, "complaints.reveal", at=timezone.now(), reason=reason)
    Reveal.objects.create(
        act=begun, case_id=found.case_id, field="complainant", subject_id=found.pk
    )
    context["revealed"] = complainant(found)
    return render(request, "complaints/complaint.html", context)


@require_right(methods=("POST",))
def decide(request: HttpRequest, approval: int) -> HttpResponse:
    """POST grant (yes or no) and reason: a proposal that is beyond the handler's authority."""
    grant, reason = wants(request)
    now = timezone.now()
    decided = propose.decide(approval, grant=grant, reason=reason, actor=user_of(request), at=now)
    return answer(request, decided)


@require_right(methods=("POST",))
def withdraw(request: HttpRequest, approval: int) -> HttpResponse:
    """POST: whoever asked takes it back."""
    return answer(request, propose.withdraw(approval, actor=user_of(request), at=timezone.now()))


def _find(number: str, user: User) -> Complaint:
    complaint = find(number, user)
    if complaint is None:
        raise Http404
    return complaint


def _page(request: HttpRequest, complaint: Complaint) -> dict[str, Any]:
    """What the page of one complaint shows."""
    user = user_of(request)
    now = timezone.now()
    on = today(request)
    summary = complaint.summary
    state, tone = STATES[state_of(summary)]
    writes = not may_only_look(user)
    owner = User.objects.filter(pk=summary.owner_id or 0).first()
    acts = offered(complaint, user, on) if writes else []

    return {
        "complaint": complaint,
        "summary": summary,
        "name": masked(complaint),
        "owner": owner,
        "state": state,
        "tone": tone,
        "clocks": _clocks(complaint, now),
        "tasks": _tasks(complaint),
        "acts": acts,
        "keyed_acts": list(zip_longest(acts, KEYS[: len(acts)], fillvalue="")),
        "points": points(complaint),
        "proposals": proposals(complaint),
        "departments": _departments(complaint),
        "documents": _documents(complaint, user),
        "links": links_of(complaint),
        "dossier": complaint.dossiers.order_by("-pk").first(),
        "levels": level_titles(complaint, on),
        "timeline": timeline(complaint),
        "interest": interest_of(user, complaint),
        "may_reveal": user.may(Right.REVEAL),
        "has_dossier": user.may(Right.HANDLE_COMPLAINTS) and writes,
        "reveal": RevealForm(auto_id="reveal-%s"),
        "today": on,
    }


def _documents(complaint: Complaint, user: User) -> list[Document]:
    """Its documents, each with its kind in words; former dossiers have a card of their own."""
    kept = documents_of(about(complaint), user).exclude(kind__startswith="dossier_")
    found: list[Any] = list(kept)
    for document in found:
        document.kind_title = kinds.title_of(document.kind)
    return found


def _clocks(complaint: Complaint, now: dt.datetime) -> list[dict[str, Any]]:
    """Its deadlines that count, each with the department whose it is, the one that is due first in
    front.
    """
    titles = roles.titles(complaint.organisation_id)
    counting = clocks_of(complaint).filter(void_at=None).order_by("due_at", "pk")
    found = []
    for each in clocks.shown(counting, now):
        of_department = each.clock.subject_kind == "complaint_department"
        whose = titles[each.clock.role] if of_department else ""
        found.append({"shown": each, "whose": whose})
    return found


def _tasks(complaint: Complaint) -> list[dict[str, Any]]:
    """What is to be done now, each with its words and role."""
    titles = roles.titles(complaint.organisation_id)
    found = []
    for task in open_tasks(complaint):
        step = packs.step_of(task.pack_version_id, task.step.code)
        found.append({"task": task, "step": step, "role": titles.get(step.role, step.role)})
    return sorted(found, key=lambda row: row["step"].priority)


def _departments(complaint: Complaint) -> list[dict[str, Any]]:
    """The departments that were told, each with its answer where there is one."""
    titles = roles.titles(complaint.organisation_id)
    kind = ComplaintEvent.Kind.DEPARTMENT_ANSWERED
    answers = {event.role: event for event in complaint.events.filter(kind=kind)}
    now = timezone.now()

    return [
        {
            "title": titles.get(each.role, each.role),
            "department": each,
            "answer": answers.get(each.role),
            "late": each.role not in answers and each.answer_by < now,
        }
        for each in complaint.departments.order_by("pk")
    ]


def _next_level(act: PageAct, complaint: Complaint, on: dt.date) -> str:
    """Who owns the next level, on the page of that act."""
    if act.name != "escalate":
        return ""
    titles = level_titles(complaint, on)
    level: int = complaint.summary.complaint_level
    return titles[level] if level < len(titles) else ""


def _script_of(act: PageAct, complaint: Complaint, user: User, on: dt.date) -> ShownScript | None:
    if not act.script:
        return None
    return _script(complaint.organisation, on, act.script, user)


def _script(house: Organisation, on: dt.date, name: str, user: User) -> ShownScript | None:
    """A script of the procedure, with who speaks."""
    words = script(house, on, name)
    if words is None:
        return None
    values = {"sender": house.name, "agency_name": house.name, "collector": str(user)}
    return whole(Words(words, values))
