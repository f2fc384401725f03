"""The page on which a mail to the debtor is read, changed and sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huikuan.casebook.labels import add_labels
from huikuan.casebook.models import Case, Task
from huikuan.contacts.address import addresses_of
from huikuan.contacts.file import Covered, File, offered
from huikuan.contacts.moment import local_time
from huikuan.contacts.script_shown import ShownScript, beside_mail
from huikuan.contacts.step_words import words_of
from huikuan.documents.store import LARGEST
from huikuan.engine.scripts import BLANK
from huikuan.mails import send as mail
from huikuan.outbox.post import LONGEST_SUBJECT
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, number_in, user_of
from huikuan.web.forms import Form
from huikuan.web.fragments import attach
from huikuan.web.templatetags.huikuan_facts import in_language

LONGEST_TEXT = 20_000
LONGEST_KEY = 64


class MailForm(Form):
    """The mail with the tasks that it does and the documents that go along."""

    has_address = True
    #: What the scripts of the tasks say beside the mail, which stands in the form as it leaves.
    scripts: Sequence[ShownScript] = ()
    point = forms.TypedChoiceField(label=gettext_lazy("To"), coerce=int)
    subject = forms.CharField(label=gettext_lazy("Subject line"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    tasks = forms.TypedMultipleChoiceField(
        label=gettext_lazy("The mail does"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    documents = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Documents that go along"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    #: The form has one key, however often it is sent.
    request_key = forms.CharField(max_length=LONGEST_KEY, widget=forms.HiddenInput())
    #: The newest mail of the case when the page was made; 0: none.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    file = forms.FileField(
        label=gettext_lazy("A further file, such as finance's own mail"), required=False
    )

    def offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        """What may be chosen in a field."""
        field: Any = self.fields[name]
        field.choices = choices

    def clean_subject(self) -> str:
        """A blank that nobody filled in does not go to a customer."""
        return _without_blanks(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        """The same of the text."""
        return _without_blanks(self.cleaned_data["text"])

    def clean_file(self) -> Any:
        """A file that is too large is refused beside its field."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than {n} MB.").format(n=LARGEST >> 20)
            )
        return file

    def entry(self) -> mail.MailEntry:
        """What was entered, once the form is valid."""
        given = self.cleaned_data
        files: tuple[tuple[str, bytes], ...] = ()
        if given["file"] is not None:
            files = ((given["file"].name, given["file"].read()),)

        return mail.MailEntry(
            point_id=given["point"],
            subject=given["subject"],
            text=given["text"],
            task_ids=tuple(given["tasks"]),
            document_ids=tuple(given["documents"]),
            files=files,
            request_key=given["request_key"],
            seen=given["seen"],
        )

    def see(self, last: int) -> None:
        """The page that is shown next has seen this mail too."""
        self._say("seen", str(last))

    def begin_anew(self) -> None:
        """What the page that is shown next sends is a mail of its own."""
        self._say("request_key", uuid.uuid4().hex)

    def _say(self, name: str, value: str) -> None:
        sent: Any = self.data
        data = sent.copy()
        data[name] = value
        self.data = data


@require_right(Right.RECORD_CONTACTS, methods=("GET", "POST"))
def mail_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the words of the procedure, ready to be sent. POST: sends them, records the contact."""
    case = find_case(request, number, "person", "creditor", "summary")
    user = user_of(request)
    now = timezone.now()
    file = File(case, local_time(now, case.person, case.organisation).date())
    # Asked before the form: what it has sent is done, and its tasks are offered no more.
    before = mail.sent_before(case, _as_sent(request))
    if before is not None and before.contact is not None:
        return _left(request, case)

    form = _form(request, file, user)
    if before is not None:
        form.full_clean()
        attach(form, before.problems)
        form.begin_anew()
    elif request.method == "POST" and form.is_valid():
        answer = mail.send(case, form.entry(), actor=user, at=now)
        attach(form, answer.problems)
        form.see(_last(case))
        if answer.contact is not None:
            return _left(request, case)

    context = {
        "case": case,
        "person": case.person,
        "form": form,
        "has_address": form.has_address,
        "scripts": form.scripts,
    }
    status = 422 if form.errors else 200
    return render(request, "mails/mail.html", context, status=status)


def _as_sent(request: HttpRequest) -> mail.MailEntry:
    """What the form says, whether or not it may be sent: it is only compared."""
    given = request.POST
    file = request.FILES.get("file")
    files: tuple[tuple[str, bytes], ...] = ()
    if file is not None and (file.size or 0) <= LARGEST:
        files = ((file.name or "", file.read()),)
        file.seek(0)

    return mail.MailEntry(
        point_id=number_in(given.get("point")) or 0,
        subject=given.get("subject", ""),
        text=given.get("text", ""),
        task_ids=_numbers(given.getlist("tasks")),
        document_ids=_numbers(given.getlist("documents")),
        files=files,
        request_key=given.get("request_key", "")[:LONGEST_KEY],
    )


def _numbers(given: Sequence[str]) -> tuple[int, ...]:
    found = map(number_in, given)
    return tuple(number for number in found if number)


def _left(request: HttpRequest, case: Case) -> HttpResponse:
    messages.success(request, _("The mail leaves now."))
    return redirect("case", number=case.number)


def _form(request: HttpRequest, file: File, user: User) -> MailForm:
    """The form with the words of the tasks that the user may do, or of those that they chose."""
    points = list(addresses_of(file.case))
    asked = offered(file.tasks_of(mail.CHANNEL, "debtor"), user, file.today)
    tasks = [each.task for each in asked if each.lacking is None]
    chosen = _chosen(request, tasks)
    documents = mail.documents(file.case, user)
    point = next(iter(points), None)
    words = mail.draft(file, chosen, point, user)

    initial: dict[str, Any] = {
        "request_key": uuid.uuid4().hex,
        "seen": _last(file.case),
        "tasks": [task.pk for task in chosen],
        "documents": [each.pk for each in documents[:1]],
    }
    if words is not None:
        initial |= {"subject": words.subject, "text": words.text}
    form = MailForm(request.POST or None, request.FILES or None, initial=initial, auto_id="mail-%s")
    form.offer("point", [(each.pk, each.value_masked) for each in points])
    form.offer("tasks", _named(tasks))
    form.offer("documents", [(each.pk, each.name) for each in documents])
    form.has_address = bool(points)
    form.scripts = [beside_mail(script) for script in words_of(chosen, file, point, user)]
    return form


def _last(case: Case) -> int:
    """Number of the newest mail of the case; 0 where none was sent."""
    last = mail.last_mail(case)
    return last.pk if last is not None else 0


def _chosen(request: HttpRequest, tasks: list[Covered]) -> list[Covered]:
    """The tasks that the mail does: all, or those that the address names."""
    named = set(request.GET.getlist("tasks"))
    if not named:
        return tasks
    return [task for task in tasks if str(task.pk) in named]


def _named(tasks: list[Covered]) -> list[tuple[int, str]]:
    """Each task by its step and by what it is about: two of one step are told apart."""
    found = Task.objects.filter(pk__in=[task.pk for task in tasks]).select_related("step")
    rows: list[Any] = list(found)
    add_labels(rows)
    about = {row.pk: row.about for row in rows}
    return [(task.pk, f"{in_language(task.step.title)} {about[task.pk]}".strip()) for task in tasks]


def _without_blanks(text: str) -> str:
    if BLANK in text:
        raise forms.ValidationError(_("Fill in or take out what is still marked ____."))
    return text
