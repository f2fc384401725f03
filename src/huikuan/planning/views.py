"""Fragments of the case page: a task done without a contact, a note, an event. Each also stands as a page of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Case, Task
from huikuan.contacts.file import File
from huikuan.contacts.script_shown import ShownScript, whole
from huikuan.contacts.step_words import words_of
from huikuan.people.models import User
from huikuan.planning import done as doing
from huikuan.planning import event as events
from huikuan.planning import note as notes
from huikuan.planning.forms import DoneForm, EventForm, NoteForm
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import find_case, user_of
from huikuan.web.fragments import attach, fragment
from huikuan.web.templatetags.huikuan_facts import in_language


@require_right(methods=("GET", "POST"))
def done_page(request: HttpRequest, task: int) -> HttpResponse:
    """GET: the form of a task (`?folded`: only its button); POST: the task done, with the way back for ten seconds."""
    user, at = user_of(request), timezone.now()
    found = doing.find(task, user)
    if found is None:
        raise Http404
    form = DoneForm(request.POST or None, auto_id=f"task-{task}-%s")
    if request.method == "POST" and form.is_valid():
        answer = doing.done(task, text=form.cleaned_data["text"], actor=user, at=at)
        found = answer.task or found
        attach(form, answer.problems)
        if answer.saved and not request.headers.get("HX-Request"):
            messages.success(request, _("The task is done."))
            assert found.case is not None  # `find` gives tasks of cases only
            return redirect("case", number=found.case.number)
    return _task(request, found, form, user, at)


@require_right(methods=("POST",))
def undo_page(request: HttpRequest, task: int) -> HttpResponse:
    """Opens a just-done task again; the form comes back with what was written."""
    user, at = user_of(request), timezone.now()
    answer = doing.undo(task, actor=user, at=at)
    if answer.task is None:
        raise Http404
    if not answer.saved:
        form = DoneForm({}, auto_id=f"task-{task}-%s")
        form.is_valid()
        attach(form, answer.problems)
        return _task(request, answer.task, form, user, at)
    assert answer.note is not None
    form = DoneForm(auto_id=f"task-{task}-%s", initial={"text": answer.note.text})
    return _task(request, answer.task, form, user, at)


def _task(
    request: HttpRequest, task: Task, form: DoneForm, user: User, at: dt.datetime
) -> HttpResponse:
    """The rest of the page takes the done task in when the way back is over: until then its row stands, with the button."""
    step = packs.step_of(task.pack_version_id, task.step.code)
    is_open = task.status == Task.Status.OPEN
    note = None if is_open else doing.note_of(task)
    undo = doing.may_undo(note, user, at)
    context = {
        "task": task,
        "step": step,
        "form": form,
        "note": note,
        "undo": undo,
        "folded": is_open and ("folded" in request.GET or may_only_look(user)),
        "writes": not may_only_look(user),
    }
    assert task.case is not None  # `find` gives tasks of cases only
    if is_open:
        context["scripts"] = _scripts(task, task.case, user, at)
    return fragment(
        request,
        "planning/task_act.html",
        context,
        heading=in_language(step.title),
        back=_back(task.case),
        status=422 if form.errors else 200,
        changed=not is_open and not undo,
    )


def _scripts(task: Task, case: Case, user: User, at: dt.datetime) -> list[ShownScript]:
    """What the step says or writes, beside its form."""
    file = File(case, day_of(case.organisation, at))
    mine = [each for each in file.tasks if each.pk == task.pk]
    point = next(iter(file.own_points), None)
    return [whole(words) for words in words_of(mine, file, point, user)]


@require_right(methods=("GET", "POST"))
def note_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the empty form; POST: what was written, and an empty form after it."""
    user, case, saved = user_of(request), find_case(request, number), None
    form = NoteForm(request.POST or None, auto_id="note-%s")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answer = notes.note(
            case.pk,
            given["kind"],
            given["text"],
            actor=user,
            at=timezone.now(),
            request_key=given["key"],
            purpose=given["purpose"],
        )
        saved = answer.note
        attach(form, answer.problems)
        if saved is not None:
            form = NoteForm(auto_id="note-%s")
            if not request.headers.get("HX-Request"):
                messages.success(request, _("The note is saved."))
                return redirect("case", number=case.number)
    context = {"case": case, "form": form, "saved": saved}
    return fragment(
        request, "planning/note.html", context, heading=_("Note on {number}").format(number=case.number),
        back=_back(case), status=422 if form.errors else 200, changed=saved is not None,
    )  # fmt: skip


@require_right(methods=("GET", "POST"))
def event_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the form with the events that this user may enter; POST: what was entered."""
    user, case, at, saved = user_of(request), find_case(request, number), timezone.now(), None
    today = day_of(case.organisation, at)
    blank = {"on": today}
    offered = events.choices(user, case, today)
    form = EventForm(request.POST or None, offered=offered, initial=blank, auto_id="event-%s")
    if request.method == "POST" and form.is_valid():
        answer = events.event(case.pk, _entry(form.cleaned_data), actor=user, at=at)
        saved = answer.event
        attach(form, answer.problems)
        if saved is not None:
            form = EventForm(offered=offered, initial=blank, auto_id="event-%s")
            if not request.headers.get("HX-Request"):
                messages.success(request, _("The event is entered."))
                return redirect("case", number=case.number)
    context = {
        "case": case,
        "form": form,
        "saved": saved,
        "offered": bool(offered),
    }
    return fragment(
        request, "planning/event.html", context, heading=_("Event of {number}").format(number=case.number),
        back=_back(case), status=422 if form.errors else 200, changed=saved is not None,
    )  # fmt: skip


def _entry(given: dict[str, Any]) -> events.EventEntry:
    return events.EventEntry(given["kind"], given["on"], given.get("until"), given["reason"])


def _back(case: Case) -> str:
    return reverse("case", args=[case.number])
