"""Screens of payment files: the list, upload, preview and posting, what waits as XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, QuerySet, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook import journal, vault
from huikuan.casebook.clear_copies import clear_folder
from huikuan.casebook.models import PaymentFile, PaymentRow
from huikuan.lib.read_table import read_table
from huikuan.lib.tables import ROW
from huikuan.payments import receive, rows
from huikuan.payments.access import visible_files, visible_rows
from huikuan.payments.forms import FileFilter, UploadForm
from huikuan.payments.shown import shown_rows, tallies, total
from huikuan.people.rights import Right
from huikuan.web.access import require_right
from huikuan.web.asked import user_of
from huikuan.web.export import Column, xlsx_response
from huikuan.web.paging import keyset, numbered

LISTED = 100
State = PaymentRow.State
EYES = (State.DOUBTFUL, State.UNMATCHED, State.REFUSED, State.ASKED)
#: Wide enough for a sentence.
SENTENCE = 60


@require_right(Right.SEE_MONEY)
def files(request: HttpRequest) -> HttpResponse:
    """All files, newest first, with their rows by state."""
    user = user_of(request)
    form = FileFilter(request.GET, user=user)
    found = _filtered(visible_files(user), form.chosen)
    page = keyset(
        request,
        found.select_related("creditor", "act__actor", "posted__actor"),
        ("-received_at", "-pk"),
    )
    for file in page.rows:
        file.tallies, file.total = tallies(file), total(file)
    context = {
        "page": page,
        "form": form,
        "total": found.count(),
        "may_post": user.may(Right.POST_MONEY),
    }
    return render(request, "payments/files.html", context)


def _filtered(found: QuerySet[PaymentFile], chosen: dict[str, Any]) -> QuerySet[PaymentFile]:
    if text := chosen.get("q", "").strip():
        found = found.filter(name__icontains=text)
    if code := chosen.get("creditor"):
        found = found.filter(creditor__code=code)
    if status := chosen.get("status"):
        found = found.filter(status=status)
    return found


@require_right(Right.POST_MONEY, methods=("GET", "POST"))
def upload(request: HttpRequest) -> HttpResponse:
    """Receives a file: it is kept, read and matched. The next page shows what would become of it."""
    user = user_of(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "payments/upload.html", {"form": form}, status=422 if form.errors else 200
        )
    values = form.cleaned_data
    with clear_folder() as folder:
        path = _on_disk(values["file"], folder)
        name, at = values["file"].name, timezone.now()
        taken = receive.take(path, creditor=values["creditor"], actor=user, at=at, name=name)
    if taken.file is None:
        context = {"form": form, "problems": taken.problems}
        return render(request, "payments/upload.html", context, status=422)
    if taken.already:
        said = _("This file came before, on {day}; nothing was changed. This is the first one.")
        messages.warning(
            request, said.format(day=timezone.localtime(taken.file.received_at).date())
        )
    return redirect("payments:file", file=taken.file.pk)


def _on_disk(file: UploadedFile, folder: Path) -> Path:
    """The upload as a file of its own: the name that the browser sends is never used as a path."""
    path = folder / "payments"
    with path.open("wb") as out:
        for part in file.chunks():
            out.write(part)
    return path


@require_right(Right.SEE_MONEY)
def file(request: HttpRequest, file: int) -> HttpResponse:
    """One file: before posting what would become of its rows, afterwards what became of them."""
    user, found = user_of(request), _find(request, file)
    seen = visible_rows(user).filter(file=found).select_related("case", "payment")
    order = Case(*(When(state=state, then=place) for place, state in enumerate(EYES)))
    eyes = seen.filter(state__in=EYES).order_by(order, "row")
    rest = numbered(request, seen.exclude(state__in=EYES).order_by("row"))
    context = {
        "file": found,
        "tallies": tallies(found),
        "total": total(found),
        "matched": _rows_in(found, (State.MATCHED,)),
        "waiting": _rows_in(found, rows.WAITING),
        "queued": _rows_in(found, rows.QUEUED),
        "eyes": shown_rows(eyes[:LISTED]),
        "eyes_total": eyes.count(),
        "page": rest,
        "rows": shown_rows(rest.object_list),
        "may_post": user.may(Right.POST_MONEY),
    }
    return render(request, "payments/file.html", context)


@require_right(Right.POST_MONEY, methods=("POST",))
def post(request: HttpRequest, file: int) -> HttpResponse:
    """Posts what is certain; again: what has become certain since."""
    found = _find(request, file)
    posted = receive.post_file(found.pk, actor=user_of(request), at=timezone.now()).counts["posted"]
    found.refresh_from_db(fields=["counts"])
    waiting = _rows_in(found, rows.WAITING)
    if posted:
        said = _("{posted} payments posted, {waiting} rows wait.").format(
            posted=posted, waiting=waiting
        )
        messages.success(request, said)
    else:
        messages.info(
            request, _("Nothing was left to post. {waiting} rows wait.").format(waiting=waiting)
        )
    return redirect("payments:file", file=found.pk)


@require_right(Right.POST_MONEY)
def waiting(request: HttpRequest, file: int) -> FileResponse:
    """Rows that wait, as they came, with problem and remedy: to correct and send again. The download is recorded."""
    found = _find(request, file)
    journal.begin(user_of(request), "payments.export", at=timezone.now(), reason=str(found.pk))
    why = {row.row: rows.problems_of(row) for row in found.rows.filter(state__in=rows.WAITING)}
    with clear_folder() as folder:
        path = vault.restore(found.creditor_id, found.file_hash, folder / "payments")
        table = read_table(path, name=found.name)
    columns = [*(Column(name) for name in table.columns), Column(_("Problem"), width=SENTENCE)]
    columns.append(Column(_("What to do"), width=SENTENCE))

    def cells() -> Iterator[list[str]]:
        for row in table.frame.iter_rows(named=True):
            if (problems := why.get(int(row[ROW]))) is not None:
                said = [
                    "; ".join(one.text(_) for one in problems),
                    "; ".join(one.remedy_text(_) for one in problems),
                ]
                yield [*(row[name] or "" for name in table.columns), *said]

    return xlsx_response(f"payments-{found.pk}-waiting", columns, cells())


def _rows_in(found: PaymentFile, states: tuple[State, ...]) -> int:
    return sum(found.counts.get(state, {}).get("rows", 0) for state in states)


def _find(request: HttpRequest, key: int) -> PaymentFile:
    """The file of the user's organisation, else 404."""
    files = visible_files(user_of(request)).select_related(
        "creditor", "act__actor", "posted__actor"
    )
    found = files.filter(pk=key).first()
    if found is None:
        raise Http404
    return found
