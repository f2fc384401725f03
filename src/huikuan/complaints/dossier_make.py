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
from django.utils.translation import pgettext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import (
    Complaint,
    ComplaintDossier,
    ComplaintEvent,
    ComplaintSummary,
    Document,
)
from huikuan.complaints.dossier import acts_of, parts
from huikuan.complaints.dossier_part import FOLDER_KIND, PDF_KIND, Part, Reading, moment
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import about, columns, opened
from huikuan.documents.read import content_of
from huikuan.documents.store import NewDocument, store
from huikuan.documents.typeset import missing_signs, pdf
from huikuan.lib.csv_cells import plain
from huikuan.lib.problems import Problem
from huikuan.people.models import User

#: With more acts than this the dossier is made by the worker, with its progress on the page.
AT_ONCE = 200
#: Bytes of documents that a folder encloses; what is more is listed with its hash.
MOST_ENCLOSED = 18_000_000
#: With more rows the PDF has no tags for screen readers: they make it sixteen times as large, and
#: 20,000 contacts would be more than a document may have. The folder has the rows as tables.
MOST_TAGGED = 1_000
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

    if acts_of(complaint, at) <= AT_ONCE:
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
    related = ("organisation", "case", "creditor", "about_user", "act__actor")
    of_complaint = [f"complaint__{name}" for name in related]
    dossier = ComplaintDossier.objects.select_related("act", *of_complaint).get(pk=dossier_id)
    if dossier.made_at is not None:
        return dossier

    complaint = dossier.complaint
    zone = ZoneInfo(complaint.organisation.timezone)
    with translation.override(dossier.language), timezone.override(zone):
        # By itself, so that whoever watches the page sees how far it is.
        def progress(done: int, of: int) -> None:
            told = {"stage": "read", "done": done, "of": of + 2}
            ComplaintDossier.objects.filter(pk=dossier.pk).update(progress=told)

        reading = Reading(complaint, at)
        found = parts(reading, progress)
        enclosed = _fitting(reading.documents)
        is_tagged = sum(len(part.rows) for part in found) <= MOST_TAGGED
        data = _printable(_data(reading, found, enclosed))
        printed = pdf(FORM, data, made_at=at, tagged=is_tagged)
        folder = _folder(reading, found, printed, enclosed)
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
        # By the clock of the house, as every moment in it: else the file is named of another day.
        name = f"{complaint.number}-{timezone.localtime(at):%Y%m%d%H%M%S}.{ending}"
        new = NewDocument(kind, name, content)
        kept.append(store(new, subject=about(complaint), act=dossier.act, on=on, at=at))

    dossier.pdf, dossier.folder = kept
    dossier.counts = {part.name: len(part.rows) for part in found}
    dossier.made_at = at
    dossier.progress = {}
    dossier.save(update_fields=["pdf", "folder", "counts", "made_at", "progress"])


def _data(
    reading: Reading, found: Sequence[Part], enclosed: Sequence[Document]
) -> dict[str, object]:
    """What the form prints: heads, what is there, what is absent, and each part as a table."""
    complaint = reading.complaint
    title = pgettext("dossier", "Complaint dossier {number}")
    made = pgettext("dossier", "made {moment}")
    language = "zh" if _is_chinese() else "en"

    return {
        "title": title.format(number=complaint.number),
        "language": language,
        "house": complaint.organisation.name,
        "made": made.format(moment=moment(reading.at)),
        "page": pgettext("dossier", "Page"),
        "heads": _heads(complaint),
        "counted": pgettext("dossier", "What it tells"),
        "counts": [[part.title, str(len(part.rows))] for part in found if part.rows],
        "absent": pgettext("dossier", "Absent"),
        "absences": _absences(reading, found, enclosed),
        "parts": [_table(part) for part in found if part.rows],
    }


def _is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _heads(complaint: Complaint) -> list[list[str]]:
    """What a reader wants to know first; what is not known is said to be so."""
    owner_id = ComplaintSummary.objects.values_list("owner_id", flat=True).get(pk=complaint.pk)
    owner = User.objects.filter(pk=owner_id or 0).first()
    kind = ComplaintEvent.Kind.CLOSED
    closed = complaint.events.filter(kind=kind).order_by("-pk").first()
    result = pgettext("dossier", "not closed yet")
    if closed is not None:
        text = pgettext("dossier", "{result}. {text}")
        result = text.format(result=closed.get_result_display(), text=closed.text)

    case = complaint.case.number if complaint.case else ""
    told = (
        (pgettext("dossier", "Received at"), moment(complaint.received_at)),
        (pgettext("dossier", "Received by which way"), str(complaint.get_channel_display())),
        (pgettext("dossier", "Number of the regulator"), complaint.reference),
        (pgettext("dossier", "Who complains"), str(complaint.get_who_display())),
        (pgettext("dossier", "Collector complained about"), str(complaint.about_user or "")),
        (pgettext("dossier", "Client"), str(complaint.creditor or "")),
        (pgettext("dossier", "Case"), case),
        (pgettext("dossier", "Owner of the complaint"), str(owner or "")),
        (pgettext("dossier", "Result of the complaint"), result),
        (pgettext("dossier", "What was said"), complaint.said),
    )
    return [[title, said or pgettext("dossier", "not given")] for title, said in told]


def _absences(
    reading: Reading, found: Sequence[Part], enclosed: Sequence[Document]
) -> list[list[str]]:
    """Parts without rows, and documents that the folder has no room for, each with why."""
    absences = [[part.title, part.absence] for part in found if not part.rows]
    why = pgettext("dossier", "not in the folder: too large; SHA-256 {digest}")
    for document in _left_out(reading.documents, enclosed):
        absences.append([document.name, why.format(digest=document.sha256)])
    return absences


def _table(part: Part) -> dict[str, object]:
    """One part as the form prints it."""
    rows = [list(map(_printed, row)) for row in part.rows]
    return {
        "title": part.title,
        "columns": [column.title for column in part.columns],
        "widths": [column.width for column in part.columns],
        "rows": rows,
    }


def _printed(cell: object) -> str:
    """A cell as it is printed."""
    return "" if cell is None else str(cell)


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


def _folder(
    reading: Reading, found: Sequence[Part], printed: bytes, enclosed: Sequence[Document]
) -> bytes:
    """The parts as CSV, the documents as they are, and the hash of every file."""
    complaint = reading.complaint
    files: dict[str, bytes] = {f"{complaint.number}.pdf": printed}
    for part in found:
        if part.rows:
            files[f"{part.name}.csv"] = _csv(part)
    for document in enclosed:
        files[_name_of(document)] = content_of(document)

    left_out = _left_out(reading.documents, enclosed)
    manifest = {
        "complaint": complaint.number,
        "made_at": timezone.localtime(reading.at).isoformat(),
        "counts": {part.name: len(part.rows) for part in found},
        "absent": {part.name: part.absence for part in found if not part.rows},
        "not_enclosed": [_name_of(document) for document in left_out],
        "files": _hashes(files),
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    lines = [f"{digest}  {name}" for name, digest in _hashes(files).items()]
    files["SHA256SUMS"] = ("\n".join(lines) + "\n").encode()
    return _zip(files, reading.at)


def _fitting(documents: Sequence[Document]) -> list[Document]:
    """The documents that the folder has room for, in their order."""
    fitting = []
    room = MOST_ENCLOSED
    for document in documents:
        if document.size <= room:
            room -= document.size
            fitting.append(document)
    return fitting


def _left_out(documents: Sequence[Document], enclosed: Sequence[Document]) -> list[Document]:
    """The other ones."""
    keys = {document.pk for document in enclosed}
    return [document for document in documents if document.pk not in keys]


def _name_of(document: Document) -> str:
    """Its place in the folder. Two documents may have the same name."""
    return f"documents/{document.pk}-{document.name}"


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _csv(part: Part) -> bytes:
    """One table. The mark at the beginning tells a spreadsheet that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in part.columns])
    for row in part.rows:
        writer.writerow([plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


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
