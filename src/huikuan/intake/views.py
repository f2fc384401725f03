"""Screens of the intake: placements, upload, preview, acceptance with progress, result with what is to be corrected."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from huikuan.casebook import journal, vault
from huikuan.casebook.access import visible_placements
from huikuan.casebook.clear_copies import clear_folder
from huikuan.casebook.models import ChannelFile, Clock, Placement, PlacementEvent, PlacementRow
from huikuan.clocks.access import visible_clocks
from huikuan.clocks.shown import of_subjects
from huikuan.intake import load, receive, shown, tasks
from huikuan.intake import report as problem_report
from huikuan.intake.creditors import creditor_of
from huikuan.intake.forms import (
    GiveUpForm,
    NameForm,
    PlacementFilter,
    RefuseForm,
    UploadForm,
    offers_examples,
)
from huikuan.intake.mapping import NoMapping, WrongMapping
from huikuan.intake.name import OPEN, handler_of
from huikuan.intake.waiting_rows import is_waiting, waiting_rows
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.export import XLSX
from huikuan.web.paging import keyset

LISTED = 200


@require_right(Right.SEE_IMPORTS)
def placements(request: HttpRequest) -> HttpResponse:
    """All batches, newest first."""
    form = PlacementFilter(request.GET, user=user_of(request))
    found = _filtered(visible_placements(user_of(request)), form.chosen)
    rows = found.select_related("creditor").annotate(waiting=_waiting())
    page = keyset(request, rows, ("-received_at", "-pk"))
    clocks = of_subjects("placement", [row.pk for row in page.rows], timezone.now())
    for row in page.rows:
        row.clock = shown.current(clocks.get(row.pk, ()))
    context = {
        "page": page,
        "form": form,
        "total": found.count(),
        "may_write": user_of(request).may(Right.IMPORT),
    }
    return render(request, "intake/placements.html", context)


def _waiting() -> Count:
    return Count("rows", filter=is_waiting("rows__"))


def _filtered(found: QuerySet[Placement], chosen: dict[str, Any]) -> QuerySet[Placement]:
    if text := chosen.get("q", "").strip():
        found = found.filter(Q(number__icontains=text) | Q(file_name__icontains=text))
    if code := chosen.get("creditor"):
        found = found.filter(creditor__code=code)
    status = chosen.get("status")
    if status == "waiting":
        return found.filter(
            Exists(PlacementRow.objects.filter(is_waiting(), placement=OuterRef("pk")))
        )
    return found.filter(status=status) if status else found


@require_right(Right.IMPORT, methods=("GET", "POST"))
def upload(request: HttpRequest) -> HttpResponse:
    """Receives a file: it is kept, gets its number and starts its clocks. The next page shows what would become of
    it.
    """
    user = user_of(request)
    now = timezone.now()
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        user=user,
        overlay=settings.HUIKUAN.packs,
        examples=offers_examples(),
        now=now,
        initial={name: request.GET.get(name, "") for name in ("batch", "creditor", "mapping")},
    )
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "intake/upload.html", {"form": form}, status=422 if form.errors else 200
        )
    values = form.cleaned_data
    chosen = form.mappings[values["mapping"]]
    creditor = creditor_of(values["creditor"], chosen, user.organisation)  # type: ignore[arg-type]
    if creditor is None:
        raise Http404
    with clear_folder() as folder:
        path = _on_disk(values["file"], folder)
        receipt = receive.receive(
            path,
            creditor,
            chosen.name,
            user,
            at=now,
            received_at=values["received_at"],
            file_name=values["file"].name,
            batch=values["batch"],
        )
    if receipt.already:
        messages.warning(
            request,
            _("This file was imported before as {number}; nothing was changed.").format(
                number=receipt.placement.number
            ),
        )
    return redirect("intake:placement", number=receipt.placement.number)


def _on_disk(file: UploadedFile, folder: Path) -> Path:
    """The upload as a file of its own: the name that the browser sends is never used as a path."""
    path = folder / "placement"
    with path.open("wb") as out:
        for part in file.chunks():
            out.write(part)
    return path


@require_right(Right.SEE_IMPORTS)
def placement(request: HttpRequest, number: str) -> HttpResponse:
    """One batch: before acceptance what would become of it, afterwards what became of it."""
    found = _find(request, number)
    user = user_of(request)
    context: dict[str, Any] = {
        "placement": found,
        "may_write": user.may(Right.IMPORT),
        "clocks": of_subjects("placement", [found.pk], timezone.now()).get(found.pk, ()),
        "seen_clocks": set(_seen_clocks(user, found)),
        "fetched": found.events.filter(kind=PlacementEvent.Kind.FETCHED)
        .select_related("act__actor")
        .first(),
        "refusing": RefuseForm(auto_id="refuse-%s"),
        "refused": _refusal(found),
        "may_refuse": user.may(Right.IMPORT)
        and found.status in (Placement.Status.ARRIVED, Placement.Status.RECEIVED),
        "to_fetch": found.channel_files.filter(state=ChannelFile.State.ARRIVED).first(),
        "waits_for_file": found.status == Placement.Status.ARRIVED,
        "told": found.events.filter(kind=PlacementEvent.Kind.IMPORT_TOLD).first(),
        "handler": handler_of(found),
        "naming": NameForm(user=user, auto_id="name-%s"),
        "may_name": user.may(Right.NAME_HANDLERS) and found.status in OPEN,
        "running": shown.running(found),
        "stage": shown.stage(found),
    }
    if found.status == Placement.Status.RECEIVED and not context["running"]:
        context |= _preview(found)
    else:
        context["problems"] = problem_report.stored_problems(found, LISTED)
        context["problem_count"] = problem_report.open_problems(found).count()
        context["waiting"] = waiting_rows(found).count()
        context["corrected"] = found.rows.filter(corrected_by__isnull=False).count()
        context["given_up"] = found.rows.filter(given_up__isnull=False).count()
        context["giving_up"] = GiveUpForm(auto_id="give-up-%s")
        context["may_give_up"] = user.may(Right.IMPORT) and context["waiting"] > 0
    return render(request, "intake/placement.html", context)


def _refusal(found: Placement) -> PlacementEvent | None:
    """When, by whom and why the batch was refused; None where it was not."""
    if found.status != Placement.Status.REFUSED:
        return None
    refused = found.events.filter(kind=PlacementEvent.Kind.REFUSED)
    return refused.select_related("act__actor").order_by("-pk").first()


def _seen_clocks(user: User, found: Placement) -> QuerySet[Clock, int]:
    """The batch's clocks of which the user sees the page."""
    of_batch = visible_clocks(user).filter(subject_kind="placement", subject_id=found.pk)
    return of_batch.values_list("pk", flat=True)


def _preview(found: Placement) -> dict[str, Any]:
    """The first rows as they would be read, and what is wrong; of a very large file the first part only."""
    try:
        mapping = load.mapping_of(found)
        with clear_folder() as folder:
            path, whole = shown.head(found, folder / "placement")
            result, checked = load.look(
                path,
                found.creditor,
                mapping,
                at=timezone.now(),
                received_on=found.received_on,
                name=found.file_name,
            )
    except (NoMapping, WrongMapping) as error:
        return {
            "mapping_problems": getattr(error, "problems", []),
            "mapping_missing": isinstance(error, NoMapping),
        }
    problems = [shown.discreet(found) for found in list(checked.problems(LISTED))[:LISTED]]
    return {
        "preview": result,
        # By the names that a stored batch has: a page never asks a mapping for its `items`.
        "preview_counts": result.as_dict(),
        "whole": whole,
        "rows": shown.rows(checked, mapping),
        "encoding": checked.table.encoding,
        "problems": problems,
        "problem_count": sum(checked.by_code().values()),
    }


@require_right(Right.IMPORT, methods=("POST",))
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """Takes the good rows: at once for a small file, by the worker for a large one."""
    found, user = _find(request, number), user_of(request)
    settled = (Placement.Status.ARRIVED, Placement.Status.ACCEPTED)
    if found.status in settled or shown.running(found):
        return redirect("intake:placement", number=number)
    if vault.place(found.creditor_id, found.file_hash).stat().st_size > tasks.AT_ONCE:
        Placement.objects.filter(pk=found.pk).update(
            progress={"stage": "queued", "done": 0, "of": 0}
        )
        lock = f"intake.accept.{found.pk}"
        with suppress(AlreadyEnqueued):  # a double click
            tasks.accept_placement.configure(queueing_lock=lock, lock=lock).defer(
                placement_id=found.pk, user_id=user.pk
            )
        return redirect("intake:placement", number=number)
    with clear_folder() as folder:
        path = vault.restore(found.creditor_id, found.file_hash, folder / "placement")
        try:
            result = load.accept_received(found, path, user, at=timezone.now())
        except (NoMapping, WrongMapping):  # the page says what is wrong with it
            messages.error(request, _("The mapping has mistakes; nothing was imported."))
            return redirect("intake:placement", number=number)
    messages.success(
        request,
        _("{accepted} rows accepted, {reported} to correct.").format(
            accepted=result.accepted, reported=result.reported
        ),
    )
    return redirect("intake:placement", number=number)


@require_right(Right.IMPORT, methods=("POST",))
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """The wrong file, with the reason: it is kept as evidence and never becomes cases.

    Sent again it is another batch.
    """
    found = _find(request, number)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write why the batch is refused."))
        return redirect("intake:placement", number=number)
    if shown.running(found):
        return redirect("intake:placement", number=number)

    reason = form.cleaned_data["reason"]
    if receive.refuse(found, user_of(request), at=timezone.now(), reason=reason):
        messages.success(request, _("{number} was refused.").format(number=number))
    return redirect("intake:placement", number=number)


@require_right(Right.SEE_IMPORTS)
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """The bar of a running import; when it is through, the page is loaded anew."""
    found = _find(request, number)
    if not shown.running(found):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = request.path.removesuffix("progress/")
        return response
    return render(
        request, "intake/progress.html", {"placement": found, "stage": shown.stage(found)}
    )


@require_right(Right.IMPORT)
def report(request: HttpRequest, number: str) -> HttpResponse:
    """The rows that wait, to correct and send again. They hold whole numbers and names: the download is recorded."""
    found = _find(request, number)
    journal.begin(user_of(request), "intake.report", at=timezone.now(), reason=found.number)
    file = io.BytesIO()
    if found.status == Placement.Status.RECEIVED:
        with clear_folder() as folder:
            path = vault.restore(found.creditor_id, found.file_hash, folder / "placement")
            try:
                _result, checked = load.look(
                    path,
                    found.creditor,
                    load.mapping_of(found),
                    at=timezone.now(),
                    received_on=found.received_on,
                    name=found.file_name,
                )
            except (NoMapping, WrongMapping):
                messages.error(request, _("The mapping has mistakes; nothing was imported."))
                return redirect("intake:placement", number=number)
        problem_report.write(file, checked, found.number)
    else:
        problem_report.write_stored(file, found)
    file.seek(0)
    return cast(
        HttpResponse,
        FileResponse(file, as_attachment=True, filename=f"{found.number}.xlsx", content_type=XLSX),
    )


def _find(request: HttpRequest, number: str) -> Placement:
    """The batch with this number in the user's organisation, else 404."""
    found = (
        visible_placements(user_of(request))
        .select_related("creditor__organisation", "act__actor")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found
