"""The documents of a case 案件文件: the contract first, or that there is none."""

from __future__ import annotations

import io

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huikuan.casebook.about import About
from huikuan.casebook.models import Case
from huikuan.desk import clock
from huikuan.desk.cases import find_case
from huikuan.documents import kinds
from huikuan.documents.keep import keep
from huikuan.documents.media import may_be_shown
from huikuan.documents.read import documents_of, reveal
from huikuan.documents.store import LARGEST, NewDocument
from huikuan.lib.sentences import Refusal
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.forms import Form
from huikuan.web.fragments import attach, fragment


class PaperForm(Form):
    """A file, and what it is."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"))
    file = forms.FileField(label=gettext_lazy("File"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(each, kinds.title_of(each)) for each in kinds.FILED]

    def clean_file(self) -> object:
        """A file that is too large is refused before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than {n} MB.").format(n=LARGEST >> 20)
            )
        return file

    def document(self) -> NewDocument:
        """What was entered, once the form is valid."""
        file = self.cleaned_data["file"]
        return NewDocument(self.cleaned_data["kind"], file.name, file.read(), file.content_type)


@require_right(methods=("GET", "POST"))
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the documents, and a form for one more. POST: keeps it."""
    case = find_case(request, number)
    user = user_of(request)
    form = PaperForm(request.POST or None, request.FILES or None, auto_id="paper-%s")
    if request.method == "POST" and form.is_valid():
        answer = keep(case.pk, form.document(), actor=user, at=clock.now())
        attach(form, answer.problems)
        if answer.document is not None:
            messages.success(request, _("The document is on the case."))
            return redirect("case", number=case.number)

    context = {"case": case, "form": form, **_listed(case, user)}
    heading = _("Documents of {number}").format(number=case.number)
    back = reverse("case", args=[case.number])
    status = 422 if form.errors else 200
    return fragment(request, "desk/papers.html", context, heading=heading, back=back, status=status)


def _listed(case: Case, user: User) -> dict[str, object]:
    """The documents that the user sees, the contract before all others."""
    found = list(documents_of(About.of_case(case), user))
    found.sort(key=lambda document: document.kind != kinds.CONTRACT)
    return {
        "documents": [(document, kinds.title_of(document.kind)) for document in found],
        "has_contract": any(document.kind == kinds.CONTRACT for document in found),
        "may_open": user.may(Right.REVEAL),
    }


@require_right(Right.REVEAL, methods=("POST",))
def paper(request: HttpRequest, number: str, document: int) -> HttpResponseBase:
    """The document itself; who opened it, and why, is recorded."""
    case = find_case(request, number)
    user = user_of(request)
    if not documents_of(About.of_case(case), user).filter(pk=document).exists():
        raise Http404

    reason = request.POST.get("reason", "")
    try:
        found, content = reveal(document, user=user, at=clock.now(), reason=reason)
    except Refusal as refusal:
        messages.error(request, refusal.problem.text(_))
        return redirect("case_papers", number=case.number)

    return FileResponse(
        io.BytesIO(content),
        as_attachment=not may_be_shown(found.media_type),
        filename=found.name,
        content_type=found.media_type,
    )
