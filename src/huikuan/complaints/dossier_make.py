"""Makes a dossier: a PDF to read, and a folder (ZIP) with every part as a table, and hashes."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Complaint, ComplaintDossier, Document
from huikuan.complaints.dossier import (
    FOLDER_KIND,
    PDF_KIND,
    Part,
    acts_of,
    documents_in,
    moment,
    parts,
)
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import about, columns, opened
from huikuan.documents.read import content_of
from huikuan.documents.store import NewDocument, store
from huikuan.documents.typeset import missing_signs, pdf
from huikuan.lib.problems import Problem
from huikuan.people.models import User

#: With more acts than this the dossier is made by the worker, with its progress on the page.
AT_ONCE = 200
#: Bytes of documents that a folder encloses; what is more is listed with its hash.
MOST_ENCLOSED = 18_000_000
#: After so long no request, and no job, makes a dossier any more.
LONGEST_REQUEST = dt.timedelta(minutes=5)
LONGEST_JOB = dt.timedelta(hours=1)
FORM = "dossier.typ"
#: Name of the job (tasks.py).
MAKE = "complaints.make_dossier"


def ask(
    number: str, *, actor: User, at: dt.datetime, language: str
) -> tuple[ComplaintDossier | None, tuple[Problem, ...]]:
    """Asks for a dossier: made at once where it is short, by the worker where it is long.

    While one is being made no second one is begun.
    """
    with transaction.atomic():
        begun = opened(number, actor, closed_too=True)
        complaint = begun.complaint
        if begun.problems or complaint is None:
            return None, begun.problems

        running = complaint.dossiers.filter(made_at=None, failed=False).order_by("-pk").first()
        if running is not None and is_being_made(running, at):
            return running, (problem("complaint.again"),)
        act = journal.begin(actor, "complaints.dossier", at=at)
        dossier = ComplaintDossier.objects.create(
            **columns(complaint, act, at=at), language=language
        )

    if acts_of(complaint) <= AT_ONCE:
        make_or_fail(dossier.pk, at=at)
    else:
        # By its name: the file of the tasks imports this one.
        app.configure_task(MAKE).defer(dossier_id=dossier.pk)
    dossier.refresh_from_db()
    return dossier, ()


def is_being_made(dossier: ComplaintDossier, at: dt.datetime) -> bool:
    """Whether somebody still makes it: a request that has just begun, or the worker.

    Where a server was stopped in the middle nobody does, and it is asked for anew.
    """
    if at < dossier.recorded_at + LONGEST_REQUEST:
        return True

    jobs = ProcrastinateJob.objects.filter(task_name=MAKE, args__dossier_id=dossier.pk)
    if jobs.filter(status="todo").exists():
        return True
    is_fresh = at < dossier.recorded_at + LONGEST_JOB
    return is_fresh and jobs.filter(status="doing").exists()


def make_or_fail(dossier_id: int, *, at: dt.datetime) -> ComplaintDossier:
    """Makes it. What goes wrong is raised, and the dossier is marked: another may be asked for."""
    try:
        return make(dossier_id, at=at)
    except Exception:
        ComplaintDossier.objects.filter(pk=dossier_id).update(failed=True)
        raise


def make(dossier_id: int, *, at: dt.datetime) -> ComplaintDossier:
    """Makes the two documents. A second time changes nothing; one that was cut off begins anew."""
    related = ("complaint__organisation", "complaint__case", "complaint__creditor", "act__actor")
    dossier = ComplaintDossier.objects.select_related(*related).get(pk=dossier_id)
    if dossier.made_at is not None:
        return dossier

    complaint = dossier.complaint
    zone = ZoneInfo(complaint.organisation.timezone)
    with translation.override(dossier.language), timezone.override(zone):
        # By itself, so that whoever watches the page sees how far it is.
        def progress(done: int, of: int) -> None:
            told = {"stage": "read", "done": done, "of": of + 2}
            ComplaintDossier.objects.filter(pk=dossier.pk).update(progress=told)

        found = parts(complaint, progress)
        printed = pdf(FORM, _printable(_data(complaint, found, at)), made_at=at)
        folder = _folder(complaint, found, printed, at)
        _keep(dossier, found, printed, folder, at)
    return dossier


@transaction.atomic
def _keep(
    dossier: ComplaintDossier,
    found: Sequence[Part],
    printed: bytes,
    folder: bytes,
    at: dt.datetime,
) -> None:
    """Both documents and what they count, together."""
    complaint = dossier.complaint
    on = day_of(complaint.organisation, at)
    kept = []
    for kind, ending, content in ((PDF_KIND, "pdf", printed), (FOLDER_KIND, "zip", folder)):
        name = f"{complaint.number}-{at:%Y%m%d%H%M%S}.{ending}"
        new = NewDocument(kind, name, content)
        kept.append(store(new, subject=about(complaint), act=dossier.act, on=on, at=at))

    dossier.pdf, dossier.folder = kept
    dossier.counts = {part.name: len(part.rows) for part in found}
    dossier.made_at = at
    dossier.progress = {}
    dossier.save(update_fields=["pdf", "folder", "counts", "made_at", "progress"])


def _data(complaint: Complaint, found: Sequence[Part], at: dt.datetime) -> dict[str, object]:
    """What the form prints: heads, what is there, what is absent, and each part as a table."""
    client = complaint.creditor.name if complaint.creditor else _("client not known")
    case = complaint.case.number if complaint.case else _("no case")
    is_chinese = translation.get_language() == "zh-hans"
    language = "zh" if is_chinese else "en"

    return {
        "title": _("Complaint dossier {number}").format(number=complaint.number),
        "language": language,
        "house": complaint.organisation.name,
        "made": _("made {moment}").format(moment=moment(at)),
        "page": _("Page"),
        "heads": [
            [_("Received"), moment(complaint.received_at)],
            [_("Came by"), str(complaint.get_channel_display())],
            [_("Client"), client],
            [_("Case"), case],
            [_("What was said"), complaint.said],
        ],
        "counted": _("What it tells"),
        "counts": [[part.title, str(len(part.rows))] for part in found if part.rows],
        "absent": _("Absent"),
        "absences": [
            [part.title, part.why_absent or _("there is none")] for part in found if not part.rows
        ],
        "parts": [_table(part) for part in found if part.rows],
    }


def _table(part: Part) -> dict[str, object]:
    """One part as the form prints it."""
    rows = [list(map(str, row)) for row in part.rows]
    return {"title": part.title, "columns": list(part.columns), "rows": rows}


def _printable(data: dict[str, object]) -> dict[str, object]:
    """The same with a sign that the type lacks written as its number: no dossier fails for a sign
    in a note, and none is left out in silence."""
    missing = missing_signs(data)
    if not missing:
        return data
    text = json.dumps(data, ensure_ascii=False)
    for sign in missing:
        # Control characters stand in JSON as escapes.
        for written in (sign, json.dumps(sign)[1:-1]):
            text = text.replace(written, f"[U+{ord(sign):04X}]")
    printable: dict[str, object] = json.loads(text)
    return printable


def _folder(complaint: Complaint, found: Sequence[Part], printed: bytes, at: dt.datetime) -> bytes:
    """The parts as CSV, the documents as they are, and the hash of every file."""
    files: dict[str, bytes] = {f"{complaint.number}.pdf": printed}
    for part in found:
        if part.rows:
            files[f"{part.name}.csv"] = _csv(part)
    enclosed, left_out = _enclosed(documents_in(complaint))
    files |= enclosed

    manifest = {
        "complaint": complaint.number,
        "made_at": at.isoformat(),
        "counts": {part.name: len(part.rows) for part in found},
        "absent": {
            part.name: part.why_absent or _("there is none") for part in found if not part.rows
        },
        "not_enclosed": left_out,
        "files": _hashes(files),
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    lines = [f"{digest}  {name}" for name, digest in _hashes(files).items()]
    files["SHA256SUMS"] = ("\n".join(lines) + "\n").encode()
    return _zip(files, at)


def _enclosed(documents: Sequence[Document]) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of the documents, as far as they fit; the names of the others."""
    files: dict[str, bytes] = {}
    left_out = []
    room = MOST_ENCLOSED

    for document in documents:
        name = f"documents/{document.pk}-{document.name}"
        if document.size > room:
            left_out.append(name)
            continue
        room -= document.size
        files[name] = content_of(document)
    return files, left_out


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _csv(part: Part) -> bytes:
    """One table. The mark at the beginning tells a spreadsheet that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(part.columns)
    for row in part.rows:
        writer.writerow([_plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: object) -> object:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    is_formula = isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t")
    return f"'{cell}" if is_formula else cell


def _zip(files: Mapping[str, bytes], at: dt.datetime) -> bytes:
    folder = io.BytesIO()
    local = timezone.localtime(at)
    when = (local.year, local.month, local.day, local.hour, local.minute, local.second)
    with zipfile.ZipFile(folder, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return folder.getvalue()
