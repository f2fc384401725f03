"""Screens of filtering: progress, one new case after the other, the sample, what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huikuan.casebook.models import Case, CaseFilter, Placement
from huikuan.clocks.shown import Shown, of_subjects
from huikuan.filtering.end import answered, sent
from huikuan.filtering.fields import Sheet, sheet_of
from huikuan.filtering.forms import FilterForm, LookForm
from huikuan.filtering.look import look_again
from huikuan.filtering.queue import (
    asked_creditors,
    missing,
    next_case,
    progress,
    progress_of,
    sample,
)
from huikuan.filtering.save import READ, filter_case
from huikuan.filtering.sentences import problem
from huikuan.filtering.words import Words, words_of
from huikuan.lib.names import listed_name
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import find_case, number_in, today, user_of
from huikuan.web.export import Column, xlsx_response
from huikuan.web.fragments import attach
from huikuan.web.paging import numbered
from huikuan.web.templatetags.huikuan_facts import in_language

WHO = (Right.HOLD_CASES, Right.ALLOCATE)
_COLUMNS = (
    Column(gettext_lazy("Your customer number"), width=22),
    Column(gettext_lazy("Account"), width=24),
    Column(gettext_lazy("Debtor")),
    Column(gettext_lazy("Asked for"), width=50),
    Column(gettext_lazy("Note"), width=30),
    Column(gettext_lazy("Batch"), width=22),
    Column(gettext_lazy("File"), width=30),
    Column(gettext_lazy("Our case number"), width=24),
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
    """Leads to the next new case of the user in the batch; `after`: the case that is put off."""
    user = user_of(request)
    of_house = Placement.objects.filter(organisation_id=user.organisation_id or 0)
    placement = get_object_or_404(of_house, number=number)
    return _on(request, placement, number_in(request.GET.get("after")) or 0)


def _on(request: HttpRequest, placement: Placement, after: int = 0) -> HttpResponse:
    """To the next case, or back to the list with the word that all are filtered."""
    number = next_case(placement, user_of(request), after)
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
    standing = CaseFilter.objects.standing().filter(case=case, placement=case.placement)
    before = standing.select_related("user").first()
    form = FilterForm(request.POST or None, words=words, sheet=sheet, before=before)
    if request.method == "POST" and form.is_valid():
        filtered = filter_case(number, form.entry(), actor=user, at=timezone.now())
        was_before = any(each.code == "filter.before" for each in filtered.problems)
        if was_before:
            messages.warning(request, filtered.problems[0].text(_))
        elif filtered.row is not None:
            messages.success(request, _said(filtered.row))
        if filtered.done or was_before:
            return _on(request, case.placement)
        attach(form, filtered.problems)

    status = 422 if form.errors else 200
    context = _of_case(case, words, sheet, form) | _place(user, case.placement)
    context["before"] = before
    context["may_reveal"] = user.may(Right.REVEAL)
    context["reason"] = _("Filtering of new cases")
    return render(request, "filtering/case.html", context, status=status)


def _said(row: CaseFilter) -> str:
    """What was saved, in one line."""
    said = _("{number} is filtered: {kind}").format(
        number=row.case.number, kind=in_language(row.class_title)
    )
    if not row.asked_fields:
        return said

    asked = ngettext(
        "{n} thing is asked of the client",
        "{n} things are asked of the client",
        len(row.asked_fields),
    )
    return " · ".join([said, asked.format(n=len(row.asked_fields))])


def _of_case(case: Case, words: Words, sheet: Sheet, form: FilterForm) -> dict[str, Any]:
    """What the page of one case shows."""
    fields = [
        (form[f"mark_{entry.code}"], sheet.value(entry.code), words.is_needed(entry.code))
        for entry in words.fields.entries
    ]
    ended = CaseFilter.objects.filter(case=case, placement=case.placement).exclude(ended_because="")
    reach = CaseFilter.Reach(sheet.reach)

    return {
        "case": case,
        "fields": fields,
        "form": form,
        "ended": ended.select_related("user", "ended_act__actor", "look").order_by("-pk").first(),
        "reach": reach.label,
    }


def _place(user: User, placement: Placement) -> dict[str, Any]:
    """Where the user is in the batch, and until when it is to be done.

    A collector sees the deadlines of the own role, whoever allots cases all of the batch.
    """
    total, done = progress_of(user, placement)
    clocks = of_subjects("placement", {placement.pk}, timezone.now()).get(placement.pk, [])
    listed = [
        each
        for each in _running(clocks)
        if each.clock.role in user.role_codes or user.may(Right.ALLOCATE)
    ]
    return {"total": total, "done": done, "clocks": listed}


@require_right(Right.ALLOCATE)
def sample_page(request: HttpRequest) -> HttpResponse:
    """Filtered cases of the sample, to be looked at again."""
    page = numbered(request, sample(user_of(request)))
    rows = [(row, _class_of(row), _wanting(row)) for row in page.object_list]
    return render(request, "filtering/sample.html", {"page": page, "rows": rows})


def _class_of(row: CaseFilter) -> str:
    """The class in words, as the procedure of its day had it."""
    return in_language(row.class_title) or row.class_code


def _wanting(row: CaseFilter) -> str:
    """The fields that were not found as they should be, in words."""
    return _titles(row, [code for code, mark in row.marks.items() if mark != READ])


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
    """What is asked of the clients, case by case; `creditor`: of this one alone."""
    user = user_of(request)
    chosen = number_in(request.GET.get("creditor"))
    page = numbered(request, missing(user, chosen))
    context = {
        "page": page,
        "rows": [(row, _titles(row, row.asked_fields)) for row in page.object_list],
        "creditors": asked_creditors(user),
        "chosen": chosen,
    }
    return render(request, "filtering/missing.html", context)


@require_right(*WHO)
def missing_sheet(request: HttpRequest, creditor: int) -> FileResponse:
    """What is asked of one client, as a workbook to be sent to it."""
    rows = missing(user_of(request), creditor)
    if not rows.exists():
        raise Http404
    return xlsx_response("missing", _COLUMNS, _sheet_rows(rows))


def _sheet_rows(rows: QuerySet[CaseFilter]) -> Iterator[tuple[object, ...]]:
    """By what the client knows its customer: its own number, the account, the batch and its file.

    Names and accounts stay masked: the list travels by mail.
    """
    for row in rows.prefetch_related("case__accounts").iterator(chunk_size=1000):
        person = row.case.person
        accounts = [account.number_shown for account in row.case.accounts.all()]
        yield (
            person.given_number,
            ", ".join(accounts),
            listed_name(person.name, person.kind),
            _titles(row, row.asked_fields),
            row.note,
            row.placement.number,
            row.placement.file_name,
            row.case.number,
            row.valid_on,
        )


@require_right(*WHO, methods=("POST",))
def sent_page(request: HttpRequest, creditor: int) -> HttpResponse:
    """Writes down that the client got its list."""
    changed = sent(creditor, actor=user_of(request), at=timezone.now())
    for each in changed.problems:
        messages.error(request, each.text(_))
    if changed.done:
        said = ngettext("{n} case is sent", "{n} cases are sent", changed.count)
        messages.success(request, said.format(n=changed.count))
    return redirect(f"{reverse('filtering:missing')}?creditor={creditor}")


@require_right(*WHO, methods=("POST",))
def answered_page(request: HttpRequest, filtered: int) -> HttpResponse:
    """Writes down that the client has answered; the case is filtered anew."""
    changed = answered(filtered, actor=user_of(request), at=timezone.now())
    for each in changed.problems:
        messages.error(request, each.text(_))
    if changed.done:
        messages.success(request, _("The case is a new case again and is filtered anew."))
    return redirect("filtering:missing")


def _titles(row: CaseFilter, codes: Iterable[str]) -> str:
    """These fields in words, as the procedure of that day had them."""
    words = words_of(row.creditor_id, row.valid_on)
    titles = {}
    if words is not None:
        titles = {entry.code: in_language(entry.title) for entry in words.fields.entries}
    return _(", ").join(titles.get(code, code) for code in codes)
