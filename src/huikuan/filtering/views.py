"""Screens of filtering: progress, one new case after the other, the sample, what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huikuan.casebook.models import Case, CaseFilter, Placement
from huikuan.clocks.shown import Shown, of_subjects
from huikuan.filtering.fields import Sheet, sheet_of
from huikuan.filtering.forms import FilterForm, LookForm
from huikuan.filtering.look import look_again
from huikuan.filtering.queue import missing, next_case, progress, sample
from huikuan.filtering.save import filter_case
from huikuan.filtering.sentences import problem
from huikuan.filtering.words import Words, words_of
from huikuan.lib.names import listed_name
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, today, user_of
from huikuan.web.export import Column, xlsx_response
from huikuan.web.fragments import attach
from huikuan.web.paging import numbered
from huikuan.web.templatetags.huikuan_facts import in_language

WHO = (Right.HOLD_CASES, Right.ALLOCATE)
_COLUMNS = (
    Column(gettext_lazy("Creditor")),
    Column(gettext_lazy("Case"), width=24),
    Column(gettext_lazy("Debtor")),
    Column(gettext_lazy("Asked for"), width=60),
    Column(gettext_lazy("Asked on"), "date"),
)


@require_right(*WHO)
def progress_page(request: HttpRequest) -> HttpResponse:
    """Batches with their collectors: how many are filtered, how many are left, until when."""
    user = user_of(request)
    now = timezone.now()
    rows = progress(user, now)
    clocks = of_subjects("placement", {row.placement.pk for row in rows}, now)
    running = {key: _running(listed) for key, listed in clocks.items()}
    sampled = None
    if user.may(Right.ALLOCATE):
        sampled = sample(user).count()

    context = {
        "rows": [(row, running.get(row.placement.pk, [])) for row in rows],
        "user": user,
        "sampled": sampled,
    }
    return render(request, "filtering/list.html", context)


def _running(listed: Iterable[Shown]) -> list[Shown]:
    """The deadlines that are not met."""
    return [each for each in listed if each.clock.met_at is None]


@require_right(*WHO)
def next_page(request: HttpRequest, number: str) -> HttpResponse:
    """Leads to the next new case of the user in the batch."""
    user = user_of(request)
    of_house = Placement.objects.filter(organisation_id=user.organisation_id or 0)
    return _on(request, get_object_or_404(of_house, number=number))


def _on(request: HttpRequest, placement: Placement) -> HttpResponse:
    """To the next case, or back to the list with the word that all are filtered."""
    number = next_case(placement, user_of(request))
    if number is not None:
        return redirect("filtering:case", number=number)
    messages.success(request, _("All your new cases of this batch are filtered."))
    return redirect("filtering:list")


@require_right(*WHO, methods=("GET", "POST"))
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One new case: every field with its mark, the class; saving leads to the next one."""
    user = user_of(request)
    case = find_case(request, number, "person", "summary", "placement", "creditor")
    words = words_of(case.creditor_id, today(request))
    if case.placement is None:
        raise Http404
    if words is None:
        messages.error(request, problem("filter.no_words").text(_))
        return redirect("filtering:list")

    sheet = sheet_of(case, words.order)
    form = FilterForm(request.POST or None, words=words, sheet=sheet)
    if request.method == "POST" and form.is_valid():
        filtered = filter_case(number, form.entry(), actor=user, at=timezone.now())
        was_before = any(each.code == "filter.before" for each in filtered.problems)
        if filtered.done or was_before:
            return _on(request, case.placement)
        attach(form, filtered.problems)

    status = 422 if form.errors else 200
    return render(request, "filtering/case.html", _of_case(case, words, sheet, form), status=status)


def _of_case(case: Case, words: Words, sheet: Sheet, form: FilterForm) -> dict[str, Any]:
    """What the page of one case shows."""
    fields = [
        (form[f"mark_{entry.code}"], sheet.value(entry.code)) for entry in words.fields.entries
    ]
    before = CaseFilter.objects.filter(case=case, placement=case.placement).first()
    reach = CaseFilter.Reach(sheet.reach)

    return {
        "case": case,
        "fields": fields,
        "form": form,
        "before": before,
        "reach": reach.label,
        "points": sheet.in_order(),
    }


@require_right(Right.ALLOCATE)
def sample_page(request: HttpRequest) -> HttpResponse:
    """Filtered cases of the sample, to be looked at again."""
    page = numbered(request, sample(user_of(request)))
    context = {"page": page, "rows": [(row, _class_of(row)) for row in page.object_list]}
    return render(request, "filtering/sample.html", context)


def _class_of(row: CaseFilter) -> str:
    """The class in words, as the procedure of its day had it."""
    words = words_of(row.creditor_id, row.valid_on)
    entry = words.classes.entry(row.class_code) if words is not None else None
    return in_language(entry.title) if entry is not None else row.class_code


@require_right(Right.ALLOCATE, methods=("POST",))
def look_page(request: HttpRequest, filtered: int) -> HttpResponse:
    """Writes down a second look, and back to the sample."""
    form = LookForm(request.POST)
    if not form.is_valid():
        raise Http404

    looked = look_again(
        filtered,
        agrees=form.cleaned_data["agrees"],
        reason=form.cleaned_data["reason"],
        actor=user_of(request),
        at=timezone.now(),
    )
    if any(each.code == "look.unknown" for each in looked.problems):
        raise Http404
    for each in looked.problems:
        messages.error(request, each.text(_))
    return redirect("filtering:sample")


@require_right(*WHO)
def missing_page(request: HttpRequest) -> HttpResponse:
    """What is asked of the clients, case by case."""
    page = numbered(request, missing(user_of(request)))
    rows = [(row, _asked(row)) for row in page.object_list]
    return render(request, "filtering/missing.html", {"page": page, "rows": rows})


@require_right(*WHO)
def missing_sheet(request: HttpRequest) -> FileResponse:
    """The same as a workbook, to be sent to the clients."""
    return xlsx_response("missing", _COLUMNS, _sheet_rows(request))


def _sheet_rows(request: HttpRequest) -> Iterator[tuple[object, ...]]:
    for row in missing(user_of(request)).iterator(chunk_size=1000):
        person = row.case.person
        name = listed_name(person.name, person.kind)
        yield row.case.creditor.name, row.case.number, name, _asked(row), row.valid_on


def _asked(row: CaseFilter) -> str:
    """The fields in words."""
    words = words_of(row.creditor_id, row.valid_on)
    titles = {}
    if words is not None:
        titles = {entry.code: in_language(entry.title) for entry in words.fields.entries}
    return _(", ").join(titles.get(code, code) for code in row.asked_fields)
