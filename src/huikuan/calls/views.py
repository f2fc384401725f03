"""The guided call 引导式通话: the page, starting, saving, taking back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.calls import follows, quick, shown, times
from huikuan.calls.forms import Situation, TalkForm, placed
from huikuan.calls.prepare import prepare
from huikuan.calls.start import STYLE, did_not_take_place, resumed, start, without_record
from huikuan.casebook.models import Case, ContactPoint, ContactRecord, GateDecision
from huikuan.casebook.spent import may_be_dialled
from huikuan.contacts import script_shown
from huikuan.contacts.entry import Recorded
from huikuan.contacts.file import File, offered, plan_of
from huikuan.contacts.moment import local_time
from huikuan.contacts.points import places_of, whose_of
from huikuan.contacts.procedure import AtHand, Procedure, at_hand, shown_before
from huikuan.contacts.reachable import addressee_of
from huikuan.contacts.save import save
from huikuan.contacts.script_shown import Words
from huikuan.contacts.script_values import values_of
from huikuan.contacts.step_words import words_of
from huikuan.contacts.undo import undo
from huikuan.gate.ask import Act, Circumstances, ask
from huikuan.gate.check import decide
from huikuan.gate.earliest import Hours
from huikuan.gate.purpose import of_steps
from huikuan.gate.views import card
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import find_case as find
from huikuan.web.asked import number_in, user_of

PHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE)


def find_case(request: HttpRequest, number: str) -> Case:
    """The case with all that the pages of a contact show of it."""
    return find(request, number, "person", "creditor", "summary")


def _find(request: HttpRequest, number: str, point: int) -> tuple[Case, ContactPoint]:
    """The case and a number of its debtor."""
    case = find_case(request, number)
    found = ContactPoint.objects.filter(pk=point, person_id=case.person_id, kind__in=PHONES).first()
    if found is None:
        raise Http404
    return case, found


def _file(case: Case, now: dt.datetime) -> File:
    return File(case, local_time(now, case.person, case.organisation).date())


@require_right()
def call_page(request: HttpRequest, number: str, point: int) -> HttpResponse:
    """Everything for one call that may be seen before it: scripts, number and full name come when it is started."""
    case, found = _find(request, number, point)
    user, now = user_of(request), timezone.now()
    file = _file(case, now)
    tasks = file.tasks_of("call", addressee_of(found.whose))
    purpose = of_steps(one.step for one in tasks)
    circumstances = Circumstances(STYLE)
    answer = ask(case, [Act.of(found, "call", purpose)], now, circumstances)[0]
    decision = decide(case, answer, circumstances, actor=user, at=now, record=False)
    begun = without_record(case, found, user, now)
    context = {
        **form_context(case, file, now, at_hand(case, file.today, tasks), answer.hours),
        "point": found,
        "tasks": offered(tasks, user, file.today),
        "plan": plan_of(tasks),
        "prepared": prepare(file, tasks, found, user),
        "advice": times.advice_of(
            tasks, local_time(now, case.person, case.organisation), answer.hours
        ),
        "gate": card(decision),
        "decision": decision,
        "may_write": not may_only_look(user),
        "consumer": case.person.kind != case.person.Kind.COMPANY,
        "begun": begun,
        "begun_at": begun and local_time(begun.at, case.person, case.organisation),
        "on_the_line": begun is not None and not may_be_dialled(begun),
    }
    return render(request, "calls/call.html", context)


def form_context(
    case: Case, file: File, now: dt.datetime, words: AtHand, hours: Hours
) -> dict[str, Any]:
    """What both pages with the form of a talk need.

    words: the procedures that speak on it; hours: those in which the next contact may be suggested.
    """
    local = local_time(now, case.person, case.organisation)
    last_next_day = words.last_next_day(local.date())
    company = case.person.kind == case.person.Kind.COMPANY
    return {
        "case": case,
        "person": case.person,
        "summary": case.summary,
        "file": file,
        "today": file.today,
        "company": company,
        "answers": shown.answers(words),
        "words": words,
        "has_outcomes": words.first.outcomes is not None,
        "reasons": words.reasons.items(),
        "quick": quick.times(local, hours, last_next_day),
        "retry": times.next_try(case, words.first, local, hours, last_next_day),
        "quick_days": quick.days(local.date()),
        "last_next_day": last_next_day,
        "balance": case.summary.balance_minor,
        "quick_amounts": quick.amounts(case, file.today, words.procedures),
        "request_key": uuid.uuid4().hex,
        "seen_contact": max((record.pk for record in file.contacts), default=0),
        "new_points": range(3),
        "kinds": ContactPoint.Kind.choices,
        "whose": whose_of(case.person),
        "places": places_of(case.person),
    }


@require_right(Right.RECORD_CONTACTS, methods=("POST",))
def start_call(request: HttpRequest, number: str, point: int) -> HttpResponse:
    """The decision is kept, the number shown, the scripts come. Refused: why, and the form only with a reason."""
    case, found = _find(request, number, point)
    user, now = user_of(request), timezone.now()
    reason = request.POST.get("override_reason", "").strip()
    took_place = request.POST.get("took_place") == "yes"
    if took_place and not reason:
        return HttpResponse(
            _("Write why it took place all the same."),
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    begun = without_record(case, found, user, now) if "record" in request.POST else None
    if begun is not None:
        started = resumed(begun, found)
    else:
        key = request.POST.get("request_key", "")[:64]
        started = start(case, found, actor=user, at=now, key=key)
    if not started.allowed and not took_place:
        refused = {
            "gate": card(started.decision),
            "unapproved": started.problem,
            "case": case,
            "company": case.person.kind == case.person.Kind.COMPANY,
            "point": found,
        }
        return render(request, "calls/refused.html", refused)

    file = _file(case, now)
    context = {
        "case": case,
        "person": case.person,
        "point": found,
        "started": started,
        "resumed": begun is not None,
        "decision": started.decision,
        "local": local_time(started.decision.at, case.person, case.organisation),
        "elapsed": max(0, int((now - started.decision.at).total_seconds())),
        "company": case.person.kind == case.person.Kind.COMPANY,
        "scripts": _scripts(case, found, file, user),
    }
    return render(request, "calls/started.html", context)


@require_right(Right.RECORD_CONTACTS, methods=("POST",))
def no_call(request: HttpRequest, number: str, point: int) -> HttpResponse:
    """The call that was begun did not take place: nobody waits for its record any more."""
    case, found = _find(request, number, point)
    done = did_not_take_place(case, found, actor=user_of(request), at=timezone.now())
    if done is None:
        messages.error(request, _("No call to this number waits for its record."))
    else:
        messages.success(request, _("Noted: this call did not take place."))
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _scripts(
    case: Case, point: ContactPoint, file: File, user: User
) -> list[tuple[str, script_shown.ShownScript]]:
    """Who answers → what is said then. The steps that ask for the call have their own words for the debtor."""
    words = at_hand(case, file.today, file.tasks_of("call", addressee_of(point.whose)))
    of_case = values_of(file, point, user)
    of_tasks = _words_of_tasks(file, point, user)

    found = []
    for who in words.answers:
        verifies = who == ContactRecord.Answered.DEBTOR
        chosen = of_tasks if verifies else []
        answering = words.script_of(who)
        if not chosen and answering is not None:
            chosen = [Words(answering, of_case)]

        script = script_shown.spoken(chosen, verifies=verifies)
        if script is not None:
            found.append((who, script))
    return found


def _words_of_tasks(file: File, point: ContactPoint, user: User) -> list[Words]:
    """The words of everything that the call is for, where they are spoken to who owes the debt."""
    addressee = addressee_of(point.whose)
    if addressee == "third_party":
        return []
    return words_of(file.tasks_of("call", addressee), file, point, user)


def spoken(case: Case, on: dt.date, data: QueryDict) -> tuple[Procedure, QueryDict]:
    """Whose outcome a form names, and the form with the bare code of it."""
    words = shown_before(case, on, data.get("versions", ""))
    procedure, code = words.chosen(data.get("answered", ""), data.get("outcome", ""))
    bare = data.copy()
    bare["outcome"] = code
    return procedure, bare


@require_right(methods=("POST",))
def save_call(request: HttpRequest, number: str, point: int) -> HttpResponse:
    """The record as entered, or 422 with everything that stands in the way, each beside its field."""
    case, found = _find(request, number, point)
    user, now = user_of(request), timezone.now()
    local = local_time(now, case.person, case.organisation)
    procedure, data = spoken(case, local.date(), request.POST)
    form = TalkForm(data, seen=Situation(case, procedure, found))
    problems = form.problems()
    given = number_in(request.POST.get("decision"))
    decisions = GateDecision.objects.select_related("act").filter(case=case)
    decision = decisions.filter(pk=given).first() if given else None
    entry = form.entry(at=decision.at if decision else None, point_id=found.pk)
    limits = procedure.limits
    saved = save(
        entry, actor=user, at=now, decision=decision, limits=limits, found=problems, case=case
    )
    return answer(request, case, saved, now, procedure)


def answer(
    request: HttpRequest, case: Case, saved: Recorded, now: dt.datetime, procedure: Procedure
) -> HttpResponse:
    """The fragment for a saved contact, or for one that was not."""
    if saved.contact is None:
        meanwhile = _meanwhile(request, case)
        found: dict[str, Any] = {"problems": placed(saved.problems), "meanwhile": meanwhile}
        response = render(request, "calls/problems.html", found, status=422)
        response["HX-Retarget"] = "#call-problems"
        return response
    context = follows.of(saved.contact, procedure=procedure, problems=saved.problems, now=now)
    case.summary.refresh_from_db()
    context |= {
        "case": case,
        "person": case.person,
        "summary": case.summary,
        "file": _file(case, now),
        "repeated": saved.repeated,
        "meanwhile": _meanwhile(request, case, saved.contact),
    }
    return render(request, "calls/follows.html", context)


def _meanwhile(
    request: HttpRequest, case: Case, mine: ContactRecord | None = None
) -> Sequence[ContactRecord]:
    """What colleagues recorded on the case since the page was opened."""
    since = number_in(request.POST.get("seen_contact"))
    if since is None:
        return ()
    later = ContactRecord.objects.filter(case=case, pk__gt=since).exclude(
        act__actor=user_of(request)
    )
    later = later.exclude(pk=mine.pk) if mine else later
    return list(later.select_related("act__actor").order_by("pk")[:5])


@require_right(methods=("POST",))
def undo_contact(request: HttpRequest, contact: int) -> HttpResponse:
    """Takes a contact back that the user saved a moment ago; the form on the page comes forward again as it was."""
    undone = undo(contact, actor=user_of(request), at=timezone.now())
    if undone.case is None:
        if any(one.code == "undo.gone" for one in undone.problems):
            raise Http404
        sentences = " ".join(f"{one.text(_)}。{one.remedy_text(_)}。" for one in undone.problems)
        return HttpResponse(sentences, status=409, content_type="text/plain; charset=utf-8")
    response = render(request, "calls/undone.html", {"case": undone.case})
    response["HX-Trigger-After-Swap"] = "contact-undone"
    return response


@require_right()
def instalment_preview(request: HttpRequest) -> HttpResponse:
    """The days and amounts of a promise in parts, as they would be written. Nothing of a case is asked or shown."""
    return render(request, "calls/instalments.html", quick.preview(request.GET))
