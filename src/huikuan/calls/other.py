"""Every other contact: a message, a letter, a visit, a call from the debtor, a call that was made outside the guided one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huikuan.calls.forms import CALL, CALL_IN, Situation, TalkForm, is_voice, ways
from huikuan.calls.views import answer, find_case, form_context, spoken
from huikuan.casebook.models import Case, ContactPoint, GateDecision, Task
from huikuan.contacts.entry import Recorded
from huikuan.contacts.file import File, offered
from huikuan.contacts.moment import local_time
from huikuan.contacts.procedure import Procedure, at_hand
from huikuan.contacts.save import save
from huikuan.contacts.script_shown import ShownScript, whole
from huikuan.contacts.sentences import problem
from huikuan.contacts.step_words import words_of
from huikuan.engine.acts import POINT_KINDS
from huikuan.gate import reserve
from huikuan.gate.ask import Act, ask
from huikuan.gate.purpose import of_tasks
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.web.access import may_only_look, require_right
from huikuan.web.asked import user_of
from huikuan.web.forms import Form

VISIT = "visit"


class HowForm(Form):
    """Which contact it was and when."""

    channel = forms.ChoiceField(choices=ways, label=_("Kind of contact"))
    point = forms.IntegerField(label=_("Number or address"), required=False)
    day = forms.DateField(label=_("Day"), required=False)
    time = forms.TimeField(label=_("Time"), required=False)
    staff = forms.IntegerField(
        label=_("Staff at the visit"), min_value=1, max_value=20, required=False
    )


@require_right(methods=("GET", "POST"))
def other_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the form. POST: saves, and answers like the guided call."""
    case, now = find_case(request, number), timezone.now()
    if request.method == "POST":
        return _save(request, case, now)
    local = local_time(now, case.person, case.organisation)
    file = File(case, local.date())
    channel = request.GET.get("channel", CALL_IN)
    hours = ask(case, [Act.of(None, CALL)], now)[0].hours
    contacts = [covered for covered in file.tasks if covered.step.contacts]
    context = {
        **form_context(case, file, now, at_hand(case, file.today), hours),
        "channels": [
            (value, label, POINT_KINDS[CALL if value == CALL_IN else value], is_voice(value))
            for value, label in ways()
        ],
        "chosen": channel if channel in dict(ways()) else CALL_IN,
        "points": file.points,
        "tasks": offered(contacts, user_of(request), file.today),
        "scripts": _scripts(request, file, channel),
        "now_day": local.date(),
        "now_time": f"{local:%H:%M}",
        "may_write": not may_only_look(user_of(request)),
    }
    return render(request, "calls/other.html", context)


def _scripts(request: HttpRequest, file: File, channel: str) -> list[ShownScript]:
    """The scripts of the task that the address names, else of every task of the kind of contact."""
    named = request.GET.get("task", "")
    tasks = [task for task in file.tasks if task.step.action == channel]
    if named:
        tasks = [task for task in tasks if str(task.pk) == named]
    point = next(iter(file.own_points), None)
    return [whole(words) for words in words_of(tasks, file, point, user_of(request))]


def _save(request: HttpRequest, case: Case, now: dt.datetime) -> HttpResponse:
    taken = take(case, request.POST, actor=user_of(request), now=now)
    return answer(request, case, taken.recorded, now, taken.procedure)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a form, and the procedure whose words it used."""

    recorded: Recorded
    procedure: Procedure


def take(case: Case, sent: QueryDict, *, actor: User, now: dt.datetime) -> Taken:
    """Records the contact that the form says, for the page and the command.

    The actor sees the case. A refused or repeated form leaves no decision of the gate behind.
    """
    how = HowForm(sent)
    how.full_clean()
    found = [
        Problem("contact.form", str(texts[0]), column=name) for name, texts in how.errors.items()
    ]
    channel = how.cleaned_data.get("channel", CALL_IN)
    point = ContactPoint.objects.filter(
        person_id=case.person_id, pk=how.cleaned_data.get("point") or 0
    ).first()
    at = _moment(how, case, now)
    local = local_time(at, case.person, case.organisation)
    procedure, data = spoken(case, local.date(), sent)
    form = TalkForm(data, seen=Situation(case, procedure, point, channel))
    found += form.problems()
    staff = how.cleaned_data.get("staff") if channel == VISIT else None
    if channel == VISIT and staff is None and "staff" not in how.errors:
        found.append(problem("contact.need", column="staff", field=str(how.fields["staff"].label)))
    entry = form.entry(at=at, point_id=point.pk if point else None, staff=staff)
    contact = replace(entry.contact, identified=entry.contact.identified and is_voice(channel))
    with transaction.atomic():
        covered = Task.objects.filter(case=case, pk__in=contact.task_ids).select_related("step")
        purpose = of_tasks(covered)
        decision = _decision(case, point, channel, actor, at, now, staff, purpose)
        saved = save(
            replace(entry, contact=contact), actor=actor, at=now, decision=decision, limits=procedure.limits,
            found=found, case=case,
        )  # fmt: skip
        if not saved.saved or saved.repeated:
            transaction.set_rollback(True)
    return Taken(saved, procedure)


def _moment(how: HowForm, case: Case, now: dt.datetime) -> dt.datetime:
    """When it took place, where the debtor is; now when it is not said."""
    local = local_time(now, case.person, case.organisation)
    day, time = how.cleaned_data.get("day"), how.cleaned_data.get("time")
    if (
        day is None
        or time is None
        or (day, time.hour, time.minute) == (local.date(), local.hour, local.minute)
    ):
        return now
    return dt.datetime.combine(day, time, local.tzinfo)


def _decision(
    case: Case,
    point: ContactPoint | None,
    channel: str,
    user: User,
    at: dt.datetime,
    now: dt.datetime,
    staff: int | None,
    purpose: str | None,
) -> GateDecision | None:
    """The gate's answer to what was done, asked now. Nobody asks whether the debtor may call."""
    if channel == CALL_IN or (point is not None and point.kind not in POINT_KINDS[channel]):
        return None
    style = "interactive" if is_voice(channel) else "informing"
    return reserve.ask_again(
        case,
        point,
        channel,
        actor=user,
        at=at,
        asked_at=now,
        style=style,
        staff=staff,
        purpose=purpose,
    )
